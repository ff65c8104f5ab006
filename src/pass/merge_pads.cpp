// Before: Pad(Pad(x, before1, after1, v), before2, after2, v), both constant
// After:  Pad(x, before1 + before2, after1 + after2, v)
// When:   the same value; the inner Pad has no other reader.
#include "op/list.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

namespace tinsmith {

int merge_pads(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Pad) || !has_static_parameters(node) || node.text("mode") != "constant") return false;
        const Node* inner = r.producer(node.inputs[0], op::Pad);
        if (!inner || !has_static_parameters(*inner) || inner->text("mode") != "constant" ||
            inner->real("value") != node.real("value") || r.uses(node.inputs[0]) != 1)
            return false;
        Ints before = node.ints("before"), after = node.ints("after");
        for (size_t i = 0; i < before.size(); ++i) {
            // A negative pad crops: what it removes must not be what the other one added.
            if (before[i] < 0 || after[i] < 0) return false;
            before[i] += inner->ints("before")[i];
            after[i] += inner->ints("after")[i];
        }
        Attrs attrs = node.attrs;
        attrs.set("before", before);
        attrs.set("after", after);
        r.replace(node.outputs[0], r.add(op::Pad, {inner->inputs[0]}, std::move(attrs)));
        return true;
    });
}

}  // namespace tinsmith
