#include "api/device_model.hpp"

#include "api/class_names.hpp"
#include "api/workplace.hpp"
#include "base/file.hpp"
#include "micro/lifetimes.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

namespace fs = std::filesystem;

std::string file_name(const std::string& model) {
    fs::path path(model);
    if (!path.has_filename()) path = path.parent_path();
    return path.filename().string();
}

Buffer copied(const std::string& path) { return Buffer::copy_of(map_file(path).bytes()); }

DeviceModel taken_as_it_is(const std::string& model) {
    DeviceModel out;
    out.file = copied(model);
    within(model, [&] { micro_model(out.file.bytes()); });
    out.source_bytes = out.file.size();
    return out;
}

DeviceModel converted(const ExportOptions& options, const std::string& model, std::vector<std::string>& notes) {
    const Workplace place;
    ConvertOptions how = options.convert;
    how.model = model;
    how.output = (place.path() / (fs::path(file_name(model)).stem().string() + ".tflite")).string();
    const Conversion conversion = convert(how);
    const Variant& variant = conversion.variants.at(0);
    notes.insert(notes.end(), conversion.notes.begin(), conversion.notes.end());
    notes.insert(notes.end(), variant.notes.begin(), variant.notes.end());
    DeviceModel out;
    out.source_bytes = conversion.source_bytes;
    out.method = method_name(variant.method);
    out.agreement = variant.agreement;
    out.file = copied(variant.path);
    out.graph = read_model(variant.path).graph;
    // The file is gone when its folder is: constants must not point into it.
    for (Value& value : out.graph.values)
        if (value.data && value.data->splat_element().empty()) value.data = Buffer::copy_of(value.data->bytes());
    out.data = recorded_beside(variant.path);
    return out;
}

}  // namespace

std::vector<DeviceModel> device_models(const ExportOptions& options, bool as_is, std::vector<std::string>& notes) {
    std::vector<std::pair<std::string, std::string>> sources = options.variants;
    if (sources.empty()) sources.emplace_back("", options.convert.model);
    std::vector<DeviceModel> out;
    for (const auto& [variant, path] : sources) {
        const bool untouched = as_is && !options.target && options.convert.methods.empty() && path.ends_with(".tflite");
        DeviceModel model = untouched ? taken_as_it_is(path) : converted(options, path, notes);
        model.variant = variant;
        model.source = file_name(path);
        // What an earlier run noted beside the source.
        model.data.preprocess.add_missing(recorded_beside(path).preprocess);
        if (const std::string& labels = options.convert.data.labels; model.data.classes.empty() && !labels.empty())
            model.data.classes = read_class_names(labels);
        if (model.data.classes.empty()) model.data.classes = class_names(path, {});
        if (!model.graph.values.empty()) note_layouts(model.graph, model.data);
        out.push_back(std::move(model));
    }
    return out;
}

}  // namespace tinsmith
