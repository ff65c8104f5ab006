#include "op/computes_on_integers.hpp"

#include "op/list.hpp"

namespace tinsmith {

bool computes_on_integers(const Graph& graph) {
    bool moved = false, floats = false;
    for (const Node& node : graph.nodes) {
        if (node.is(op::Quantize) || node.is(op::Dequantize)) continue;
        const bool moves = node.op->quant == QuantRule::same_as_input, integers = is_quantised(graph, node);
        if (integers && !moves) return true;
        moved = moved || integers;
        floats = floats || (!integers && !moves);
    }
    return moved && !floats;
}

}  // namespace tinsmith
