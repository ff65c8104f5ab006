#include "backend/c/identifiers.hpp"
#include "backend/packages/tflm_text.hpp"

namespace tinsmith::packages {

TflmPipeline write_tflm_pipeline(const PackageModel& model, const TflmOptions& options) {
    if (model.inputs.size() != 1 || model.outputs.size() != 1) return {};
    TflmPipeline out;
    out.classify = model.pixels ? "embhd_classify_pixels" : "embhd_classify_image";
    Values values = status_values(options);
    values.merge(parameter_values(model, options.name));
    values.insert({{"made_by", options.made_by},
                   {"name", options.name},
                   {"upper", c99::upper_case(options.name)},
                   {"run", run_function(options.name)},
                   {"run_says", run_says(model, options.name)},
                   {"classify", out.classify}});
    out.files = {{"embhd_pipeline.h", filled("tflm_pipeline_interface", values)},
                 {"embhd_pipeline.c", filled("tflm_pipeline_code", values)}};
    return out;
}

}  // namespace tinsmith::packages
