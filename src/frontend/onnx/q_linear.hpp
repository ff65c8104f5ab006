// Operators on stored integers as ones on real numbers, for their converters.
#pragma once

#include "frontend/onnx/node_reader.hpp"

namespace tinsmith {

// Operands that the node has as three inputs in a row: integers, scale, zero point.
class StoredOperands {
public:
    // `opset`: that of the operators on real numbers which are meant.
    StoredOperands(NodeReader& r, int opset);

    // The real numbers of the operand whose integers are input `at`; `axis` is that of its scales, where they are several.
    ValueId real(size_t at, int64_t axis = 0) const;
    // The same, as the next operand of `floats`.
    void take(size_t at, int64_t axis = 0);
    // An i32 bias, where there is one, as the next operand of `floats`.
    void take_bias(size_t at, size_t x_scale, size_t weights_scale);
    // The first result as stored by input `scale` and the zero point behind it.
    std::vector<ValueId> stored(const std::vector<ValueId>& results, size_t scale) const;

    NodeReader floats;  // the node with real operands, for the converter of the operator that is meant

private:
    ValueId zero_point(size_t at) const;
    NodeReader& r_;
};

// The real numbers of input `at`: those that it holds where they are floats, else those that its integers stand for. `axis` is that of
// several scales.
ValueId real_operand(NodeReader& r, size_t at, size_t scale, size_t zero_point, int64_t axis = 0);

// Whether input `at` is computed in the scale and zero point that follow it: integers at the model's interface, and scales that are
// computed, state none.
bool reads_stated_scales(const NodeReader& r, size_t at);

// Whether the node moves, selects or cuts off stored integers of stated scale, as operators of the default domain do between those on
// integers.
bool moves_stored(const NodeReader& r);

// The same on real numbers, and its results stored as its operands were.
std::vector<ValueId> move_as_reals(NodeReader& r, const std::function<std::vector<ValueId>(NodeReader&)>& convert);

}  // namespace tinsmith
