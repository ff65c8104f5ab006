// Conv of one group and FullyConnected: sums over the cells of a window and the channels of x, for all output channels.
#include "op/list.hpp"
#include "run/integer_kernel.hpp"
#include "run/integer_window.hpp"

#include <algorithm>
#include <cstring>

namespace tinsmith {

namespace {

// Rows of x that stay in the cache while all weights pass, and how few of them are still worth a panel of weights.
constexpr int64_t cached_bytes = 64 << 10, fewest_rows = 48, most_rows = 1024;

// Panels of isa.vectors vectors of output channels, the last one narrower; in each, for every isa.step inputs: step weights of
// each channel.
std::vector<std::byte> packed(const IntegerIsa& isa, const int8_t* weights, int64_t outs, int64_t depth) {
    const int64_t vectors = (outs + isa.lanes - 1) / isa.lanes, steps = (depth + isa.step - 1) / isa.step;
    std::vector<std::byte> bytes;
    bytes.reserve(static_cast<size_t>(vectors * isa.lanes * steps * isa.step));
    for (int64_t first = 0; first < vectors; first += isa.vectors)
        for (int64_t k = 0; k < steps * isa.step; k += isa.step)
            for (int64_t out = first * isa.lanes; out < std::min(first + isa.vectors, vectors) * isa.lanes; ++out)
                for (int64_t in = k; in < k + isa.step; ++in)
                    bytes.push_back(out < outs && in < depth ? static_cast<std::byte>(weights[out * depth + in])
                                                             : std::byte{0});
    return bytes;
}

std::vector<ChannelSum> channel_sums(const int8_t* weights, int64_t outs, int64_t depth) {
    std::vector<ChannelSum> sums(static_cast<size_t>(outs));
    for (int64_t o = 0; o < outs; ++o)
        for (int64_t i = 0; i < depth; ++i) sums[static_cast<size_t>(o)].add(weights[o * depth + i]);
    return sums;
}

std::vector<tin_multiplier> factors(const Graph& graph, const Node& node, int64_t outs) {
    const Type &x = graph.type(node.input(0)), &weights = graph.type(node.input(1)), &y = graph.type(node.outputs[0]);
    if (node.is(op::FullyConnected) && weights.quant->scale.size() == 1)
        return {static_cast<size_t>(outs), product_multiplier(x, weights, y)};
    return channel_multipliers(x, weights, y, outs);
}

class IntegerProduct : public FastKernel {
public:
    IntegerProduct(const IntegerIsa& isa, const Graph& graph, const Node& node, const ConstantBytes& constant)
        : isa_(isa),
          window_(layer_window(graph, node)),
          depth_(window_.kernel_h * window_.kernel_w * window_.in_c),
          row_bytes_((depth_ + isa.step - 1) / isa.step * 4),
          places_(window_.batch * window_.out_h * window_.out_w),
          at_once_(std::min(places_, std::clamp(cached_bytes / row_bytes_, fewest_rows, most_rows) / isa.rows * isa.rows)),
          weights_(packed(isa, bytes(constant, node), window_.out_c, depth_)),
          scale_(graph, node, constant, factors(graph, node, window_.out_c),
                 channel_sums(bytes(constant, node), window_.out_c, depth_), isa.shift),
          padding_(static_cast<size_t>(window_.in_c), static_cast<int8_t>(zero_point_of(graph.type(node.input(0))))) {}

    size_t scratch_bytes() const override {
        return static_cast<size_t>(at_once_ * row_bytes_ + row_bytes_ / 4 * isa_.panel_bytes);
    }
    size_t kept_bytes() const override { return weights_.size(); }
    bool holds(size_t operand) const override { return operand == 1 || operand == 2; }
    bool fits() const { return scale_.fits(); }

    void run(const EvalContext& context, std::byte* scratch) const override {
        ProductTask task{.x = scratch, .m = 0, .steps = row_bytes_ / 4, .outs = window_.out_c, .weights = weights_.data()};
        task.panel = scratch + at_once_ * row_bytes_;
        task.to = scale_.view();
        for (int64_t first = 0; first < places_; first += at_once_) {
            task.m = std::min(at_once_, places_ - first);
            spread(context.in[0].as<int8_t>(), first, task.m, scratch);
            task.y = context.out[0].as<int8_t>() + first * window_.out_c;
            isa_.product(task);
        }
    }

private:
    static const int8_t* bytes(const ConstantBytes& constant, const Node& node) {
        return reinterpret_cast<const int8_t*>(constant(node.input(1)));
    }

    // The rows of places [first, first + count).
    void spread(const int8_t* x, int64_t first, int64_t count, std::byte* to) const {
        const tin_window& w = window_;
        const bool as_they_lie = depth_ == w.in_c && w.stride_h == 1 && w.stride_w == 1 && w.in_h == w.out_h &&
                                 w.in_w == w.out_w && w.pad_top == 0 && w.pad_left == 0;
        if (as_they_lie && depth_ % isa_.step == 0) return isa_.spread(x + first * depth_, count * depth_, to);
        for (int64_t place = first; place < first + count; ++place, to += row_bytes_) {
            std::memset(to + row_bytes_ - 4, 0, 4);
            if (as_they_lie)
                isa_.spread(x + place * depth_, depth_, to);
            else
                spread_window(x, place, to);
        }
    }

    void spread_window(const int8_t* x, int64_t place, std::byte* to) const {
        const tin_window& w = window_;
        const int64_t top = place / w.out_w % w.out_h * w.stride_h - w.pad_top,
                      left = place % w.out_w * w.stride_w - w.pad_left;
        const int8_t* image = x + place / (w.out_w * w.out_h) * w.in_h * w.in_w * w.in_c;
        const tin_span inside = tin_cells_inside(left, w.kernel_w, w.dilation_w, w.in_w);
        const int64_t cell_bytes = w.in_c * 4 / isa_.step, run = w.dilation_w == 1 ? inside.end - inside.first : 1;
        for (int64_t ky = 0; ky < w.kernel_h; ++ky) {
            const int64_t at_y = top + ky * w.dilation_h;
            const bool on_x = at_y >= 0 && at_y < w.in_h;
            const int8_t* line = image + at_y * w.in_w * w.in_c;
            for (int64_t kx = 0; kx < w.kernel_w;) {
                const bool there = on_x && kx >= inside.first && kx < inside.end;
                const int64_t cells = there ? run : 1;
                isa_.spread(there ? line + (left + kx * w.dilation_w) * w.in_c : padding_.data(), cells * w.in_c, to);
                kx += cells;
                to += cells * cell_bytes;
            }
        }
    }

    const IntegerIsa& isa_;
    tin_window window_;
    int64_t depth_, row_bytes_, places_, at_once_;
    std::vector<std::byte> weights_;
    LayerScale scale_;
    std::vector<int8_t> padding_;
};

}  // namespace

std::unique_ptr<FastKernel> make_integer_product(const IntegerIsa& isa, const Graph& graph, const Node& node,
                                                 const ConstantBytes& constant) {
    const bool covered = node.is(op::FullyConnected) || (node.is(op::Conv) && node.integer("group") == 1);
    if (!covered || !is_plain_integer_layer(graph, node, constant)) return nullptr;
    auto kernel = std::make_unique<IntegerProduct>(isa, graph, node, constant);
    return kernel->fits() ? std::move(kernel) : nullptr;
}

}  // namespace tinsmith
