// DepthwiseConv on floats, with stored weights and one output channel for each channel of x.
#include "op/activation.hpp"
#include "op/list.hpp"
#include "run/depthwise_places.hpp"
#include "run/hybrid_kernel.hpp"
#include "run/integer_window.hpp"
#include "run/quantise_rows.hpp"

#include <algorithm>
#include <utility>

namespace tinsmith {

namespace {

std::vector<int32_t> channel_sums(const int8_t* weights, int64_t taps, int64_t channels) {
    std::vector<int32_t> sums(static_cast<size_t>(channels), 0);
    for (int64_t tap = 0; tap < taps; ++tap)
        for (int64_t c = 0; c < channels; ++c) sums[static_cast<size_t>(c)] += weights[tap * channels + c];
    return sums;
}

class HybridDepthwise : public FastKernel {
public:
    HybridDepthwise(const IntegerIsa& isa, const Graph& graph, const Node& node, const ConstantBytes& constant)
        : isa_(isa),
          window_(layer_window(graph, node)),
          images_(std::exchange(window_.batch, 1)),
          places_(window_),
          weights_(isa.pack_depthwise(bytes(constant, node), places_.taps(), window_.in_c)),
          scale_(graph, node, constant, channel_sums(bytes(constant, node), places_.taps(), window_.in_c), isa.shift, false) {}

    size_t scratch_bytes() const override {
        return sums_at() + aligned(static_cast<size_t>(window_.out_w * window_.in_c) * sizeof(int32_t));
    }
    size_t kept_bytes() const override { return weights_.size(); }
    bool holds(size_t operand) const override { return operand == 1 || operand == 2; }

    void run(const EvalContext& context, std::byte* scratch) const override {
        auto* const stored = reinterpret_cast<int8_t*>(scratch + stored_at());
        const int64_t size = window_.in_h * window_.in_w * window_.in_c;
        for (int64_t image = 0; image < images_; ++image) {
            const RowScale s = quantise_row(context.in[0].as<float>() + image * size, size, true, stored);
            convolve(stored, s, scratch, context.out[0].as<float>() + image * window_.out_h * window_.out_w * window_.in_c);
        }
        apply_activation(context);
    }

private:
    static const int8_t* bytes(const ConstantBytes& constant, const Node& node) {
        return reinterpret_cast<const int8_t*>(constant(node.input(1)));
    }

    // Scratch: taps, a row of padding, x as it is stored, sums.
    size_t padding_at() const { return aligned(static_cast<size_t>(places_.taps()) * sizeof(int8_t*)); }
    size_t stored_at() const { return padding_at() + aligned(static_cast<size_t>(window_.in_w * window_.in_c)); }
    size_t sums_at() const { return stored_at() + aligned(static_cast<size_t>(window_.in_h * window_.in_w * window_.in_c)); }

    void convolve(const int8_t* x, const RowScale& s, std::byte* scratch, float* y) const {
        auto* const taps = reinterpret_cast<const int8_t**>(scratch);
        auto* const padding = reinterpret_cast<int8_t*>(scratch + padding_at());
        std::fill_n(padding, window_.in_w * window_.in_c, static_cast<int8_t>(s.zero));
        DepthwiseTask task{
            .taps = taps, .count = places_.taps(), .advance = places_.advance(), .m = 0, .channels = window_.in_c};
        task.weights = weights_.data();
        task.to.rounding = Rounding::none;
        task.sums = reinterpret_cast<int32_t*>(scratch + sums_at());
        int64_t across = 0;
        places_.each(x, padding, taps, [&](int64_t m) {
            task.m = m;
            isa_.depthwise(task);
            task.sums += m * window_.in_c;
            across += m;
            if (across < window_.out_w) return;  // a whole row of results at a time
            task.sums = reinterpret_cast<int32_t*>(scratch + sums_at());
            scale_.finish(task.sums, window_.out_w, s.scale, s.zero, y);
            y += window_.out_w * window_.in_c;
            across = 0;
        });
    }

    const IntegerIsa& isa_;
    tin_window window_;
    int64_t images_;
    DepthwisePlaces places_;
    std::vector<std::byte> weights_;
    HybridScale scale_;
};

}  // namespace

std::unique_ptr<FastKernel> make_hybrid_depthwise(const IntegerIsa& isa, const Graph& graph, const Node& node,
                                                  const ConstantBytes& constant) {
    if (!node.is(op::DepthwiseConv) || !is_plain_hybrid_layer(graph, node, constant)) return nullptr;
    if (graph.type(node.input(0)).shape[3] != graph.type(node.outputs[0]).shape[3]) return nullptr;
    return std::make_unique<HybridDepthwise>(isa, graph, node, constant);
}

}  // namespace tinsmith
