// Before: a 3-D convolution in groups.
// After:  one convolution for each group, on its slice of the channels, and a Concat.
// When:   TFLite's CONV_3D has no groups (CONV_2D reads their number from the filter's depth).
#include "backend/tflite/legalize.hpp"
#include "op/list.hpp"

namespace tinsmith {

static bool split(Rewriter& r, const Node& node) {
    if (!node.is(op::Conv3D) || node.integer("group") == 1) return false;
    int64_t groups = node.integer("group");
    auto parts = [&](ValueId value, int64_t axis) {
        Ints sizes(static_cast<size_t>(groups), r.shape(value)[static_cast<size_t>(axis)] / groups);
        return r.add_all(op::Split, {value}, {{"axis", axis}, {"sizes", sizes}});
    };
    auto x = parts(node.inputs[0], 4), weights = parts(node.inputs[1], 4);
    std::vector<ValueId> bias(static_cast<size_t>(groups), no_value), y;
    if (node.input(2) != no_value) bias = parts(node.inputs[2], 0);
    Attrs attrs = node.attrs;
    attrs.set("group", int64_t{1});
    for (size_t g = 0; g < bias.size(); ++g) y.push_back(r.add(op::Conv3D, {x[g], weights[g], bias[g]}, attrs));
    r.replace(node.outputs[0], r.add(op::Concat, y, {{"axis", int64_t{4}}}, r.graph.value(node.outputs[0]).name));
    return true;
}

int split_groups(Graph& graph, const PassOptions&) { return rewrite(graph, split); }

}  // namespace tinsmith
