#include "api/class_names.hpp"

#include "base/file.hpp"
#include "base/lines.hpp"
#include "data/record.hpp"

#include <zip.h>

#include <filesystem>
#include <memory>

namespace tinsmith {

namespace fs = std::filesystem;

// A list of labels is short; an archive that claims more is a lie.
static constexpr uint64_t most_label_bytes = 1 << 20;

// TFLite's metadata appends files to the model as a zip archive; the labels are its (first) text file. What cannot be read is no
// list of labels: the model itself is sound without it.
static std::vector<std::string> packed_labels(const std::string& model) {
    if (!model.ends_with(".tflite")) return {};
    const std::unique_ptr<zip_t, void (*)(zip_t*)> archive(zip_open(model.c_str(), ZIP_RDONLY, nullptr), zip_discard);
    if (!archive) return {};
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive.get(), 0); ++i) {
        const auto index = static_cast<zip_uint64_t>(i);
        zip_stat_t about;
        if (zip_stat_index(archive.get(), index, 0, &about) != 0 || !(about.valid & ZIP_STAT_SIZE) || !about.name) continue;
        if (!std::string_view(about.name).ends_with(".txt") || about.size > most_label_bytes) continue;
        const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen_index(archive.get(), index, 0), zip_fclose);
        std::string text(about.size, '\0');
        if (file && zip_fread(file.get(), text.data(), about.size) == static_cast<zip_int64_t>(about.size))
            return lines_of(text);
    }
    return {};
}

// The model's path without its suffix, and without the method that convert put into its name: variants share one list.
static std::vector<std::string> stems(const std::string& model) {
    std::vector<std::string> out{fs::path(model).replace_extension().string()};
    for (const char* method : {"_float32", "_float16", "_dynamic_range", "_int8", "_int16x8"})
        if (out[0].ends_with(method)) out.push_back(out[0].substr(0, out[0].size() - std::string_view(method).size()));
    return out;
}

std::string labels_path(const std::string& model) {
    return (model.ends_with(".tflite") ? fs::path(model).replace_extension().string() : model) + "_labels.txt";
}

std::vector<std::string> class_names(const std::string& model, const Samples& samples,
                                     const std::vector<std::string>& in_model) {
    return samples.class_names().empty() ? class_names(model, in_model) : samples.class_names();
}

std::vector<std::string> class_names(const std::string& model, const std::vector<std::string>& in_model) {
    if (auto recorded = recorded_beside(model).classes; !recorded.empty()) return recorded;
    std::error_code ignored;
    for (const std::string& stem : stems(model))
        if (const std::string beside = labels_path(stem); fs::is_regular_file(beside, ignored)) return read_class_names(beside);
    return in_model.empty() ? packed_labels(model) : in_model;
}

void write_labels(const std::string& path, const std::vector<std::string>& names) {
    write_file(path, [&](ByteSink& sink) {
        for (const std::string& name : names) sink.write_text(name + "\n");
    });
}

std::string class_name(const std::vector<std::string>& names, int32_t index) {
    return index >= 0 && static_cast<size_t>(index) < names.size() ? names[static_cast<size_t>(index)] : std::to_string(index);
}

}  // namespace tinsmith
