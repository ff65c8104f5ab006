// export: from a model file to a folder of files for a device, in one of several forms.
#pragma once

#include "api/convert.hpp"

#include <map>
#include <set>

namespace tinsmith {

struct ExportOptions {
    ConvertOptions convert;  // how the model becomes what the device computes; its `output` is set here
    std::vector<std::pair<std::string, std::string>> variants;  // name and model, instead of convert.model
    std::string format = "c";
    std::string output;             // a folder
    std::string name;               // what the files' names and their functions start with; empty: the model's file name
    size_t max_ram = 0;             // the arena's limit in bytes; 0: none
    bool weights_in_psram = false;  // generated C copies its constants there when it starts
};

struct ExportedFile {
    std::string path;
    uint64_t bytes = 0;
};

struct ExportedModel {
    std::string name;  // of a variant; empty where there is one model
    std::string method;
    size_t arena_bytes = 0, lower_bound = 0, constant_bytes = 0;
};

struct Exported {
    std::string name;  // as used
    std::vector<ExportedFile> files;
    std::vector<ExportedModel> models;
    size_t arena_bytes = 0;  // what all variants share
    std::vector<std::string> notes;
};

// The forms that models are exported in.
struct ExportFormat {
    std::string_view name, says;
    Exported (*run)(const ExportOptions& options);
};
std::span<const ExportFormat> export_formats();

// Throws Fault::input for a format or a name that there is not, and what conversion and the format's own writer throw.
Exported export_model(const ExportOptions& options);

}  // namespace tinsmith
