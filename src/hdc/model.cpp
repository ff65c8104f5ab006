#include "hdc/model.hpp"

#include "kernel/hdc.h"

#include <algorithm>

namespace tinsmith::hdc {

std::vector<float> drawn_projection(uint64_t seed, size_t features, size_t dimensions) {
    const size_t words = (dimensions + 31) / 32;
    std::vector<float> out(features * dimensions);
    for (size_t i = 0; i < features; ++i)
        for (size_t d = 0; d < dimensions; ++d) {
            const uint32_t word = tin_hdc_word(seed, static_cast<uint32_t>(i * words + d / 32));
            out[i * dimensions + d] = word >> (d % 32) & 1 ? 1.0F : -1.0F;
        }
    return out;
}

std::vector<int8_t> encoded(const Model& model, std::span<const double> features) {
    std::vector<double> sums(model.dimensions);
    for (size_t i = 0; i < model.features; ++i) {
        const double value = features[i] - (model.centre.empty() ? 0.0 : static_cast<double>(model.centre[i]));
        if (value == 0) continue;
        const float* row = model.projection.data() + i * model.dimensions;
        for (size_t d = 0; d < sums.size(); ++d) sums[d] += value * static_cast<double>(row[d]);
    }
    std::vector<int8_t> out(sums.size());
    std::transform(sums.begin(), sums.end(), out.begin(), [](double s) { return static_cast<int8_t>((s > 0) - (s < 0)); });
    return out;
}

std::vector<double> similarities(const Model& model, std::span<const int8_t> signs) {
    std::vector<double> out(model.classes);
    for (size_t c = 0; c < model.classes; ++c)
        for (size_t d = 0; d < model.dimensions; ++d)
            out[c] += static_cast<double>(signs[d]) * static_cast<double>(model.prototypes[c * model.dimensions + d]);
    return out;
}

int32_t classify(const Model& model, std::span<const double> features) {
    const std::vector<double> all = similarities(model, encoded(model, features));
    return static_cast<int32_t>(std::max_element(all.begin(), all.end()) - all.begin());
}

}  // namespace tinsmith::hdc
