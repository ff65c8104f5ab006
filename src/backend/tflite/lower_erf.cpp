// Before: y = Erf(x).
// After:  z = sqrt(2) * clamp(x, -8, 8) + 1e-30; y = 2 * Gelu(z) / z - 1, because Gelu(z) = z / 2 * (1 + erf(z / sqrt(2))).
// When:   TFLite has Gelu but no Erf. Beyond 8 Erf is 1; the shift keeps z from 0 and is lost beside any other number. The error
//         is that of Gelu and two roundings near 1: below 3e-7.
#include "backend/tflite/legalize.hpp"
#include "op/list.hpp"

namespace tinsmith {

static bool lower(Rewriter& r, const Node& node) {
    if (!node.is(op::Erf)) return false;
    std::string name = r.graph.value(node.outputs[0]).name;
    auto constant = [&](double v) { return r.scalar(v, DType::f32); };
    ValueId unit = r.add(op::Mul, {node.inputs[0], constant(0.125)}, {{"activation", std::string("relu_n1_to_1")}});
    ValueId z = r.add(op::Add, {r.add(op::Mul, {unit, constant(11.313708498984761)}), constant(1e-30)});
    ValueId half = r.add(op::Div, {r.add(op::Gelu, {z}), z});
    r.replace(node.outputs[0], r.add(op::Sub, {r.add(op::Mul, {half, constant(2)}), constant(1)}, {}, name));
    return true;
}

int lower_erf(Graph& graph, const PassOptions&) { return rewrite(graph, lower); }

}  // namespace tinsmith
