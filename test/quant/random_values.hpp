// Random graphs' numbers, and what two graphs make of the same samples.
#pragma once

#include "data/samples.hpp"
#include "run/session.hpp"

#include <cmath>
#include <random>

namespace tinsmith {

struct Numbers {
    explicit Numbers(uint32_t seed) : random(seed) {}

    int64_t between(int64_t first, int64_t last) { return std::uniform_int_distribution<int64_t>(first, last)(random); }
    std::vector<float> normal(int64_t count, float deviation = 1) {
        std::normal_distribution<float> one(0, deviation);
        std::vector<float> out(static_cast<size_t>(count));
        for (float& v : out) v = one(random);
        return out;
    }
    std::mt19937 random;
};

inline Samples random_samples(const Graph& graph, int64_t count, uint64_t seed = 0) {
    DataOptions options;
    options.samples = count;
    options.seed = seed;
    return {graph, options};
}

// 10 log10(signal / noise) of all outputs (floats) over all samples, in dB.
inline double signal_to_noise(const Graph& wanted, const Graph& have, const Samples& samples) {
    const Session a(wanted), b(have);
    double signal = 0, noise = 0;
    for (size_t i = 0; i < samples.size(); ++i) {
        const std::vector<Buffer> inputs = samples.inputs(i), x = a.run(inputs), y = b.run(inputs);
        for (size_t o = 0; o < x.size(); ++o)
            for (size_t k = 0; k < x[o].size() / sizeof(float); ++k) {
                const auto want = static_cast<double>(reinterpret_cast<const float*>(x[o].bytes().data())[k]);
                const auto got = static_cast<double>(reinterpret_cast<const float*>(y[o].bytes().data())[k]);
                signal += want * want;
                noise += (got - want) * (got - want);
            }
    }
    return 10 * std::log10(signal / noise);  // infinity for equal outputs
}

}  // namespace tinsmith
