#include "frontend/frontend.hpp"

#include "base/file.hpp"
#include "frontend/keras/keras.hpp"
#include "frontend/onnx/onnx.hpp"
#include "frontend/reset_states.hpp"
#include "frontend/tensorflow/tensorflow.hpp"
#include "frontend/tflite/tflite.hpp"
#include "ir/extract.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace tinsmith {

std::span<const Frontend> all_frontends() {
    static const std::array frontends{savedmodel_frontend(), graphdef_frontend(), onnx_frontend(), tflite_frontend(),
                                      keras_frontend()};
    return frontends;
}

// PyTorch's own files hold Python objects; PyTorch itself writes ONNX.
static std::string_view way_out(std::string_view path) {
    const bool torch = path.ends_with(".pt") || path.ends_with(".pth") || path.ends_with(".pt2");
    return torch ? "; in PyTorch torch.onnx.export(model, inputs, \"model.onnx\") writes one" : "";
}

static const Frontend& frontend_for(const std::string& path) {
    if (std::filesystem::is_directory(path)) {
        const std::string inside = path + "/saved_model.pb";
        check(std::filesystem::exists(inside), "'{}' is a folder without a saved_model.pb", path);
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
    check(by_content, "'{}' is in no format that is read: {}{}", path, formats, way_out(path));
    return *by_content;
}

ReadResult read_model(const std::string& path, const ReadOptions& options) {
    const Frontend& frontend = frontend_for(path);
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
