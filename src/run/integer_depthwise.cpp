// DepthwiseConv with one output channel for each channel of x.
#include "op/list.hpp"
#include "run/integer_kernel.hpp"
#include "run/integer_window.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

constexpr int64_t chunk = 64;  // places at a time

// Blocks of isa.lanes channels; in each, for every two cells: lanes x 2 weights of 16 bits.
std::vector<int16_t> packed(const IntegerIsa& isa, const int8_t* weights, int64_t taps, int64_t channels) {
    const int64_t blocks = (channels + isa.lanes - 1) / isa.lanes, pairs = (taps + 1) / 2;
    std::vector<int16_t> out;
    out.reserve(static_cast<size_t>(blocks * pairs * isa.lanes * 2));
    for (int64_t block = 0; block < blocks; ++block)
        for (int64_t pair = 0; pair < pairs; ++pair)
            for (int64_t lane = 0; lane < isa.lanes; ++lane)
                for (int64_t tap = pair * 2; tap < pair * 2 + 2; ++tap) {
                    const int64_t channel = block * isa.lanes + lane;
                    out.push_back(tap < taps && channel < channels ? weights[tap * channels + channel] : int8_t{0});
                }
    return out;
}

std::vector<int64_t> column_sums(const int8_t* weights, int64_t taps, int64_t channels) {
    std::vector<int64_t> sums(static_cast<size_t>(channels), 0);
    for (int64_t tap = 0; tap < taps; ++tap)
        for (int64_t c = 0; c < channels; ++c) sums[static_cast<size_t>(c)] += weights[tap * channels + c];
    return sums;
}

class IntegerDepthwise : public FastKernel {
public:
    IntegerDepthwise(const IntegerIsa& isa, const Graph& graph, const Node& node, const ConstantBytes& constant)
        : isa_(isa),
          window_(layer_window(graph, node)),
          rows_(window_, zero_point_of(graph.type(node.input(0)))),
          weights_(packed(isa, bytes(constant, node), rows_.taps(), window_.in_c)),
          scale_(graph, node, constant,
                 channel_multipliers(graph.type(node.input(0)), graph.type(node.input(1)), graph.type(node.outputs[0]),
                                     window_.in_c),
                 column_sums(bytes(constant, node), rows_.taps(), window_.in_c), isa, false) {}

    size_t scratch_bytes() const override { return static_cast<size_t>(chunk * rows_.taps()) * sizeof(int8_t*); }
    size_t kept_bytes() const override { return weights_.size() * sizeof(int16_t); }
    bool holds(size_t operand) const override { return operand == 1 || operand == 2; }

    void run(const EvalContext& context, std::byte* scratch) const override {
        auto* rows = reinterpret_cast<const int8_t**>(scratch);
        DepthwiseTask task{.rows = rows, .taps = rows_.taps(), .channels = window_.in_c};
        task.weights = reinterpret_cast<const std::byte*>(weights_.data());
        task.to = scale_.view();
        for (int64_t first = 0; first < rows_.places(); first += chunk) {
            task.m = std::min(chunk, rows_.places() - first);
            rows_.find(context.in[0].as<int8_t>(), first, task.m, rows);
            task.y = context.out[0].as<int8_t>() + first * window_.in_c;
            isa_.depthwise(task);
        }
    }

private:
    static const int8_t* bytes(const ConstantBytes& constant, const Node& node) {
        return reinterpret_cast<const int8_t*>(constant(node.input(1)));
    }

    const IntegerIsa& isa_;
    tin_window window_;
    WindowRows rows_;
    std::vector<int16_t> weights_;
    LayerScale scale_;
};

}  // namespace

std::unique_ptr<FastKernel> make_integer_depthwise(const IntegerIsa& isa, const Graph& graph, const Node& node,
                                                   const ConstantBytes& constant) {
    if (!node.is(op::DepthwiseConv) || !is_plain_integer_layer(graph, node, constant)) return nullptr;
    if (graph.type(node.input(0)).shape[3] != graph.type(node.outputs[0]).shape[3]) return nullptr;
    return std::make_unique<IntegerDepthwise>(isa, graph, node, constant);
}

std::unique_ptr<FastKernel> make_integer_kernel(const Graph& graph, const Node& node, const ConstantBytes& constant) {
    if (integer_isas().empty()) return nullptr;
    for (auto* make : {make_integer_product, make_integer_depthwise, make_integer_add})
        if (auto kernel = make(*integer_isas().front(), graph, node, constant)) return kernel;
    return nullptr;
}

}  // namespace tinsmith
