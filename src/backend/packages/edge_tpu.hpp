// What stands beside a model for Coral's Edge TPU.
#pragma once

#include "backend/packages/package_file.hpp"
#include "backend/packages/ports.hpp"

namespace tinsmith::packages {

struct EdgeTpuAbout {
    std::string name, made_by;
    std::string command;    // that compiles the model
    std::string operators;  // which would be mapped: a table
    std::string said;       // what the compiler printed; empty where it did not run
    bool compiled = false;  // the compiled model is there
    bool labelled = false;  // NAME_labels.txt is there
    Preprocess preprocess;
};

// NAME_edgetpu.py, which loads the delegate and runs the model on an image or an array, and README.md.
std::vector<PackageFile> edge_tpu_files(const PackageModel& model, const EdgeTpuAbout& about);

// A name a line.
std::string label_lines(const std::vector<std::string>& names);

}  // namespace tinsmith::packages
