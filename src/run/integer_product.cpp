// Conv of one group and FullyConnected: sums over the cells of a window and the channels of x, for all output channels.
#include "op/list.hpp"
#include "run/integer_kernel.hpp"
#include "run/integer_window.hpp"

#include <algorithm>
#include <new>

namespace tinsmith {

namespace {

constexpr int64_t chunk = 96;  // places at a time: their rows of x stay in the cache while all weights pass

// Blocks of isa.lanes channels; in each, for every cell and every `step` channels of x: lanes x step weights.
std::vector<std::byte> packed(const IntegerIsa& isa, const int8_t* weights, int64_t outs, int64_t taps, int64_t depth) {
    const int64_t blocks = (outs + isa.lanes - 1) / isa.lanes, steps = (depth + isa.step - 1) / isa.step;
    std::vector<std::byte> bytes(static_cast<size_t>(blocks * taps * steps * isa.lanes * 4));
    const bool wide = isa.step == 2;  // 16 bits to a weight
    auto* narrow_at = reinterpret_cast<int8_t*>(bytes.data());
    auto* wide_at = reinterpret_cast<int16_t*>(bytes.data());
    for (int64_t block = 0; block < blocks; ++block)
        for (int64_t tap = 0; tap < taps; ++tap)
            for (int64_t k = 0; k < steps * isa.step; k += isa.step)
                for (int64_t lane = 0; lane < isa.lanes; ++lane)
                    for (int64_t s = 0; s < isa.step; ++s) {
                        const int64_t out = block * isa.lanes + lane, in = k + s;
                        const bool there = out < outs && in < depth;
                        const int8_t weight = there ? weights[(out * taps + tap) * depth + in] : int8_t{0};
                        if (wide)
                            *wide_at++ = weight;
                        else
                            *narrow_at++ = weight;
                    }
    return bytes;
}

std::vector<int64_t> row_sums(const int8_t* weights, int64_t outs, int64_t each) {
    std::vector<int64_t> sums(static_cast<size_t>(outs), 0);
    for (int64_t o = 0; o < outs; ++o)
        for (int64_t i = 0; i < each; ++i) sums[static_cast<size_t>(o)] += weights[o * each + i];
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
          rows_(window_, zero_point_of(graph.type(node.input(0)))),
          weights_(packed(isa, bytes(constant, node), window_.out_c, rows_.taps(), window_.in_c)),
          scale_(graph, node, constant, factors(graph, node, window_.out_c),
                 row_sums(bytes(constant, node), window_.out_c, rows_.taps() * window_.in_c), isa, true) {}

    size_t scratch_bytes() const override { return static_cast<size_t>((chunk + isa_.rows) * rows_.taps()) * sizeof(int8_t*); }
    size_t kept_bytes() const override { return weights_.size(); }
    bool holds(size_t operand) const override { return operand == 1 || operand == 2; }

    void run(const EvalContext& context, std::byte* scratch) const override {
        auto* rows = reinterpret_cast<const int8_t**>(scratch);
        ProductTask task{.rows = rows, .taps = rows_.taps(), .depth = window_.in_c, .outs = window_.out_c};
        task.weights = weights_.data();
        task.to = scale_.view();
        for (int64_t first = 0; first < rows_.places(); first += chunk) {
            task.m = std::min(chunk, rows_.places() - first);
            rows_.find(context.in[0].as<int8_t>(), first, task.m, rows);
            for (int64_t m = task.m; m % isa_.rows != 0; ++m)  // a tile is whole: its last row once more
                std::copy_n(rows + (task.m - 1) * task.taps, task.taps, rows + m * task.taps);
            task.y = context.out[0].as<int8_t>() + first * window_.out_c;
            isa_.product(task);
        }
    }

private:
    static const int8_t* bytes(const ConstantBytes& constant, const Node& node) {
        return reinterpret_cast<const int8_t*>(constant(node.input(1)));
    }

    const IntegerIsa& isa_;
    tin_window window_;
    WindowRows rows_;
    std::vector<std::byte> weights_;
    LayerScale scale_;
};

}  // namespace

std::unique_ptr<FastKernel> make_integer_product(const IntegerIsa& isa, const Graph& graph, const Node& node,
                                                 const ConstantBytes& constant) {
    const bool covered = node.is(op::FullyConnected) || (node.is(op::Conv) && node.integer("group") == 1);
    if (!covered || !is_plain_integer_layer(graph, node, constant)) return nullptr;
    return std::make_unique<IntegerProduct>(isa, graph, node, constant);
}

}  // namespace tinsmith
