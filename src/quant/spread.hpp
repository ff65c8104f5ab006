// How far the extremes of samples lie from one another, and with that how far those of other samples may go.
#pragma once

#include "quant/ranges.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

class Spread {
public:
    // The extremes of one sample; in the samples' order, so that the sums are the same on any number of threads.
    void add(const Range& r) {
        ++count_;
        min_.add(static_cast<double>(r.min));
        max_.add(static_cast<double>(r.max));
    }

    // `seen`, of all samples, moved out by a few deviations of the samples' extremes: what is cut off costs more than coarser steps
    // (docs/calibration.md). A bound that every sample meets stays, and so does one at zero.
    Range widened(const Range& seen, float deviations) const {
        const float below = seen.min < 0 ? deviations * min_.deviation(count_) : 0,
                    above = seen.max > 0 ? deviations * max_.deviation(count_) : 0;
        return {seen.min - below, seen.max + above};
    }

private:
    struct Sums {
        double sum = 0, squares = 0;

        void add(double x) {
            sum += x;
            squares += x * x;
        }
        float deviation(double count) const {
            const double mean = count > 0 ? sum / count : 0, variance = count > 0 ? squares / count - mean * mean : 0;
            return static_cast<float>(std::sqrt(std::max(variance, 0.0)));
        }
    };

    double count_ = 0;
    Sums min_, max_;
};

}  // namespace tinsmith
