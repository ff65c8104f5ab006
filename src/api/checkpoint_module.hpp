// A state dict and the Python class that it belongs to, as a program that is read like any other: PyTorch and the Python package make it,
// in a process of their own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tinsmith {

struct CheckpointModule {
    std::string name;                 // "classifier.py:ClassifierWrapper"; empty: the model has its graph with it
    std::string arguments;            // of the class, a JSON object by name: {"width_mult": 1.0}; may be empty
    std::vector<std::string> shapes;  // of what the module takes: [NAME=]1x3x64x64[:DTYPE] each; float32

    std::string described() const;  // the name without its folder
};

// The Python that is run: TINSMITH_PYTHON, else python3.
std::string python_command();

// Runs the code of the module's file: makes the class, loads the tensors of `checkpoint` (and nothing else of it) strictly, exports in
// eval mode. Returns the path of a .pt2 in `folder`.
//
// Throws Fault::input for what is no checkpoint, a module that cannot be made, keys that are missing or unexpected (listed), and where
// that Python has no tinsmith or torch; Fault::unsupported for what torch.export cannot export. An interrupt removes `folder` and ends this
// process.
std::string exported_checkpoint(const std::string& checkpoint, const CheckpointModule& module,
                                const std::filesystem::path& folder);

}  // namespace tinsmith
