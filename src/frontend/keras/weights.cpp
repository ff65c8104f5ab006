#include "frontend/keras/weights.hpp"

#include "frontend/keras/keras1.hpp"
#include "frontend/keras/layers.hpp"

#include <algorithm>

namespace tinsmith::keras {

namespace {

// Classes that files know by another name than Keras exports.
struct OtherName {
    std::string_view kind, stored;
};
constexpr OtherName other_names[] = {{"GroupQueryAttention", "GroupedQueryAttention"},
                                     {"CustomScaleLayer", "Custom>CustomScaleLayer"}};  // an .h5 of Keras 2

constexpr int deepest_model = 32;

// Where each weight of a model goes, in the order in which an .h5 lists them.
struct Place {
    Tensor* to = nullptr;
    std::string label;  // "layer 'c0' (Conv2D): weight 'kernel'"
    bool trainable = true;
};

std::string label_of(const Json& layer) { return fmt::format("layer '{}' ({})", name_of(layer), class_of(layer)); }

void collect(const Json& layer, bool trainable, Weights& out, std::vector<Place>& places, const File& file, int depth);

void collect_model(const Json& model, bool trainable, Weights& out, std::vector<Place>& places, const File& file, int depth) {
    check(depth < deepest_model, "models nest deeper than {} levels", deepest_model);
    for (const Json& layer : layers_of(model)) {
        if (is_operation(layer)) continue;
        within(label_of(layer), [&] { collect(layer, trainable, out.of_layers[name_of(layer)], places, file, depth + 1); });
    }
}

void collect(const Json& layer, bool trainable, Weights& out, std::vector<Place>& places, const File& file, int depth) {
    const Json& config = layer["config"];
    trainable = trainable && flag_of(config, "trainable", true);
    if (is_model(layer)) return collect_model(layer, trainable, out, places, file, depth);
    for (const Part& part : parts_of(layer)) {
        check(depth < deepest_model, "layers nest deeper than {} levels", deepest_model);
        collect(part.layer, trainable, out.of_layers[part.key], places, file, depth + 1);
    }
    for (const Slot& slot : slots_of(layer, file.major()))
        places.push_back({&out.of_roles[slot.role], fmt::format("{}: weight '{}'", label_of(layer), slot.role),
                          trainable && slot.trainable});
}

// Layers of tensorflow-model-optimization, with weights of their own behind those of the layer inside.
bool is_optimization_wrapper(const Json& layer) {
    const std::string kind = class_of(layer);
    return kind.starts_with("Quantize") || kind == "PruneLowMagnitude";
}

// "quant_d1/kernel_min:0" as "kernel_min".
std::string last_part(const std::string& name) {
    const std::string last = name.substr(name.rfind('/') + 1);
    return last.substr(0, last.find(':'));
}

// An .h5 keeps the weights of a layer of the outermost model as one list, the trainable ones first.
void read_by_layer(const Json& layer, Weights& out, const File& file) {
    std::vector<Place> places;
    collect(layer, true, out, places, file, 0);
    std::stable_partition(places.begin(), places.end(), [](const Place& p) { return p.trainable; });
    const std::string group = file.root + "/" + name_of(layer);
    if (places.empty() && !is_optimization_wrapper(layer)) return;
    check(file.weights.has(group), "its weights are not in the file (no group '{}')", group);
    const auto names = file.weights.texts(group, "weight_names");
    check(names.has_value(), "its weights are not in the file ('{}' has no 'weight_names')", group);
    for (size_t i = 0; i < places.size(); ++i) {
        check(i < names->size(), "{} is not in the file, which has {} of its {} weights", places[i].label, names->size(),
              places.size());
        *places[i].to = file.weights.tensor(group + "/" + (*names)[i]);
    }
    if (is_optimization_wrapper(layer)) {
        for (size_t i = places.size(); i < names->size(); ++i)
            out.of_roles[last_part((*names)[i])] = file.weights.tensor(group + "/" + (*names)[i]);
        return;
    }
    check(names->size() == places.size(), "the file has {} weights for it, it has {}", names->size(), places.size());
}

void read_by_object(const Json& layer, Weights& out, const File& file, const std::string& path, int depth);

// What a .keras calls the objects of a class.
std::string object_name(const std::string& kind) {
    for (const OtherName& other : other_names)
        if (kind == other.kind) return snake_case(std::string(other.stored));
    return snake_case(kind);
}

void read_model_by_object(const Json& model, Weights& out, const File& file, const std::string& path, int depth) {
    check(depth < deepest_model, "models nest deeper than {} levels", deepest_model);
    // Until 2.13 the list of layers had another name.
    const std::string older = path + "/_layer_checkpoint_dependencies";
    const std::string list = file.weights.has(older) ? older : path + "/layers";
    std::map<std::string, int> used;
    for (const Json& layer : layers_of(model)) {
        if (is_operation(layer)) continue;
        const std::string kind = object_name(class_of(layer));
        const int count = used[kind]++;
        const std::string object = list + "/" + kind + (count > 0 ? "_" + std::to_string(count) : "");
        within(label_of(layer), [&] { read_by_object(layer, out.of_layers[name_of(layer)], file, object, depth + 1); });
    }
}

void read_by_object(const Json& layer, Weights& out, const File& file, const std::string& path, int depth) {
    if (is_model(layer)) return read_model_by_object(layer, out, file, path, depth);
    for (const Part& part : parts_of(layer)) {
        check(depth < deepest_model, "layers nest deeper than {} levels", deepest_model);
        read_by_object(part.layer, out.of_layers[part.key], file, path + "/" + part.key, depth + 1);
    }
    std::map<std::string, int> next;  // of each owner
    for (const Slot& slot : slots_of(layer, file.major())) {
        std::string owner = path + (slot.path.empty() ? "" : "/" + slot.path);
        const int index = next[slot.path]++;
        // Keras 2 marks the parts of MultiHeadAttention as its own.
        if (!slot.path.empty() && !file.weights.has(owner)) owner = path + "/_" + slot.path;
        const std::string dataset = fmt::format("{}/vars/{}", owner, index);
        check(file.weights.has(dataset), "weight '{}' is not in the file (no '{}')", slot.role, dataset);
        out.of_roles[slot.role] = file.weights.tensor(dataset);
    }
}

}  // namespace

static void lay_out(const Json& layer, Weights& weights, int depth) {
    check(depth < deepest_model, "layers nest deeper than {} levels", deepest_model);
    if (is_model(layer)) {
        for (const Json& part : layers_of(layer))
            within(label_of(part), [&] { lay_out(part, weights.of_layers[name_of(part)], depth + 1); });
        return;
    }
    for (const Part& part : parts_of(layer)) lay_out(part.layer, weights.of_layers[part.key], depth + 1);
    lay_out_as_keras_2(layer, weights);
}

Weights read_weights(const File& file) {
    Weights out;
    if (file.naming == Naming::by_object) {
        read_model_by_object(file.config, out, file, "", 0);
        return out;
    }
    for (const Json& layer : layers_of(file.config)) {
        if (is_operation(layer)) continue;
        within(label_of(layer), [&] { read_by_layer(layer, out.of_layers[name_of(layer)], file); });
    }
    if (file.major() < 2) lay_out(file.config, out, 0);
    return out;
}

std::string snake_case(const std::string& name) {
    auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
    std::string out;
    for (size_t i = 0; i < name.size(); ++i) {
        const bool upper = name[i] >= 'A' && name[i] <= 'Z';
        if (upper && i > 0 && (lower(name[i - 1]) || (i + 1 < name.size() && lower(name[i + 1])))) out += '_';
        out += upper ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
    }
    return out;
}

// Keras 2 leaves the backward layer out where it is the forward one turned around.
static Json turned_around(Json layer) {
    Json& config = layer["config"];
    check(config.is_object(), "a layer without a configuration");
    config["go_backwards"] = !flag_of(config, "go_backwards", false);
    return layer;
}

// The cell of an RNN layer, or those of a stack.
static std::vector<Part> cells_of(const Json& layer) {
    const Json& config = layer["config"];
    check(config.is_object() && config.contains("cell"), "it has no cell");
    const Json& cell = config["cell"];
    if (class_of(cell) != "StackedRNNCells") return {{"cell", cell}};
    check(cell["config"].is_object() && cell["config"].contains("cells") && cell["config"]["cells"].is_array(),
          "it has no cells");
    std::vector<Part> parts;
    std::map<std::string, int> used;
    for (const Json& one : cell["config"]["cells"]) {
        const std::string kind = snake_case(class_of(one));
        const int count = used[kind]++;
        parts.push_back({"cell/cells/" + kind + (count > 0 ? "_" + std::to_string(count) : ""), one});
    }
    return parts;
}

std::vector<Part> parts_of(const Json& layer) {
    const std::string kind = class_of(layer);
    const bool wraps = kind == "TimeDistributed" || kind == "PruneLowMagnitude" || kind == "SpectralNormalization" ||
                       kind.starts_with("QuantizeWrapper");
    if (kind == "RNN") return cells_of(layer);
    if (!wraps && kind != "Bidirectional") return {};
    const Json& config = layer["config"];
    check(config.is_object() && config.contains("layer"), "it has no layer inside");
    const std::string inside = class_of(config["layer"]);
    if (wraps) return {{"layer", config["layer"]}};
    // Others would double with every level of nesting.
    supported(inside == "LSTM" || inside == "GRU" || inside == "SimpleRNN" || inside == "RNN",
              "both directions of a layer of class '{}'", inside);
    const bool stated = config.contains("backward_layer") && config["backward_layer"].is_object();
    return {{"forward_layer", config["layer"]},
            {"backward_layer", stated ? config["backward_layer"] : turned_around(config["layer"])}};
}

bool flag_of(const Json& config, const char* key, bool fallback) {
    const auto found = config.is_object() ? config.find(key) : config.end();
    if (!config.is_object() || found == config.end() || found->is_null()) return fallback;
    check(found->is_boolean() || found->is_number(), "'{}' is not true or false", key);
    return found->is_boolean() ? found->get<bool>() : found->get<double>() != 0;
}

std::string class_of(const Json& layer) {
    check(layer.is_object() && layer.contains("class_name") && layer["class_name"].is_string() && layer.contains("config"),
          "a layer without 'class_name' and 'config'");
    auto kind = layer["class_name"].get<std::string>();
    for (const OtherName& other : other_names)
        if (kind == other.stored) return std::string(other.kind);
    return kind;
}

std::string name_of(const Json& layer) {
    class_of(layer);
    for (const Json* place : {&layer["config"], &layer})
        if (place->is_object() && place->contains("name") && (*place)["name"].is_string())
            return (*place)["name"].get<std::string>();
    fail(Fault::input, "a layer of class {} without a name", class_of(layer));
}

bool is_model(const Json& layer) {
    const std::string name = class_of(layer);
    return name == "Sequential" || name == "Functional" || name == "Model";
}

// Keras 1 and early Keras 2 wrote the list of a Sequential's layers without its name.
const Json& layers_of(const Json& model) {
    const Json& config = model.at("config");
    const Json* layers = config.is_array()                                 ? &config
                         : config.is_object() && config.contains("layers") ? &config["layers"]
                                                                           : nullptr;
    check(layers && layers->is_array(), "the model has no list of layers");
    return *layers;
}

// An .h5 of Keras 3 has no modules; there an operation shows in its call, and in a configuration that is no layer's.
bool is_operation(const Json& layer) {
    class_of(layer);
    if (layer.contains("module") && layer["module"].is_string()) {
        const std::string module = layer["module"].get<std::string>();
        return module.starts_with("keras.src.ops") || module.starts_with("keras.ops");
    }
    const Json& config = layer["config"];
    if (!layer.contains("inbound_nodes") || !config.is_object() || config.contains("trainable") || config.contains("dtype"))
        return false;
    const Json& calls = layer["inbound_nodes"];
    return calls.is_array() && !calls.empty() && calls[0].is_object() && calls[0].contains("args");
}

std::string refusal_of(const Json& layer) {
    const std::string kind = class_of(layer);
    if (kind == "Lambda")
        return "its function is Python byte code, which is never executed; write it with layers, or export the model as a "
               "SavedModel (model.export) and convert that";
    return fmt::format(
        "layers of class '{}' are not read; replace it by layers that docs/keras-support.md lists, or export the "
        "model as a SavedModel (model.export) and convert that",
        kind);
}

}  // namespace tinsmith::keras
