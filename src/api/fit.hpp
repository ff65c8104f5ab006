// fit: does a model fit a device and a budget, by how much not, and what would make it fit.
#pragma once

#include "api/convert.hpp"
#include "api/hdc.hpp"
#include "plan/plan.hpp"
#include "report/estimate.hpp"
#include "target/target.hpp"

namespace tinsmith {

// A hyperdimensional classifier behind the model, and what is asked of both together.
struct FitPipeline {
    HdcOptions hdc;                                    // its file, and what its stages are measured on
    std::optional<double> features_ms, classifier_ms;  // at most
    std::optional<double> ratio,
        accuracy_kept_percent;  // at least: original size by size; right answers by those of the originals
};

struct FitOptions {
    std::string model;
    ReadOptions read;
    Target target;
    Budget limits;  // what is stricter, this or the target, decides
    std::optional<Method>
        method;  // how it would be stored; absent: as it is. int8 is measured on seeded noise: sizes hang on shapes alone
    std::optional<FitPipeline> pipeline;
};

// One figure and what it may be.
struct FitLine {
    std::string what, unit;  // "size", "bytes"
    double value = 0;
    std::optional<double> limit;
    std::string limit_of;  // who sets it: "flash of esp32", "--max-ram"
    bool estimated = false, at_least = false;
    bool passes() const { return !limit || (at_least ? value >= *limit : value <= *limit); }
    double over() const { return passes() ? 0 : at_least ? *limit - value : value - *limit; }
};

struct FitResult {
    std::string format, method;  // of what was measured
    std::vector<FitLine> lines;
    Estimate estimate;
    std::vector<std::string> notes, advice;  // advice: what would make it fit, or what else to know
    bool fits() const;
    const FitLine& line(std::string_view what) const;
};

FitResult fit(const FitOptions& options);

}  // namespace tinsmith
