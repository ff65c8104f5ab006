// Before: Slice(Slice(x))
// After:  Slice(x)
// When:   steps are positive and the inner Slice has no other reader.
// Formula: start = start1 + start2 * step1, step = step1 * step2 (1 where one element is left), end = start + (count - 1) * step + 1
#include "op/list.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

namespace tinsmith {

int merge_slices(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Slice) || !has_static_parameters(node)) return false;
        const Node* inner = r.producer(node.inputs[0], op::Slice);
        if (!inner || !has_static_parameters(*inner) || r.uses(node.inputs[0]) != 1) return false;
        const Shape& out = r.shape(node.outputs[0]);
        Ints starts(out.size()), ends(out.size()), steps(out.size());
        for (size_t i = 0; i < out.size(); ++i) {
            int64_t inner_step = inner->ints("steps")[i], step = node.ints("steps")[i];
            if (inner_step <= 0 || step <= 0 || out[i] == 0) return false;
            starts[i] = inner->ints("starts")[i] + node.ints("starts")[i] * inner_step;
            steps[i] = out[i] == 1 ? 1 : inner_step * step;
            ends[i] = starts[i] + (out[i] - 1) * steps[i] + 1;
        }
        ValueId x = inner->inputs[0];
        r.replace(node.outputs[0], r.add(op::Slice, {x}, {{"starts", starts}, {"ends", ends}, {"steps", steps}}));
        return true;
    });
}

}  // namespace tinsmith
