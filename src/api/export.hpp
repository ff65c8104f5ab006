// export: from a model file to a folder of files for a device, in one of several forms.
#pragma once

#include "api/convert.hpp"
#include "hdc/integer.hpp"
#include "target/target.hpp"

#include <map>
#include <set>

namespace tinsmith {

struct ExportOptions {
    ConvertOptions convert;  // how the model becomes what the device computes; its `output` is set here
    std::vector<std::pair<std::string, std::string>> variants;  // name and model, instead of convert.model
    std::string format;                                         // empty: the target's, else "c"
    std::string package;           // what stands around the code: "plain", "esp-idf", …; empty: the target's, else "plain"
    std::optional<Target> target;  // a board: the model is quantised where it is not yet, must fit, and gets reports beside it
    std::string hdc;               // projection and prototypes of a hyperdimensional classifier behind the model; with a target
    hdc::IntegerOptions hdc_integer;  // how its numbers are stored
    std::string output;               // a folder
    std::string name;                 // what the files' names and their functions start with; empty: the model's file name
    size_t max_ram = 0;               // the arena's limit in bytes; 0: none
    bool weights_in_psram = false;    // generated C copies its constants there when it starts
};

struct ExportedFile {
    std::string path;
    uint64_t bytes = 0;
};

struct ExportedModel {
    std::string name;  // of a variant; empty where there is one model
    std::string method;
    size_t arena_bytes = 0, lower_bound = 0, constant_bytes = 0;  // lower_bound: 0 where the arena is not planned here
};

struct Exported {
    std::string name, format, package, target;  // as used
    std::vector<ExportedFile> files;
    std::vector<ExportedModel> models;
    size_t arena_bytes = 0;  // what all variants share
    std::vector<std::string> notes;
};

// The forms that models are exported in, and what may stand around their code.
struct ExportChoice {
    std::string_view name, says;
};
std::vector<ExportChoice> export_formats();
std::vector<ExportChoice> export_packages();

// Nothing is written before everything is known. Throws Fault::input for a format, a package or a name that there is not, Fault::target where
// the model does not fit, and what conversion and the format's own writer throw.
Exported export_model(const ExportOptions& options);

}  // namespace tinsmith
