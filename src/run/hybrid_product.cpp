// Conv of one group and FullyConnected on floats, with stored weights.
#include "op/activation.hpp"
#include "op/list.hpp"
#include "run/hybrid_kernel.hpp"
#include "run/integer_window.hpp"
#include "run/product_rows.hpp"
#include "run/quantise_rows.hpp"

#include <algorithm>
#include <utility>

namespace tinsmith {

namespace {

std::vector<int32_t> channel_sums(const int8_t* weights, int64_t outs, int64_t depth) {
    std::vector<int32_t> sums(static_cast<size_t>(outs), 0);
    for (int64_t o = 0; o < outs; ++o)
        for (int64_t i = 0; i < depth; ++i) sums[static_cast<size_t>(o)] += weights[o * depth + i];
    return sums;
}

// A convolution quantises image by image, with a zero point where its channels' scales differ; a dense layer row by row.
class HybridProduct : public FastKernel {
public:
    HybridProduct(const IntegerIsa& isa, const Graph& graph, const Node& node, const ConstantBytes& constant)
        : isa_(isa),
          dense_(node.is(op::FullyConnected)),
          window_(layer_window(graph, node)),
          asymmetric_(dense_ ? node.flag("asymmetric_inputs") : differ(graph.type(node.input(1)).quant->scale)),
          images_(dense_ ? 1 : std::exchange(window_.batch, 1)),
          rows_(isa, window_),
          weights_(packed_panels(isa, bytes(constant, node), window_.out_c, rows_.depth())),
          scale_(graph, node, constant, channel_sums(bytes(constant, node), window_.out_c, rows_.depth()), isa.shift,
                 !dense_ && asymmetric_) {}

    size_t scratch_bytes() const override {
        return sums_at() + aligned(static_cast<size_t>(rows_.at_once() * window_.out_c) * 4);
    }
    size_t kept_bytes() const override { return weights_.size(); }
    bool holds(size_t operand) const override { return operand == 1 || operand == 2; }

    void run(const EvalContext& context, std::byte* scratch) const override {
        auto* const stored = reinterpret_cast<int8_t*>(scratch + stored_at());
        const int64_t size = window_.in_h * window_.in_w * window_.in_c;
        std::vector<RowScale> scales(static_cast<size_t>(dense_ ? window_.in_h : 1));
        const int64_t each = size / std::ssize(scales);
        for (int64_t image = 0; image < images_; ++image) {
            const float* const x = context.in[0].as<float>() + image * size;
            for (int64_t i = 0; i < std::ssize(scales); ++i)
                scales[static_cast<size_t>(i)] = quantise_row(x + i * each, each, asymmetric_, stored + i * each);
            multiply(stored, scales, scratch, context.out[0].as<float>() + image * rows_.places() * window_.out_c);
        }
        apply_activation(context);
    }

private:
    static const int8_t* bytes(const ConstantBytes& constant, const Node& node) {
        return reinterpret_cast<const int8_t*>(constant(node.input(1)));
    }
    static bool differ(const std::vector<float>& scales) {
        return std::any_of(scales.begin(), scales.end(), [&](float s) { return s != scales[0]; });
    }

    // Scratch: rows, the panel, a cell of padding, x as it is stored, sums.
    size_t panel_at() const { return aligned(rows_.row_bytes()); }
    size_t padding_at() const { return panel_at() + aligned(rows_.panel_bytes()); }
    size_t stored_at() const { return padding_at() + aligned(static_cast<size_t>(window_.in_c)); }
    size_t sums_at() const { return stored_at() + aligned(static_cast<size_t>(window_.in_h * window_.in_w * window_.in_c)); }

    void multiply(const int8_t* x, const std::vector<RowScale>& scales, std::byte* scratch, float* y) const {
        auto* const padding = reinterpret_cast<int8_t*>(scratch + padding_at());
        std::fill_n(padding, window_.in_c, static_cast<int8_t>(scales[0].zero));
        ProductTask task{.x = scratch, .m = 0, .steps = rows_.steps(), .outs = window_.out_c, .weights = weights_.data()};
        task.panel = scratch + panel_at();
        task.to.rounding = Rounding::none;
        task.sums = reinterpret_cast<int32_t*>(scratch + sums_at());
        for (int64_t first = 0; first < rows_.places(); first += rows_.at_once()) {
            task.m = std::min(rows_.at_once(), rows_.places() - first);
            rows_.spread(x, first, task.m, padding, scratch);
            isa_.product(task);
            const int64_t alike = dense_ ? 1 : task.m;  // rows of one scale
            for (int64_t m = 0; m < task.m; m += alike) {
                const RowScale& s = scales[static_cast<size_t>(dense_ ? first + m : 0)];
                scale_.finish(task.sums + m * task.outs, alike, s.scale, s.zero, y + (first + m) * task.outs);
            }
        }
    }

    const IntegerIsa& isa_;
    bool dense_;
    tin_window window_;
    bool asymmetric_;
    int64_t images_;
    ProductRows rows_;
    std::vector<std::byte> weights_;
    HybridScale scale_;
};

}  // namespace

std::unique_ptr<FastKernel> make_hybrid_product(const IntegerIsa& isa, const Graph& graph, const Node& node,
                                                const ConstantBytes& constant) {
    const bool covered = node.is(op::FullyConnected) || (node.is(op::Conv) && node.integer("group") == 1);
    if (!covered || !is_plain_hybrid_layer(graph, node, constant)) return nullptr;
    return std::make_unique<HybridProduct>(isa, graph, node, constant);
}

}  // namespace tinsmith
