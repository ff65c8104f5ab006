// DepthwiseConv with one output channel for each channel of x.
#include "op/list.hpp"
#include "run/depthwise_places.hpp"
#include "run/integer_kernel.hpp"
#include "run/integer_window.hpp"

namespace tinsmith {

namespace {

std::vector<ChannelSum> channel_sums(const int8_t* weights, int64_t taps, int64_t channels) {
    std::vector<ChannelSum> sums(static_cast<size_t>(channels));
    for (int64_t tap = 0; tap < taps; ++tap)
        for (int64_t c = 0; c < channels; ++c) sums[static_cast<size_t>(c)].add(weights[tap * channels + c]);
    return sums;
}

class IntegerDepthwise : public FastKernel {
public:
    IntegerDepthwise(const IntegerIsa& isa, const Graph& graph, const Node& node, const ConstantBytes& constant)
        : isa_(isa),
          window_(layer_window(graph, node)),
          places_(window_),
          weights_(isa.pack_depthwise(bytes(constant, node), places_.taps(), window_.in_c)),
          scale_(graph, node, constant,
                 channel_multipliers(graph.type(node.input(0)), graph.type(node.input(1)), graph.type(node.outputs[0]),
                                     window_.in_c),
                 channel_sums(bytes(constant, node), places_.taps(), window_.in_c), isa.shift),
          padding_(static_cast<size_t>(window_.in_w * window_.in_c),
                   static_cast<int8_t>(zero_point_of(graph.type(node.input(0))))) {}

    size_t scratch_bytes() const override { return static_cast<size_t>(places_.taps()) * sizeof(int8_t*); }
    size_t kept_bytes() const override { return weights_.size() + padding_.size(); }
    bool holds(size_t operand) const override { return operand == 1 || operand == 2; }
    bool fits() const { return scale_.fits(); }

    void run(const EvalContext& context, std::byte* scratch) const override {
        auto* taps = reinterpret_cast<const int8_t**>(scratch);
        DepthwiseTask task{
            .taps = taps, .count = places_.taps(), .advance = places_.advance(), .m = 0, .channels = window_.in_c};
        task.weights = weights_.data();
        task.to = scale_.view();
        task.y = context.out[0].as<int8_t>();
        places_.each(context.in[0].as<int8_t>(), padding_.data(), taps, [&](int64_t m) {
            task.m = m;
            isa_.depthwise(task);
            task.y += m * window_.in_c;
        });
    }

private:
    static const int8_t* bytes(const ConstantBytes& constant, const Node& node) {
        return reinterpret_cast<const int8_t*>(constant(node.input(1)));
    }

    const IntegerIsa& isa_;
    tin_window window_;
    DepthwisePlaces places_;
    std::vector<std::byte> weights_;
    LayerScale scale_;
    std::vector<int8_t> padding_;
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
