// Conv of one group and FullyConnected: sums over the cells of a window and the channels of x, for all output channels.
#include "op/list.hpp"
#include "run/integer_kernel.hpp"
#include "run/integer_window.hpp"
#include "run/product_rows.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

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
          outs_(layer_window(graph, node).out_c),
          rows_(isa, layer_window(graph, node)),
          weights_(packed_panels(isa, bytes(constant, node), outs_, rows_.depth())),
          scale_(graph, node, constant, factors(graph, node, outs_), channel_sums(bytes(constant, node), outs_, rows_.depth()),
                 isa.shift),
          padding_(static_cast<size_t>(layer_window(graph, node).in_c),
                   static_cast<int8_t>(zero_point_of(graph.type(node.input(0))))) {}

    size_t scratch_bytes() const override { return rows_.row_bytes() + rows_.panel_bytes(); }
    size_t kept_bytes() const override { return weights_.size(); }
    bool holds(size_t operand) const override { return operand == 1 || operand == 2; }
    bool fits() const { return scale_.fits(); }

    void run(const EvalContext& context, std::byte* scratch) const override {
        ProductTask task{.x = scratch, .m = 0, .steps = rows_.steps(), .outs = outs_, .weights = weights_.data()};
        task.panel = scratch + rows_.row_bytes();
        task.to = scale_.view();
        for (int64_t first = 0; first < rows_.places(); first += rows_.at_once()) {
            task.m = std::min(rows_.at_once(), rows_.places() - first);
            rows_.spread(context.in[0].as<int8_t>(), first, task.m, padding_.data(), scratch);
            task.y = context.out[0].as<int8_t>() + first * outs_;
            isa_.product(task);
        }
    }

private:
    static const int8_t* bytes(const ConstantBytes& constant, const Node& node) {
        return reinterpret_cast<const int8_t*>(constant(node.input(1)));
    }

    const IntegerIsa& isa_;
    int64_t outs_;
    ProductRows rows_;
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
