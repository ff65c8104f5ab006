// Channels last: the graph's spatial operators have it, and TensorFlow's too unless data_format says NCHW.
#pragma once

#include "frontend/compose/window.hpp"
#include "frontend/tensorflow/node_reader.hpp"

namespace tinsmith::tensorflow {

// An operand of a spatial operator [N, spatial..., C], and the attributes that describe windows over it.
class SpatialOperand {
public:
    // Operand i, transposed where data_format puts channels first. Throws Fault::input unless it has `axes` spatial axes (0: one to three).
    SpatialOperand(NodeReader& r, size_t i, size_t axes = 0);

    ValueId x;
    size_t axes() const { return axes_; }
    // The numbers of a list attribute that belong to the spatial axes; of [batch, spatial..., channels] in the node's layout. Those of batch
    // and channels have to be 1.
    Ints spatial(std::string_view attribute) const;
    // The window over x, or over a tensor of another channels-last shape.
    Window window(Ints kernel) const { return window(r_.b.shape(x), std::move(kernel)); }
    Window window(Shape over, Ints kernel) const;
    // A spatial shape from a shape in the node's layout.
    Ints places(const Ints& shape) const;
    // The result in the node's layout.
    ValueId back(ValueId y) const;

private:
    size_t at(size_t axis) const { return axis + (channels_first_ ? 2 : 1); }
    NodeReader& r_;
    size_t axes_;
    bool channels_first_;
};

}  // namespace tinsmith::tensorflow
