// A model as a device is to compute it: converted, proven, and read back from the bytes of its file.
#pragma once

#include "api/export.hpp"
#include "data/record.hpp"

namespace tinsmith {

struct DeviceModel {
    std::string variant;  // its name among several; empty where there is but one
    std::string source;   // the file's name, for comments
    uint64_t source_bytes = 0;
    std::string method;                  // "int8"; empty for a file that was taken as it is
    Buffer file;                         // a .tflite
    Graph graph;                         // what it computes; empty for a file that was taken as it is
    DataRecord data;                     // how its inputs are prepared, and the names of its classes
    std::optional<Agreement> agreement;  // with the source
};

// All models of `options`, for a writer that may take .tflite files as they are (`as_is`: where no option asks for something else).
std::vector<DeviceModel> device_models(const ExportOptions& options, bool as_is, std::vector<std::string>& notes);

}  // namespace tinsmith
