#include "frontend/keras/model_reader.hpp"

#include "base/nearest.hpp"
#include "frontend/keras/layers.hpp"
#include "frontend/keras/network.hpp"
#include "frontend/keras/operation.hpp"

#include <algorithm>

namespace tinsmith::keras {

namespace {

constexpr int deepest = 32;
constexpr size_t most_calls = 200'000, most_problems = 50;

std::string label_of(const Json& layer) { return fmt::format("layer '{}' ({})", name_of(layer), class_of(layer)); }

// Numbers that are no floats stay what they are; all others are computed in float32.
DType dtype_of(const Json& dtype, std::string_view input, std::vector<std::string>& notes) {
    const std::string name = dtype.is_string() ? dtype.get<std::string>() : "float32";
    if (name == "float32") return DType::f32;
    if (name == "int32") return DType::i32;
    if (name == "int64") return DType::i64;
    if (name == "int8") return DType::i8;
    if (name == "uint8") return DType::u8;
    if (name == "int16") return DType::i16;
    if (name == "bool") return DType::boolean;
    const bool real = name == "float16" || name == "bfloat16" || name == "float64" || name.starts_with("mixed_");
    supported(real, "its elements are {}", name);
    notes.push_back(fmt::format("input '{}': {} became float32", input, name));
    return DType::f32;
}

bool is_read(const Json& layer) {
    const std::string function = operation_name(layer);
    if (!function.empty()) return find_operation(function) != nullptr;
    return class_of(layer) == "InputLayer" || find_layer(class_of(layer));
}

const LayerRow& row_of(const Json& layer) {
    const LayerRow* row = find_layer(class_of(layer));
    supported(row != nullptr, "{}", refusal_of(layer));
    return *row;
}

const Json* shape_entry(const Json& config, const char* key) {
    return config.is_object() && config.contains(key) && config[key].is_array() ? &config[key] : nullptr;
}

}  // namespace

ModelReader::Input ModelReader::input_of(const Json& layer, const std::string& name, const char* shape_key) {
    const Json& config = layer["config"];
    const Json* dims = shape_entry(config, shape_key);
    if (!dims) dims = shape_entry(config, "batch_input_shape");
    if (!dims && layer.contains("build_config")) dims = shape_entry(layer["build_config"], "input_shape");
    return within(fmt::format("input '{}'", name), [&] {
        const auto given = options_.shapes.find(name);
        check(dims || given != options_.shapes.end(), "its shape is not in the file; give it with --shape {}=1x…", name);
        Input input{name, {dtype_of(config.value("dtype", Json()), name, result_.notes), {}, {}}};
        for (size_t i = 0; dims && i < dims->size(); ++i) {
            const Json& n = (*dims)[i];
            check(n.is_null() || n.is_number_integer(), "its shape is {}", json_excerpt(*dims));
            if (i == 0 && n.is_null() && given == options_.shapes.end())
                result_.notes.push_back(fmt::format("input '{}': the open batch became 1", name));
            if (n.is_null() && i > 0 && given == options_.shapes.end())
                fail(Fault::input, "its shape {} is not static: give for example --shape {}=1x…", json_excerpt(*dims), name);
            input.type.shape.push_back(n.is_null() ? 1 : n.get<int64_t>());
        }
        if (given != options_.shapes.end()) {
            check(!dims || given->second.size() == dims->size(), "--shape gives it {} dimensions, it has {}",
                  given->second.size(), dims ? dims->size() : 0);
            input.type.shape = given->second;
        }
        check(element_count(input.type.shape) < int64_t{1} << 31, "its shape {} has more than 2^31 elements",
              to_string(input.type.shape));
        return input;
    });
}

// The inputs of the outermost model, in order.
std::vector<ModelReader::Input> ModelReader::inputs() {
    const Json& layers = layers_of(file_.config);
    check(!layers.empty(), "the model has no layers");
    std::vector<Input> out;
    if (class_of(file_.config) == "Sequential") {
        const Json& first = layers[0];
        if (class_of(first) == "InputLayer") return {input_of(first, name_of(first), "batch_shape")};
        // Keras names the input of such a model after its first layer.
        const Json* holder = &first;
        while (is_model(*holder) && !layers_of(*holder).empty() && class_of(*holder) != "Functional")
            holder = &layers_of(*holder)[0];
        const Json& config = file_.config["config"];
        Json with_shape = *holder;
        if (const Json* dims = shape_entry(config, "build_input_shape"); dims && with_shape["config"].is_object())
            with_shape["config"]["build_input_shape"] = *dims;
        return {input_of(with_shape, name_of(first) + "_input", "build_input_shape")};
    }
    for (const TensorRef& ref : read_refs(file_.config["config"].value("input_layers", Json::array()))) {
        const auto layer = std::find_if(layers.begin(), layers.end(), [&](const Json& l) { return name_of(l) == ref.layer; });
        check(layer != layers.end(), "the model's input '{}' is no layer of it", ref.layer);
        out.push_back(input_of(*layer, ref.layer, "batch_shape"));
    }
    check(!out.empty(), "the model has no inputs");
    return out;
}

ValueId ModelReader::add_input(const Input& input) {
    const ValueId id = result_.graph.add_value(input.name, input.type);
    result_.graph.inputs.push_back({input.name, id, ""});
    return id;
}

void ModelReader::check_layers(const Json& model, int depth) {
    check(depth < deepest, "models nest deeper than {} levels", deepest);
    for (const Json& layer : layers_of(model)) {
        if (is_model(layer)) {
            check_layers(layer, depth + 1);
        } else if (!is_read(layer) && problems_.size() < most_problems) {
            problems_.push_back(label_of(layer) + ": " + refusal_of(layer));
        }
    }
}

void ModelReader::report() const {
    if (problems_.empty()) return;
    std::string text = problems_.size() == 1 ? "a layer cannot be converted:" : "layers cannot be converted:";
    for (const std::string& problem : problems_) text += "\n  " + problem;
    throw Error(Fault::unsupported, text);
}

std::vector<ValueId> ModelReader::convert(const Json& layer, const Weights& weights, const std::vector<ValueId>& in,
                                          const Call& call, int depth) {
    if (is_model(layer)) return call_model(layer, weights, in, depth + 1);
    const std::string kind = class_of(layer);
    if (kind == "InputLayer") return in;
    const ConvertLayer function = is_operation(layer) ? &operation : row_of(layer).convert;
    Compose m{builder_};
    LayerReader reader{m, layer, weights, file_.major(), options_.unroll_rnn, in, call, {}};
    reader.inner = [&](const Json& other, const Weights& its, const std::vector<ValueId>& tensors) {
        check(depth < deepest, "layers nest deeper than {} levels", deepest);
        Call plain;
        plain.args.push_back(Json{{"@tensor", 0}});
        return convert(other, its, tensors, plain, depth + 1);
    };
    return function(reader);
}

std::vector<ValueId> ModelReader::call_layer(const Json& layer, const Weights& weights, const std::vector<ValueId>& in,
                                             const Call& call, int depth) {
    supported(++calls_ <= most_calls, "the model calls its layers more than {} times", most_calls);
    const std::string outer = builder_.origin, name = name_of(layer);
    builder_.origin = outer.empty() ? name : outer + "/" + name;
    const std::string origin = builder_.origin;
    std::vector<ValueId> out;
    try {
        out = convert(layer, weights, in, call, depth);
        for (ValueId id : out)
            if (id != no_value && result_.graph.values[id].name.empty()) result_.graph.values[id].name = origin;
    } catch (const Error& e) {
        if (e.fault != Fault::unsupported || is_model(layer)) throw Error(e.fault, label_of(layer) + ": " + e.what());
        if (problems_.size() < most_problems) problems_.push_back(label_of(layer) + ": " + e.what());
        out.clear();
    }
    builder_.origin = outer;
    return out;
}

std::vector<ValueId> ModelReader::call_model(const Json& model, const Weights& weights, const std::vector<ValueId>& in,
                                             int depth) {
    check(depth < deepest, "models nest deeper than {} levels", deepest);
    return class_of(model) == "Sequential" ? call_sequence(model, weights, in, depth) : call_network(model, weights, in, depth);
}

static const Weights& weights_of(const Weights& all, const Json& layer) {
    static const Weights none;
    const auto found = all.of_layers.find(name_of(layer));
    return found == all.of_layers.end() ? none : found->second;
}

std::vector<ValueId> ModelReader::call_sequence(const Json& model, const Weights& weights, std::vector<ValueId> in, int depth) {
    for (const Json& layer : layers_of(model)) {
        Call call;
        call.args.push_back(Json{{"@tensor", 0}});
        in = call_layer(layer, weights_of(weights, layer), in, call, depth);
        if (in.empty()) return {};
    }
    return in;
}

std::vector<ValueId> ModelReader::call_network(const Json& model, const Weights& weights, const std::vector<ValueId>& in,
                                               int depth) {
    const Network network = read_network(model, file_.major());
    check(network.inputs.size() == in.size(), "it takes {} tensors, it is called with {}", network.inputs.size(), in.size());
    std::vector<std::vector<ValueId>> results(network.calls.size());
    auto value = [&](const Network::Ref& ref) {
        const auto& outputs = results[ref.call];
        if (outputs.empty()) return no_value;
        check(ref.tensor < outputs.size() && outputs[ref.tensor] != no_value, "layer '{}' has no output {}",
              name_of(*network.calls[ref.call].layer), ref.tensor);
        return outputs[ref.tensor];
    };
    for (size_t i = 0; i < in.size(); ++i) results[network.inputs[i]] = {in[i]};
    for (size_t index : network.order) {
        const Network::Node& node = network.calls[index];
        if (node.is_input) continue;
        std::vector<ValueId> tensors;
        for (const Network::Ref& ref : node.from) tensors.push_back(value(ref));
        if (std::count(tensors.begin(), tensors.end(), no_value) > 0) continue;
        results[index] = call_layer(*node.layer, weights_of(weights, *node.layer), tensors, node.call, depth);
    }
    std::vector<ValueId> out;
    for (const Network::Ref& ref : network.outputs) out.push_back(value(ref));
    return std::count(out.begin(), out.end(), no_value) > 0 ? std::vector<ValueId>() : out;
}

// An output bears the name of the layer that computes it.
void ModelReader::name_outputs(const std::vector<ValueId>& values, const std::vector<std::string>& names) {
    std::map<std::string, int> used;
    for (size_t i = 0; i < values.size(); ++i) {
        std::string name = i < names.size() ? names[i] : fmt::format("output_{}", i);
        if (const int count = used[name]++; count > 0) name += "_" + std::to_string(count);
        result_.graph.outputs.push_back({std::move(name), values[i], ""});
    }
}

ReadResult ModelReader::run() {
    supported(is_model(file_.config),
              "a model of class '{}' that is not built of layers by their names; export it as a SavedModel "
              "(model.export) and convert that",
              class_of(file_.config));
    result_.format = file_.version.empty() ? "keras 1" : "keras " + file_.version;
    result_.graph.name = file_.config["config"].is_object() ? file_.config["config"].value("name", "") : "";
    check_layers(file_.config, 0);
    report();
    const Weights weights = read_weights(file_);
    std::vector<ValueId> in;
    const std::vector<Input> stated = inputs();
    std::vector<std::string> names;
    for (const Input& input : stated) {
        names.push_back(input.name);
        in.push_back(add_input(input));
    }
    for (const auto& [name, shape] : options_.shapes)
        check(std::find(names.begin(), names.end(), name) != names.end(),
              "--shape names '{}', which is no input of the model; its inputs are {}", name, nearest_names(name, names));
    const std::vector<ValueId> out = call_model(file_.config, weights, in, 0);
    report();
    std::vector<std::string> outputs;
    if (class_of(file_.config) == "Sequential")
        outputs.push_back(name_of(layers_of(file_.config).back()));
    else
        for (const TensorRef& ref : read_refs(file_.config["config"].value("output_layers", Json::array())))
            outputs.push_back(ref.layer);
    check(!out.empty(), "the model has no outputs");
    name_outputs(out, outputs);
    return std::move(result_);
}

}  // namespace tinsmith::keras
