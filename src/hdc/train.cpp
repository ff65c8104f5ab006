// After Rahimi, Kanerva, Rabaey: A robust and energy-efficient classifier using brain-inspired hyperdimensional computing (2016), with
// the perceptron's corrections of Imani et al.: AdaptHD (2019).
#include "hdc/train.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith::hdc {

namespace {

std::vector<float> centre_of(const std::vector<std::vector<double>>& features, float step) {
    std::vector<float> out;
    for (size_t i = 0; i < features[0].size(); ++i) {
        double sum = 0;
        for (const auto& row : features) sum += row[i];
        const double mean = sum / static_cast<double>(features.size());
        out.push_back(
            static_cast<float>(step > 0 ? std::round(mean / static_cast<double>(step)) * static_cast<double>(step) : mean));
    }
    return out;
}

void add(std::vector<int32_t>& sums, size_t row, std::span<const int8_t> signs, int32_t factor) {
    for (size_t d = 0; d < signs.size(); ++d) sums[row * signs.size() + d] += factor * signs[d];
}

std::vector<float> signs_of(const std::vector<int32_t>& sums) {
    std::vector<float> out(sums.size());
    std::transform(sums.begin(), sums.end(), out.begin(), [](int32_t s) { return s >= 0 ? 1.0F : -1.0F; });
    return out;
}

// Decides all samples with the prototypes as they are, and corrects the sums of those that are wrong. Returns how many are right.
size_t correct(const Model& model, const std::vector<std::vector<int8_t>>& signs, std::span<const int32_t> classes,
               std::vector<int32_t>& sums) {
    size_t right = 0;
    for (size_t i = 0; i < signs.size(); ++i) {
        const std::vector<double> all = similarities(model, signs[i]);
        const auto decided = std::max_element(all.begin(), all.end()) - all.begin();
        if (decided == classes[i]) {
            ++right;
            continue;
        }
        add(sums, static_cast<size_t>(classes[i]), signs[i], 1);
        add(sums, static_cast<size_t>(decided), signs[i], -1);
    }
    return right;
}

}  // namespace

Training trained(const std::vector<std::vector<double>>& features, std::span<const int32_t> classes,
                 const TrainOptions& options) {
    check(!features.empty(), "there are no samples to train on");
    const int32_t last = *std::max_element(classes.begin(), classes.end());
    check(last > 0 && last < 65536, "there is one class only; a classifier needs two");
    Training out;
    Model& model = out.model;
    model.features = features[0].size();
    model.dimensions = options.dimensions;
    model.classes = static_cast<size_t>(last) + 1;
    model.seed = options.seed;
    model.projection = drawn_projection(options.seed, model.features, model.dimensions);
    model.centre = centre_of(features, options.step);

    std::vector<std::vector<int8_t>> signs;
    std::vector<int32_t> sums(model.classes * model.dimensions);
    std::vector<size_t> count(model.classes);
    for (size_t i = 0; i < features.size(); ++i) {
        signs.push_back(encoded(model, features[i]));
        add(sums, static_cast<size_t>(classes[i]), signs.back(), 1);
        ++count[static_cast<size_t>(classes[i])];
    }
    for (size_t c = 0; c < count.size(); ++c) check(count[c] > 0, "class {} has no samples", c);

    std::vector<float> best;
    for (int epoch = 0; epoch <= options.epochs; ++epoch) {
        model.prototypes = signs_of(sums);
        const double accuracy = static_cast<double>(correct(model, signs, classes, sums)) / static_cast<double>(signs.size());
        if (epoch == 0) out.bundled_accuracy = accuracy;
        if (epoch == 0 || accuracy > out.accuracy) {
            out.accuracy = accuracy;
            out.best_epoch = epoch;
            best = model.prototypes;
        }
        if (accuracy == 1) break;
    }
    model.prototypes = std::move(best);
    return out;
}

}  // namespace tinsmith::hdc
