// Where the samples of one input come from.
#pragma once

#include "data/csv.hpp"
#include "data/image.hpp"
#include "data/pixels.hpp"
#include "data/samples.hpp"
#include "data/sound.hpp"

namespace tinsmith {

// The samples of one input.
class Source {
public:
    virtual ~Source() = default;
    virtual size_t count() const = 0;
    // The elements of one sample in the input's type. Throws Fault::input naming file and input. Any thread, any order.
    virtual Buffer sample(size_t index) const = 0;
    // For messages: "x.npy, sample 3", "cats/1.jpg", "rows.csv:17".
    virtual std::string name(size_t index) const = 0;
    // Samples are pixels, subject to Preprocess::normalize.
    virtual bool pixels() const = 0;
};

// An array with one sample or more, which lies in the mapped `file` or elsewhere; `notes` learns what the user should know. Throws Fault::input when it does not fit.
std::shared_ptr<const Source> array_source(const std::string& path, const Buffer& file, Array array, const InputSlot& slot,
                                           const DataOptions& options, std::vector<std::string>& notes);

// Rows of numbers; fills `labels` where the table has them.
std::shared_ptr<const Source> csv_source(std::shared_ptr<const CsvFile> file, const CsvHeader& header, const InputSlot& slot,
                                         const DataOptions& options, Labels& labels, std::vector<std::string>& notes);

// Paths of images, sounds or arrays, each one sample.
struct PathList {
    std::string folder;
    std::vector<std::string> paths;        // as they were found
    std::shared_ptr<const CsvFile> table;  // where they stand, if in a table
    std::vector<uint64_t> rows;            // of the table

    size_t size() const { return paths.size(); }
    std::string path(size_t index) const;
    std::string where(size_t index) const;  // what to say before an error: "rows.csv:17: ", or nothing
};
std::shared_ptr<const Source> file_source(PathList list, const InputSlot& slot, DataOptions& options,
                                          std::vector<std::string>& notes);

bool is_sample_path(std::string_view path);  // an image, a sound or a .npy

// The samples under a folder, sub-folders being classes.
PathList folder_paths(const std::string& folder, std::vector<std::string> class_names, Labels& labels,
                      std::vector<std::string>& notes);
// The samples that a table names; nothing when it has no column of paths.
std::optional<PathList> table_paths(std::shared_ptr<const CsvFile> file, const CsvHeader& header,
                                    std::vector<std::string> class_names, Labels& labels);

}  // namespace tinsmith
