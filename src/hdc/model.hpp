// Hyperdimensional classifiers as people train them: features are projected onto many dimensions, only the signs are kept, and the class
// is that of the most similar prototype. class = argmax(sign((features - centre) * projection) * prototypes^T)
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tinsmith::hdc {

struct Model {
    size_t features = 0, dimensions = 0, classes = 0;
    std::vector<float> projection;  // [features][dimensions]
    std::vector<float> prototypes;  // [classes][dimensions]
    std::vector<float> centre;      // [features], subtracted from the features; empty: nothing is
    std::optional<uint64_t> seed;   // of the projection, where tinsmith drew it
};

// +1 and -1 in the order of tin_hdc_word: the same on every machine.
std::vector<float> drawn_projection(uint64_t seed, size_t features, size_t dimensions);

// The signs of the projected features: -1, 0 or 1.
std::vector<int8_t> encoded(const Model& model, std::span<const double> features);
// One a class.
std::vector<double> similarities(const Model& model, std::span<const int8_t> signs);
// The first of the largest.
int32_t classify(const Model& model, std::span<const double> features);

// Files of tensors (.pth, .pt, .safetensors) or arrays (.npz) with a projection and prototypes; a projection of [dimensions][features] is
// turned, which a note says. Throws Fault::input naming the file and the key.
struct ReadResult {
    Model model;
    std::vector<std::string> notes;
};
ReadResult read_model(const std::string& path, const std::string& projection_key, const std::string& prototypes_key);
// A .npz that read_model reads again with the usual keys.
void write_model(const std::string& path, const Model& model);

}  // namespace tinsmith::hdc
