// Which files are samples: a folder with sub-folders as classes, or a table's column of paths.
#include "data/source.hpp"

#include "base/file.hpp"
#include "base/suffix.hpp"

#include <algorithm>
#include <filesystem>

namespace tinsmith {

namespace fs = std::filesystem;

bool is_sample_path(std::string_view path) { return is_image_path(path) || is_sound_path(path) || has_suffix(path, {".npy"}); }

std::string PathList::where(size_t index) const { return table ? table->place(rows[index]) + ": " : ""; }

// A table's paths are relative to its folder, else to where the command runs.
std::string PathList::path(size_t index) const {
    const std::string& stored = paths[index];
    if (!table || fs::path(stored).is_absolute()) return stored;
    const fs::path beside = fs::path(folder) / stored;
    std::error_code ignored;
    return fs::exists(beside, ignored) || !fs::exists(stored, ignored) ? beside.string() : stored;
}

// Paths of samples below `folder`, in the order of their bytes. Names that begin with a dot are the system's.
static std::vector<std::string> samples_below(const fs::path& folder) {
    std::vector<std::string> out;
    for (auto at = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied);
         at != fs::recursive_directory_iterator(); ++at) {
        const bool hidden = at->path().filename().string().starts_with('.');
        if (hidden && at->is_directory()) at.disable_recursion_pending();
        if (!hidden && is_sample_path(at->path().string()) && at->is_regular_file()) out.push_back(at->path().string());
    }
    std::sort(out.begin(), out.end());
    return out;
}

PathList folder_paths(const std::string& folder, std::vector<std::string> class_names, Labels& labels,
                      std::vector<std::string>& notes) {
    std::vector<std::string> flat, classes;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with('.')) continue;
        if (entry.is_directory())
            classes.push_back(name);
        else if (is_sample_path(name))
            flat.push_back(entry.path().string());
    }
    std::sort(flat.begin(), flat.end());
    std::sort(classes.begin(), classes.end());
    PathList out{folder, {}, nullptr, {}};
    if (!flat.empty()) {
        if (!classes.empty())
            notes.push_back(fmt::format("{}: {} samples lie beside the sub-folders, which are left out", folder, flat.size()));
        out.paths = std::move(flat);
        return out;
    }
    const bool one = classes.size() == 1 && class_names.empty();  // no classes to tell apart
    LabelTexts texts;
    for (const std::string& name : classes)
        for (std::string& path : samples_below(fs::path(folder) / name)) {
            out.paths.push_back(std::move(path));
            texts.add(name);
        }
    check(!out.paths.empty(),
          "{}: there are no samples: images (.jpg, .png, .bmp), sounds (.wav) or .npy files, in it or in a sub-folder for each "
          "class",
          folder);
    if (one) return out;
    if (class_names.empty()) class_names = classes;  // of folders without samples too
    labels = texts.finish(std::move(class_names), [&](size_t i) { return out.paths[i]; });
    return out;
}

std::optional<PathList> table_paths(std::shared_ptr<const CsvFile> file, const CsvHeader& header,
                                    std::vector<std::string> class_names, Labels& labels) {
    CsvRow row;
    file->read_row(header.first_row, row);
    std::optional<size_t> path = column_named(
        header, {"filepath", "file_path", "path", "image_path", "image", "filename", "file_name", "file", "wav", "audio"});
    for (size_t i = 0; !path && i < row.cells.size(); ++i)
        if (is_sample_path(row.cells[i])) path = i;
    if (!path) return std::nullopt;
    std::optional<size_t> label = label_column(header);
    if (header.names.empty() && row.cells.size() == 2) label = 1 - *path;
    PathList out{fs::path(file->path()).parent_path().string(), {}, file, {}};
    LabelTexts texts;
    const size_t width = row.cells.size();
    for (size_t at = header.first_row; at < file->size();) {
        out.rows.push_back(at);
        at = file->read_row(at, row);
        const auto place = [&] { return file->place(out.rows.back()); };
        if (row.cells.size() != width)
            fail(Fault::input, "{}: {} columns, the rows before have {}", place(), row.cells.size(), width);
        if (!is_sample_path(row.cells[*path]))
            fail(Fault::input, "{}: '{}' is no path of an image (.jpg, .png, .bmp), a sound (.wav) or a .npy file", place(),
                 row.cells[*path]);
        if (label && row.cells[*label].empty()) fail(Fault::input, "{}: the label is empty", place());
        out.paths.emplace_back(row.cells[*path]);
        if (label) texts.add(row.cells[*label]);
    }
    if (label) labels = texts.finish(std::move(class_names), [&](size_t i) { return file->place(out.rows[i]); });
    return out;
}

}  // namespace tinsmith
