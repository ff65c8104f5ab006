#include "quant/layer_rows.hpp"

#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

std::optional<LayerRows> LayerRows::of(const Graph& graph, const Node& node) {
    const bool apart = node.is(op::DepthwiseConv), dense = node.is(op::FullyConnected);
    if (!node.is(op::Conv) && !apart && !dense) return std::nullopt;
    if (!graph.is_constant(node.inputs[1])) return std::nullopt;
    if (node.is(op::Conv) && node.integer("group") != 1) return std::nullopt;
    LayerRows rows;
    rows.x_ = graph.type(node.inputs[0]).shape;
    rows.y_ = graph.type(node.outputs[0]).shape;
    rows.weights_ = graph.type(node.inputs[1]).shape;
    if (apart && rows.x_[3] != rows.weights_[3]) return std::nullopt;
    rows.width = element_count(rows.weights_) / (apart ? 1 : rows.weights_[0]);
    rows.channels = rows.y_.back();
    rows.apart = apart;
    if (rows.width <= 0) return std::nullopt;
    rows.places = dense ? element_count(rows.x_) / rows.width : rows.y_[1] * rows.y_[2];
    if (!dense) rows.window_ = WindowAttrs::of(node, 2, {rows.weights_[1], rows.weights_[2]});
    return rows;
}

void LayerRows::read(const float* x, int64_t place, std::span<float> row) const {
    if (!window_) {
        std::copy_n(x + place * width, width, row.begin());
        return;
    }
    const int64_t height = x_[1], wide = x_[2], deep = x_[3];
    const int64_t top = place / y_[2] * window_->strides[0] - window_->pads[0],
                  left = place % y_[2] * window_->strides[1] - window_->pads[1];
    for (int64_t cell = 0; cell < weights_[1] * weights_[2]; ++cell) {
        const int64_t line = top + cell / weights_[2] * window_->dilations[0],
                      column = left + cell % weights_[2] * window_->dilations[1];
        const bool inside = line >= 0 && line < height && column >= 0 && column < wide;
        float* const at = row.data() + cell * deep;
        if (inside)
            std::copy_n(x + (line * wide + column) * deep, deep, at);
        else
            std::fill_n(at, deep, 0.0f);
    }
}

}  // namespace tinsmith
