#include "hdc/integer.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith::hdc {

namespace {

constexpr int64_t int_max = std::numeric_limits<int32_t>::max();

float largest(std::span<const float> values) {
    float out = 0;
    for (float v : values) out = std::max(out, std::abs(v));
    return out;
}

bool bipolar(std::span<const float> values) {
    const float one = largest(values);
    return std::all_of(values.begin(), values.end(), [one](float v) { return std::abs(v) == one; });
}

std::vector<uint32_t> packed(std::span<const float> values, size_t columns) {
    const size_t words = (columns + 31) / 32;
    std::vector<uint32_t> out(values.size() / columns * words);
    for (size_t i = 0; i < values.size(); ++i)
        if (values[i] > 0) out[i / columns * words + i % columns / 32] |= uint32_t{1} << (i % columns % 32);
    return out;
}

Stored stored(std::span<const float> values, size_t columns, const IntegerOptions& options, const char* what,
              std::vector<std::string>& notes) {
    const float most = largest(values);
    check(most > 0, "the {} hold nothing but zeros", what);
    Stored out;
    const bool fits = bipolar(values);
    if (options.bits == 1 && !fits)
        notes.push_back(options.binarize
                            ? fmt::format("the {} are not bipolar: their signs were taken", what)
                            : fmt::format("the {} are not bipolar: they stay int8 (--binarize takes their signs)", what));
    if (options.bits == 1 && (fits || options.binarize)) {
        out.scale = most;
        out.bits = packed(values, columns);
        return out;
    }
    out.scale = most / 127;
    for (float v : values)
        out.bytes.push_back(static_cast<int8_t>(std::lround(static_cast<double>(v) / static_cast<double>(most) * 127)));
    return out;
}

// Rows of one length: then the largest product is the largest cosine.
std::vector<float> normalized(std::vector<float> rows, size_t columns) {
    for (size_t row = 0; row < rows.size(); row += columns) {
        double square = 0;
        for (size_t i = row; i < row + columns; ++i) square += static_cast<double>(rows[i]) * static_cast<double>(rows[i]);
        if (square == 0) continue;
        for (size_t i = row; i < row + columns; ++i)
            rows[i] = static_cast<float>(static_cast<double>(rows[i]) / std::sqrt(square));
    }
    return rows;
}

int32_t highest_score(const Integer& model) {
    if (!model.prototypes.bits.empty()) return static_cast<int32_t>(model.dimensions);
    int32_t out = 0;
    for (size_t c = 0; c < model.classes; ++c) {
        int32_t sum = 0;
        for (size_t d = 0; d < model.dimensions; ++d) sum += std::abs(model.prototypes.bytes[c * model.dimensions + d]);
        out = std::max(out, sum);
    }
    return out;
}

}  // namespace

Integer quantized(const Model& model, const IntegerOptions& options) {
    const auto features = static_cast<int64_t>(model.features), dimensions = static_cast<int64_t>(model.dimensions);
    supported(features * 383 * 127 <= int_max && dimensions * 127 <= int_max && features * dimensions <= int_max &&
                  static_cast<int64_t>(model.classes) * dimensions <= int_max,
              "{} features and {} dimensions leave 32 bits", features, dimensions);
    Integer out;
    out.features = model.features;
    out.dimensions = model.dimensions;
    out.classes = model.classes;
    out.feature_quant = options.features;
    out.seed = model.seed;
    if (!model.seed) out.projection = stored(model.projection, model.dimensions, options, "projection's numbers", out.notes);
    out.prototypes = stored(options.cosine ? normalized(model.prototypes, model.dimensions) : model.prototypes,
                            model.dimensions, options, "prototypes", out.notes);
    out.similarity_one = highest_score(out);
    for (float centre : model.centre) {
        const double steps = std::round(static_cast<double>(centre) / static_cast<double>(options.features.scale[0]));
        const double offset = static_cast<double>(options.features.zero_point[0]) + steps;
        out.offsets.push_back(static_cast<int16_t>(std::clamp(offset, -256.0, 255.0)));
    }
    return out;
}

tin_hdc Integer::kernel() const {
    tin_hdc out{};
    out.features = static_cast<int32_t>(features);
    out.dimensions = static_cast<int32_t>(dimensions);
    out.classes = static_cast<int32_t>(classes);
    out.zero_point = static_cast<int32_t>(feature_quant.zero_point[0]);
    out.offsets = offsets.empty() ? nullptr : offsets.data();
    out.projection = projection.bytes.empty() ? nullptr : projection.bytes.data();
    out.projection_bits = projection.bits.empty() ? nullptr : projection.bits.data();
    out.projection_seed = seed.value_or(0);
    out.prototypes = prototypes.bytes.empty() ? nullptr : prototypes.bytes.data();
    out.prototype_bits = prototypes.bits.empty() ? nullptr : prototypes.bits.data();
    return out;
}

std::vector<int32_t> Integer::scores(std::span<const int8_t> features) const {
    std::vector<int32_t> out(classes);
    const tin_hdc hdc = kernel();
    tin_hdc_scores(&hdc, features.data(), out.data());
    return out;
}

int32_t Integer::classify(std::span<const int8_t> features) const {
    return tin_hdc_best(scores(features).data(), static_cast<int32_t>(classes));
}

}  // namespace tinsmith::hdc
