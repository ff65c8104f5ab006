// The folders that toolchains expect around code: plain, a component of ESP-IDF, a library of Arduino.
#pragma once

#include "backend/packages/package_file.hpp"
#include "backend/packages/ports.hpp"
#include "backend/packages/tflm.hpp"

#include <span>

namespace tinsmith::packages {

// What stands in a folder.
struct Packaged {
    std::string name, version;         // an identifier; tinsmith's version
    std::string made_by;               // for comments
    bool tflm = false;                 // TFLite Micro's, else generated C
    std::vector<std::string> sources;  // what is compiled, without a folder
    std::vector<PackageModel> models;
    TflmArena arena;              // of TFLite Micro
    bool arena_in_psram = false;  // the board's fast memory does not hold it
    std::string classify;         // from an image to a class, where embhd_pipeline.h has it: "embhd_classify_pixels"
};

struct PackageForm {
    std::string_view name, says;
    Platform platform;
    std::string_view code_folder;                                 // "src/": where sources and headers go
    std::vector<PackageFile> (*around)(const Packaged& package);  // what else the folder has
};

std::span<const PackageForm> package_forms();
// Throws Fault::input with the nearest names.
const PackageForm& package_form(const std::string& name);

std::vector<PackageFile> esp_idf_files(const Packaged& package);
std::vector<PackageFile> arduino_files(const Packaged& package);

}  // namespace tinsmith::packages
