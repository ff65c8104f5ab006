// fit: does a model fit a device and a budget, by how much not, and what would make it fit.
#pragma once

#include "api/convert.hpp"
#include "plan/plan.hpp"
#include "report/estimate.hpp"
#include "target/target.hpp"

namespace tinsmith {

struct FitOptions {
    std::string model;
    ReadOptions read;
    Target target;
    Budget limits;  // what is stricter, this or the target, decides
    std::optional<Method>
        method;  // how it would be stored; absent: as it is. int8 is measured on seeded noise: sizes hang on shapes alone
};

// One figure and what it may be.
struct FitLine {
    std::string what, unit;  // "size", "bytes"
    double value = 0;
    std::optional<double> limit;
    std::string limit_of;  // who sets it: "flash of esp32", "--max-ram"
    bool estimated = false;
    bool passes() const { return !limit || value <= *limit; }
    double over() const { return passes() ? 0 : value - *limit; }
};

struct FitResult {
    std::string format, method;  // of what was measured
    std::vector<FitLine> lines;
    Estimate estimate;
    std::vector<std::string> notes, advice;  // advice: what would make it fit, or what else to know
    bool fits() const;
};

FitResult fit(const FitOptions& options);

}  // namespace tinsmith
