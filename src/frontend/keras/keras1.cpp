#include "frontend/keras/keras1.hpp"

namespace tinsmith::keras {

namespace {

constexpr int deepest = 32;

struct Words {
    const char *before, *after;
};

constexpr Words classes[] = {{"Convolution1D", "Conv1D"},       {"Convolution2D", "Conv2D"},
                             {"Convolution3D", "Conv3D"},       {"AtrousConvolution1D", "Conv1D"},
                             {"AtrousConvolution2D", "Conv2D"}, {"AtrousConv1D", "Conv1D"},
                             {"AtrousConv2D", "Conv2D"},        {"Deconvolution2D", "Conv2DTranspose"},
                             {"Deconv2D", "Conv2DTranspose"},   {"SeparableConvolution2D", "SeparableConv2D"},
                             {"TimeDistributedDense", "Dense"}};

constexpr Words parameters[] = {{"bias", "use_bias"},
                                {"nb_filter", "filters"},
                                {"border_mode", "padding"},
                                {"subsample", "strides"},
                                {"subsample_length", "strides"},
                                {"filter_length", "kernel_size"},
                                {"atrous_rate", "dilation_rate"},
                                {"stride", "strides"},
                                {"pool_length", "pool_size"},
                                {"length", "size"},
                                {"inner_activation", "recurrent_activation"},
                                {"input_dtype", "dtype"}};

constexpr Words merges[] = {{"sum", "Add"},     {"mul", "Multiply"},       {"max", "Maximum"},
                            {"ave", "Average"}, {"concat", "Concatenate"}, {"dot", "Dot"}};

std::string text_of(const Json& config, const char* key) {
    return config.is_object() && config.contains(key) && config[key].is_string() ? config[key].get<std::string>() : "";
}

void name_parameter(Json& config, const char* before, const char* after) {
    if (config.contains(before) && !config.contains(after)) config[after] = config[before];
}

void gather_parameter(Json& config, std::initializer_list<const char*> parts, const char* whole) {
    if (config.contains(whole) || !config.contains(*parts.begin())) return;
    Json list = Json::array();
    for (const char* part : parts)
        if (config.contains(part)) list.push_back(config[part]);
    config[whole] = list;
}

void name_data_format(Json& config, const std::string& ordering) {
    if (!config.contains("data_format")) config["data_format"] = ordering == "th" ? "channels_first" : "channels_last";
}

// [top, bottom, left, right], {"top_pad": 1, ...} and {"left_pad": 1, ...} as pairs.
void pair_paddings(Json& config) {
    if (!config.contains("padding")) return;
    Json& padding = config["padding"];
    if (padding.is_array() && padding.size() == 4) padding = {{padding[0], padding[1]}, {padding[2], padding[3]}};
    if (!padding.is_object()) return;
    auto pair = [&](const char* low, const char* high) {
        return Json{padding.value(low, Json(0)), padding.value(high, Json(0))};
    };
    const bool rows = padding.contains("top_pad") || padding.contains("bottom_pad");
    padding = rows ? Json{pair("top_pad", "bottom_pad"), pair("left_pad", "right_pad")} : pair("left_pad", "right_pad");
}

void name_merge(Json& layer) {
    Json& config = layer["config"];
    if (text_of(config, "mode_type") == "lambda") layer["class_name"] = "Lambda";
    for (const Words& words : merges)
        if (text_of(config, "mode") == words.before) layer["class_name"] = words.after;
    name_parameter(config, "concat_axis", "axis");
    name_parameter(config, "dot_axes", "axes");
}

// The first "dim_ordering" of a model: the layers that do not state theirs had the same default.
std::string ordering_of(const Json& model, int depth = 0) {
    check(depth < deepest, "the model nests deeper than {} levels", deepest);
    if (!model.is_object() && !model.is_array()) return "";
    if (std::string here = text_of(model, "dim_ordering"); !here.empty()) return here;
    for (const Json& part : model)
        if (std::string below = ordering_of(part, depth + 1); !below.empty()) return below;
    return "";
}

Json layer_of(Json layer, const std::string& ordering, int depth);

void name_layers(Json& layers, const std::string& ordering, int depth) {
    if (layers.is_array())
        for (Json& layer : layers) layer = layer_of(std::move(layer), ordering, depth + 1);
}

Json layer_of(Json layer, const std::string& ordering, int depth) {
    check(depth < deepest, "layers nest deeper than {} levels", deepest);
    if (!layer.is_object() || !layer.contains("class_name") || !layer.contains("config")) return layer;
    Json& config = layer["config"];
    if (config.is_array()) name_layers(config, ordering, depth);
    if (!config.is_object()) return layer;
    if (config.contains("layers")) name_layers(config["layers"], ordering, depth);
    if (config.contains("layer")) config["layer"] = layer_of(config["layer"], ordering, depth + 1);
    for (const Words& words : classes)
        if (text_of(layer, "class_name") == words.before) layer["class_name"] = words.after;
    const std::string kind = text_of(layer, "class_name");
    for (const Words& words : parameters) name_parameter(config, words.before, words.after);
    if (kind != "Embedding") name_parameter(config, "output_dim", "units");
    gather_parameter(config, {"nb_row", "nb_col"}, "kernel_size");
    gather_parameter(config, {"kernel_dim1", "kernel_dim2", "kernel_dim3"}, "kernel_size");
    if (const std::string own = text_of(config, "dim_ordering"); !own.empty()) name_data_format(config, own);
    const bool silent = kind.starts_with("UpSampling") || kind.starts_with("ZeroPadding") || kind.starts_with("Cropping");
    if (silent && !kind.ends_with("1D")) name_data_format(config, ordering);
    if (kind.starts_with("ZeroPadding")) pair_paddings(config);
    if (kind == "Merge") name_merge(layer);
    return layer;
}

// A Sequential that begins with a Merge of models, as the functional model that it is.
class Branches {
public:
    Json model(const Json& sequential) {
        const Json output = add(sequential, 0);
        return {{"class_name", "Model"},
                {"config", {{"name", "model"}, {"layers", layers_}, {"input_layers", inputs_}, {"output_layers", {output}}}}};
    }

private:
    // Adds the layers of a model; the reference to its output.
    Json add(const Json& model, int depth) {
        check(depth < deepest, "models nest deeper than {} levels", deepest);
        const Json& list = layers_of(model);
        check(!list.empty(), "a model without layers");
        if (class_of(model) != "Sequential") return add_functional(model);
        size_t next = 0;
        Json from = Json::array();
        if (list[0]["config"].is_object() && list[0]["config"].contains("layers") && !is_model(list[0])) {
            for (const Json& branch : list[0]["config"]["layers"]) from.push_back(add(branch, depth + 1));
        } else {
            from.push_back(add_input(list[0]));
            next = class_of(list[0]) == "InputLayer" ? 1 : 0;
        }
        for (; next < list.size(); ++next) {
            Json layer = list[next];
            layer["inbound_nodes"] = Json::array({from});
            layers_.push_back(layer);
            from = Json::array({reference(name_of(layer))});
        }
        return from.at(0);
    }

    Json add_functional(const Json& model) {
        for (const Json& layer : layers_of(model)) layers_.push_back(layer);
        for (const Json& input : model["config"].value("input_layers", Json::array())) inputs_.push_back(input);
        return model["config"].at("output_layers").at(0);
    }

    Json add_input(const Json& first) {
        const bool given = class_of(first) == "InputLayer";
        const std::string name = name_of(first) + (given ? "" : "_input");
        Json config{{"name", name}};
        for (const char* key : {"batch_input_shape", "dtype"})
            if (first["config"].is_object() && first["config"].contains(key)) config[key] = first["config"][key];
        layers_.push_back({{"class_name", "InputLayer"}, {"name", name}, {"config", config}, {"inbound_nodes", Json::array()}});
        inputs_.push_back(reference(name));
        return reference(name);
    }

    static Json reference(const std::string& layer) { return Json::array({layer, 0, 0}); }

    Json layers_ = Json::array(), inputs_ = Json::array();
};

bool begins_with_branches(const Json& model) {
    if (class_of(model) != "Sequential" || layers_of(model).empty()) return false;
    const Json& first = layers_of(model)[0];
    return !is_model(first) && first["config"].is_object() && first["config"].contains("layers");
}

}  // namespace

Json in_words_of_keras_2(const Json& model) {
    Json renamed = layer_of(model, ordering_of(model), 0);
    return begins_with_branches(renamed) ? Branches().model(renamed) : renamed;
}

std::string doubt_of_keras_1(const Json& model) {
    return ordering_of(model) == "th"
               ? "a file of Keras 1 with dim_ordering='th' does not say whether Theano or TensorFlow trained "
                 "it: the kernels are taken as TensorFlow's (Theano's are turned around); check the outputs"
               : "";
}

}  // namespace tinsmith::keras
