// From a SavedModel to a graph: one of its signatures.
#include "base/file.hpp"
#include "base/nearest.hpp"
#include "frontend/tensorflow/interface.hpp"
#include "frontend/tensorflow/tensorflow.hpp"

#include <filesystem>

namespace tinsmith::tensorflow {

namespace {

// The signatures that compute something: the one that initialises has an output that is no tensor.
std::vector<std::string> names_of(const SavedModel& model) {
    std::vector<std::string> names;
    for (const auto& [name, signature] : model.signatures)
        if (!name.starts_with("__saved_model") && !signature.outputs.empty()) names.emplace_back(name);
    return names;
}

const Signature& chosen_signature(const SavedModel& model, const std::string& wanted, std::vector<std::string>& notes) {
    const std::vector<std::string> names = names_of(model);
    check(!names.empty(), "the SavedModel has no signature; export it with signatures, as model.export() does");
    if (!wanted.empty()) {
        auto found = model.signatures.find(wanted);
        check(found != model.signatures.end(), "--signature names '{}', which the model does not have; its signatures are {}",
              wanted, nearest_names(wanted, names));
        return found->second;
    }
    if (auto found = model.signatures.find("serving_default"); found != model.signatures.end()) {
        if (names.size() > 1)
            notes.push_back(fmt::format("signature 'serving_default' of {}; --signature chooses another", names.size()));
        return found->second;
    }
    std::string listed;
    for (const std::string& name : names) listed += (listed.empty() ? "'" : ", '") + name + "'";
    check(names.size() == 1, "the model has the signatures {}: choose one with --signature", listed);
    return model.signatures.find(names[0])->second;
}

ReadResult read_saved_model(const std::string& folder, const ReadOptions& options) {
    ReadResult result;
    const SavedModel model = within("saved_model.pb", [&] { return decode_saved_model(map_file(folder + "/saved_model.pb")); });
    result.format = "savedmodel";
    const Signature& signature = chosen_signature(model, options.signature, result.notes);
    const Body body(model.graph.nodes);
    std::vector<OpenInput> inputs;
    for (const auto& [name, info] : signature.inputs) {
        const TensorName tensor = body.parse(info.tensor);
        inputs.push_back({std::string(name), tensor.node, tensor.output, info.type, info.shape});
    }
    const Bindings bound = add_inputs(result.graph, inputs, options, result.notes);
    std::vector<NamedOutput> outputs;
    for (const auto& [name, info] : signature.outputs) outputs.push_back({std::string(name), info.tensor});
    Builder builder(result.graph);
    Variables variables(folder + "/variables", model.graph);
    GraphReader reader(model.graph, variables, builder, options);
    add_outputs(result.graph, reader, body, bound, outputs);
    return result;
}

}  // namespace

static ReadResult read_savedmodel(const std::string& path, const ReadOptions& options) {
    namespace fs = std::filesystem;
    const std::string folder = fs::is_directory(path) ? path : fs::path(path).parent_path().string();
    return within(fmt::format("reading {}", path), [&] { return read_saved_model(folder.empty() ? "." : folder, options); });
}

}  // namespace tinsmith::tensorflow

namespace tinsmith {

Frontend savedmodel_frontend() {
    return {"savedmodel", {"saved_model.pb"}, tensorflow::looks_like_saved_model, tensorflow::read_savedmodel};
}

}  // namespace tinsmith
