// Sanity of samples, before anything is computed with them: what cannot be right is an error, what is odd a warning.
#pragma once

#include "data/record.hpp"

namespace tinsmith {

struct SampleCheck {
    // What each input showed: name, smallest and largest number.
    std::vector<std::pair<std::string, std::pair<double, double>>> ranges;
    std::vector<std::string> warnings;
    // Why no ranges can come from these samples, naming the file and the input: an input that is one and the same number in all of them
    // (unless it was given once for all), or fewer than 2 distinct samples. Empty when they serve.
    std::string unfit;
};

// Decodes every sample once, on `threads` threads. Throws Fault::input naming the file and the input: a sample that cannot be
// decoded or holds a NaN or an infinity. Warns: fewer than 100 samples, classes without samples, inputs whose numbers lie
// elsewhere than in an earlier run.
SampleCheck check_samples(const Samples& samples, const DataOptions& options, int threads, const DataRecord& earlier = {});

}  // namespace tinsmith
