#include "frontend/frontend.hpp"

#include "base/file.hpp"
#include "frontend/keras/keras.hpp"
#include "frontend/no_graph.hpp"
#include "frontend/onnx/onnx.hpp"
#include "frontend/reset_states.hpp"
#include "frontend/tensorflow/tensorflow.hpp"
#include "frontend/tflite/tflite.hpp"
#include "frontend/torch/torch.hpp"
#include "ir/extract.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace tinsmith {

std::span<const Frontend> all_frontends() {
    static const std::array frontends{savedmodel_frontend(), graphdef_frontend(), onnx_frontend(),
                                      tflite_frontend(),     keras_frontend(),    torch_frontend()};
    return frontends;
}

// A few of the models that a folder holds.
static std::string models_in(const std::string& folder) {
    constexpr size_t most = 3;
    std::vector<std::string> names;
    std::error_code error;
    for (auto at = std::filesystem::directory_iterator(folder, error); !error && at != std::filesystem::directory_iterator();
         at.increment(error)) {
        const std::string suffix = at->path().extension().string();
        for (const Frontend& frontend : all_frontends())
            if (std::find(frontend.suffixes.begin(), frontend.suffixes.end(), suffix) != frontend.suffixes.end())
                names.push_back(at->path().string());
    }
    std::sort(names.begin(), names.end());
    std::string out;
    for (size_t i = 0; i < std::min(names.size(), most); ++i) out += (i == 0 ? "; it holds '" : ", '") + names[i] + "'";
    return out;
}

static const Frontend& frontend_for(const std::string& path) {
    if (std::filesystem::is_directory(path)) {
        const std::string inside = path + "/saved_model.pb";
        check(std::filesystem::exists(inside), "'{}' is a folder without a saved_model.pb{}", path, models_in(path));
        return frontend_for(inside);
    }
    Buffer file = map_file(path);
    auto head = file.bytes().first(std::min<size_t>(4096, file.size()));
    const Frontend* by_content = nullptr;
    std::string formats;
    for (const Frontend& frontend : all_frontends()) {
        bool by_name = std::any_of(frontend.suffixes.begin(), frontend.suffixes.end(),
                                   [&](auto suffix) { return path.ends_with(suffix); });
        if (frontend.sniff(head)) {
            if (by_name) return frontend;
            if (!by_content) by_content = &frontend;
        }
        formats += (formats.empty() ? "" : ", ") + std::string(frontend.name);
    }
    if (by_content) return *by_content;
    refuse_without_graph(path, file);
    const bool exported = path.ends_with(".pt2");
    fail(Fault::input, "'{}' is in no format that is read: {}{}", path, formats,
         exported ? "; torch.export.save(torch.export.export(model.eval(), (sample,)), \"model.pt2\") writes one" : "");
}

ReadResult read_model(const std::string& path, const ReadOptions& options) {
    const Frontend& frontend = frontend_for(path);
    check(options.signature.empty() || frontend.name == "savedmodel",
          "--signature '{}': only a SavedModel has signatures to choose from, and '{}' is none", options.signature, path);
    const bool of_tensorflow = frontend.name == "savedmodel" || frontend.name == "graphdef";
    check(of_tensorflow || !options.allow_select_tf_ops,
          "--allow-select-tf-ops is for SavedModels and frozen graphs; '{}' is {}", path, frontend.name);
    check(of_tensorflow || frontend.name == "tflite" || !options.allow_custom,
          "--allow-custom is for SavedModels, frozen graphs and .tflite files; '{}' is {}", path, frontend.name);
    ReadResult result = frontend.read(path, options);
    if (!result.extracted)
        within(fmt::format("reading {}", path), [&] { extract(result.graph, options.inputs, options.outputs); });
    if (options.reset_states) reset_states(result.graph);
    return result;
}

}  // namespace tinsmith
