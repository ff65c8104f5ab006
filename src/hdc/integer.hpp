// The same classifier on integers, as devices compute it: int8 or single bits, from the int8 output of a feature extractor.
#pragma once

#include "hdc/model.hpp"
#include "ir/type.hpp"
#include "kernel/hdc.h"

namespace tinsmith::hdc {

struct IntegerOptions {
    int bits = 8;           // 1: bipolar matrices become bits, others stay int8
    bool binarize = false;  // with 1: others are made bipolar by their signs
    bool cosine = false;    // prototypes of equal length
    Quant features{{1.0F}, {0}, -1};
};

// A matrix that is stored as bytes, as bits or, drawn from a seed, not at all.
struct Stored {
    std::vector<int8_t> bytes;
    std::vector<uint32_t> bits;  // rows of words, as in kernel/hdc.h
    float scale = 1;             // real = scale * stored; of bits: scale * (+1 or -1)

    size_t size() const { return bytes.size() + bits.size() * sizeof(uint32_t); }
};

struct Integer {
    size_t features = 0, dimensions = 0, classes = 0;
    Quant feature_quant;
    std::vector<int16_t> offsets;  // what to subtract from each stored feature; empty: the zero point
    Stored projection, prototypes;
    std::optional<uint64_t> seed;  // the projection is drawn from it and not stored
    int32_t similarity_one = 0;    // the score of features whose signs are a prototype's own
    std::vector<std::string> notes;

    tin_hdc kernel() const;  // points into this object
    std::vector<int32_t> scores(std::span<const int8_t> features) const;
    int32_t classify(std::span<const int8_t> features) const;
};

// Throws Fault::input for matrices of zeros, Fault::unsupported where sums could leave 32 bits.
Integer quantized(const Model& model, const IntegerOptions& options);

}  // namespace tinsmith::hdc
