// DepthwiseConv with one output channel for each channel of x.
#include "op/list.hpp"
#include "run/integer_kernel.hpp"
#include "run/integer_window.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

// Bytes of x that stay in the cache while all channels of a few places pass.
constexpr int64_t cached_bytes = 16 << 10;

std::vector<ChannelSum> channel_sums(const int8_t* weights, int64_t taps, int64_t channels) {
    std::vector<ChannelSum> sums(static_cast<size_t>(channels));
    for (int64_t tap = 0; tap < taps; ++tap)
        for (int64_t c = 0; c < channels; ++c) sums[static_cast<size_t>(c)].add(weights[tap * channels + c]);
    return sums;
}

// The columns [first, end) of a result whose windows lie on the width of x.
tin_span inner_columns(const tin_window& w) {
    const int64_t reach = (w.kernel_w - 1) * w.dilation_w;
    tin_span s;
    s.first = std::min(w.out_w, (w.pad_left + w.stride_w - 1) / w.stride_w);
    const int64_t last = w.in_w - 1 - reach + w.pad_left;
    s.end = last < 0 ? 0 : std::min(w.out_w, last / w.stride_w + 1);
    s.end = std::max(s.end, s.first);
    return s;
}

class IntegerDepthwise : public FastKernel {
public:
    IntegerDepthwise(const IntegerIsa& isa, const Graph& graph, const Node& node, const ConstantBytes& constant)
        : isa_(isa),
          window_(layer_window(graph, node)),
          inner_(inner_columns(window_)),
          weights_(isa.pack_depthwise(bytes(constant, node), taps(), window_.in_c)),
          scale_(graph, node, constant,
                 channel_multipliers(graph.type(node.input(0)), graph.type(node.input(1)), graph.type(node.outputs[0]),
                                     window_.in_c),
                 channel_sums(bytes(constant, node), taps(), window_.in_c), isa.shift),
          padding_(static_cast<size_t>(window_.in_w * window_.in_c),
                   static_cast<int8_t>(zero_point_of(graph.type(node.input(0))))),
          at_once_(std::max<int64_t>(4, cached_bytes / (window_.in_c * window_.stride_w * window_.kernel_h))) {}

    size_t scratch_bytes() const override { return static_cast<size_t>(taps()) * sizeof(int8_t*); }
    size_t kept_bytes() const override { return weights_.size() + padding_.size(); }
    bool holds(size_t operand) const override { return operand == 1 || operand == 2; }
    bool fits() const { return scale_.fits(); }

    void run(const EvalContext& context, std::byte* scratch) const override {
        const tin_window& w = window_;
        auto* taps = reinterpret_cast<const int8_t**>(scratch);
        DepthwiseTask task{.taps = taps, .count = this->taps(), .advance = w.stride_w * w.in_c, .m = 0, .channels = w.in_c};
        task.weights = weights_.data();
        task.to = scale_.view();
        task.y = context.out[0].as<int8_t>();
        for (int64_t b = 0; b < w.batch; ++b) {
            const int8_t* image = context.in[0].as<int8_t>() + b * w.in_h * w.in_w * w.in_c;
            for (int64_t down = 0; down < w.out_h; ++down)
                for (int64_t across = 0; across < w.out_w; across += task.m) {
                    const bool inside = across >= inner_.first && across < inner_.end;
                    task.m = inside ? std::min(inner_.end - across, at_once_) : 1;
                    find(image, down, across, taps);
                    isa_.depthwise(task);
                    task.y += task.m * w.in_c;
                }
        }
    }

private:
    static const int8_t* bytes(const ConstantBytes& constant, const Node& node) {
        return reinterpret_cast<const int8_t*>(constant(node.input(1)));
    }
    int64_t taps() const { return window_.kernel_h * window_.kernel_w; }

    // Where the cells of the window of one place lie. Rows above and below x are `padding_`, as wide as a row of x.
    void find(const int8_t* image, int64_t down, int64_t across, const int8_t** taps) const {
        const tin_window& w = window_;
        const int64_t top = down * w.stride_h - w.pad_top, left = across * w.stride_w - w.pad_left;
        for (int64_t ky = 0; ky < w.kernel_h; ++ky) {
            const int64_t at_y = top + ky * w.dilation_h;
            const int8_t* line = at_y >= 0 && at_y < w.in_h ? image + at_y * w.in_w * w.in_c : padding_.data();
            for (int64_t kx = 0; kx < w.kernel_w; ++kx) {
                const int64_t at_x = left + kx * w.dilation_w;
                *taps++ = at_x >= 0 && at_x < w.in_w ? line + at_x * w.in_c : padding_.data();
            }
        }
    }

    const IntegerIsa& isa_;
    tin_window window_;
    tin_span inner_;
    std::vector<std::byte> weights_;
    LayerScale scale_;
    std::vector<int8_t> padding_;
    int64_t at_once_;
};

}  // namespace

std::unique_ptr<FastKernel> make_integer_depthwise(const IntegerIsa& isa, const Graph& graph, const Node& node,
                                                   const ConstantBytes& constant) {
    if (!node.is(op::DepthwiseConv) || !is_plain_integer_layer(graph, node, constant)) return nullptr;
    if (graph.type(node.input(0)).shape[3] != graph.type(node.outputs[0]).shape[3]) return nullptr;
    auto kernel = std::make_unique<IntegerDepthwise>(isa, graph, node, constant);
    return kernel->fits() ? std::move(kernel) : nullptr;
}

std::unique_ptr<FastKernel> make_integer_kernel(const Graph& graph, const Node& node, const ConstantBytes& constant) {
    if (integer_isas().empty()) return nullptr;
    for (auto* make : {make_integer_product, make_integer_depthwise, make_integer_add})
        if (auto kernel = make(*integer_isas().front(), graph, node, constant)) return kernel;
    return nullptr;
}

}  // namespace tinsmith
