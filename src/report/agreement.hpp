// How far the outputs of two models are apart, over any number of samples.
#pragma once

#include "ir/graph.hpp"

#include <span>
#include <string>
#include <vector>

namespace tinsmith {

struct OutputAgreement {
    std::string name;
    double max_abs = 0;            // largest |actual - expected|
    double max_value = 0;          // largest |expected|
    double signal = 0, noise = 0;  // sums of expected^2 and (actual - expected)^2
    int64_t elements = 0;
    int64_t unlike = 0;     // elements where one is NaN or infinite and the other is not the same
    int64_t same_top1 = 0;  // samples whose largest element is at the same place
    bool ranked = false;    // top-1 means something: the last extent is more than 1

    // Largest difference over largest value of the expected output; infinite when an element is unlike.
    double relative() const;
    // 10 log10(signal / noise) in dB; infinite when there is no difference.
    double sqnr() const;
};

struct Agreement {
    std::vector<OutputAgreement> outputs;
    int64_t samples = 0;

    double relative() const;  // the worst output's
    double sqnr() const;      // the worst output's
    bool ranked() const;      // some output has a top-1
    double top1() const;      // agreement of the first ranked output, 0..1
};

// Adds one sample's output: `expected` and `actual` hold elements of their types (any plain type) in the same order.
void add_sample(OutputAgreement& output, const Type& type, const Buffer& expected, const Type& actual_type,
                const Buffer& actual);

}  // namespace tinsmith
