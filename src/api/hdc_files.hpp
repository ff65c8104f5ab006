// What hdc leaves in its folder.
#pragma once

#include "api/hdc.hpp"
#include "backend/hdc/hdc.hpp"

namespace tinsmith {

// The C files, those of the pipeline, hdc_report.md, and hdc.npz where `trained` is a classifier that was trained here. Adds their paths to result.files.
// Throws Fault::input for a file that holds something else, unless options.force.
void write_hdc(const HdcOptions& options, const hdc::Model* trained, const std::vector<hdc::CSource>& pipeline,
               HdcResult& result);

// The tables of the report: sizes, and accuracies where there are any.
std::string hdc_report(const HdcResult& result);

}  // namespace tinsmith
