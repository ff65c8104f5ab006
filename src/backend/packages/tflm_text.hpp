// Pieces of the C++ around TensorFlow Lite Micro.
#pragma once

#include "backend/packages/templates.hpp"
#include "backend/packages/tflm.hpp"

namespace tinsmith::packages {

// "MODEL_TINY".
std::string variant_name(const PackageModel& model);
// "kws", or "kws_tiny" of a variant: what its constants start with.
std::string model_name(const PackageModel& model, std::string_view name);

// Error codes by what they say ("ok", "too_small"), and their type ("status_type").
Values status_values(const TflmOptions& options);
// The type's definition, where the platform has none.
std::string status_definition(const TflmOptions& options);

// Parameters of the function that runs the model, a condition that one of them is null ("parameters", "any_null"), and the first
// ("first_parameter", "first_name").
Values parameter_values(const PackageModel& model, std::string_view name);

// Statements that bring the parameters into the inputs, and the outputs to the parameters.
std::string put_inputs(const PackageModel& model, std::string_view name);
std::string take_outputs(const PackageModel& model, std::string_view name);
// Tables by which pixels become numbers.
std::string pixel_tables(const PackageModel& model, std::string_view name);
// A sentence on what goes in and what comes out.
std::string run_says(const PackageModel& model, std::string_view name);

}  // namespace tinsmith::packages
