// A model as C++ around TensorFlow Lite Micro: the file as a constant, the operators that it calls, an arena of the right size, and functions
// that C calls.
#pragma once

#include "backend/packages/package_file.hpp"
#include "backend/packages/ports.hpp"

#include <vector>

namespace tinsmith::packages {

// Which library's headers and error codes the code is written for.
enum class Platform { plain, esp_idf, arduino };

struct TflmOptions {
    std::string name;     // an identifier
    std::string made_by;  // for the comments at the top
    Platform platform = Platform::plain;
};

// Bytes of the tensor arena that TFLite Micro needs.
struct TflmArena {
    size_t reference = 0, cmsis_nn = 0;  // on a processor of 32 bits, with the reference kernels and with CMSIS-NN's
    size_t esp = 0, esp32_s3 = 0;        // with ESP-NN's: on ESP32-S3, and on other chips of Espressif
    size_t host = 0;                     // on one of 64 bits
    std::vector<std::string> unknown;    // operators whose needs are not known here

    size_t device() const { return reference > cmsis_nn ? reference : cmsis_nn; }
};
TflmArena tflm_arena(const PackageModel& model);
// The largest of each.
TflmArena tflm_arena(const std::vector<PackageModel>& models);

struct TflmCode {
    std::vector<PackageFile> files;  // NAME.h, NAME.cpp, NAME_model_data.h, NAME_model_data.cpp
    TflmArena arena;
    std::vector<std::string> operators;  // "AddConv2D"
    std::string run;                     // the function that runs the model: "tflite_extract_features"
};

// Several models share one arena and the operators of all. Throws Fault::unsupported listing operators that TFLite Micro lacks, Fault::input
// where variants differ in the number or the types of their inputs and outputs, or have the same name.
TflmCode write_tflm(const std::vector<PackageModel>& models, const TflmOptions& options);

// From an image to a class: the model, and the hyperdimensional classifier of embhd_classifier.h on its features.
struct TflmPipeline {
    std::vector<PackageFile> files;  // embhd_pipeline.h, embhd_pipeline.c; none where the model has several inputs or outputs
    std::string classify;            // the function: "embhd_classify_pixels"
};
TflmPipeline write_tflm_pipeline(const PackageModel& model, const TflmOptions& options);

// What the function that runs a model is called: "tflite_extract_features" for "feature_extractor", "tflite_run_kws" for "kws".
std::string run_function(std::string_view name);
// The names of its parameters: "rgb_data, features".
std::string run_arguments(const PackageModel& model, std::string_view name);

}  // namespace tinsmith::packages
