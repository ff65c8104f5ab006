// Before: a MatMul or Pad with more dimensions than TFLite's kernels take (the row's `max_rank`).
// After:  the same between Reshapes: all batch dimensions of a product as one, untouched neighbours of a Pad merged.
// When:   the rank is too high; operands of a product that only broadcasting brings to one shape are expanded first.
#include "backend/tflite/legalize.hpp"
#include "op/list.hpp"

namespace tinsmith {

namespace {

ValueId reshaped(Rewriter& r, ValueId x, Shape shape) { return r.add(op::Reshape, {x}, {{"shape", std::move(shape)}}); }

bool collapse_product(Rewriter& r, const Node& node) {
    Shape y = r.shape(node.outputs[0]);
    std::string name = r.graph.value(node.outputs[0]).name;
    auto inner = static_cast<std::ptrdiff_t>(y.size()) - 2;
    Shape batch(y.begin(), y.begin() + inner);
    int64_t count = element_count(batch);
    std::vector<ValueId> operands;
    for (ValueId id : node.inputs) {
        Shape x = r.shape(id);
        Shape own(x.begin(), x.end() - 2), matrix(x.end() - 2, x.end());
        if (element_count(own) != count && element_count(own) != 1) {
            Shape whole = batch;
            whole.insert(whole.end(), matrix.begin(), matrix.end());
            id = r.add(op::Expand, {id}, {{"shape", whole}});
            own = batch;
        }
        operands.push_back(reshaped(r, id, {element_count(own), matrix[0], matrix[1]}));
    }
    ValueId product = r.add_like(node, std::move(operands))[0];
    r.replace(node.outputs[0], r.add(op::Reshape, {product}, {{"shape", y}}, name));
    return true;
}

bool collapse_pad(Rewriter& r, const Node& node) {
    if (node.input(1) != no_value) return false;
    Shape x = r.shape(node.inputs[0]), y = r.shape(node.outputs[0]), merged;
    std::string name = r.graph.value(node.outputs[0]).name;
    const Ints &before = node.ints("before"), &after = node.ints("after");
    Ints merged_before, merged_after;
    bool open = false;  // whether the dimension before was untouched, so that this one may join it
    for (size_t d = 0; d < x.size(); ++d) {
        bool untouched = before[d] == 0 && after[d] == 0;
        if (untouched && open) {
            merged.back() *= x[d];
        } else {
            merged.push_back(x[d]);
            merged_before.push_back(before[d]);
            merged_after.push_back(after[d]);
        }
        open = untouched;
    }
    if (std::ssize(merged) > node.op->tflite.max_rank) return false;
    Attrs attrs = node.attrs;
    attrs.set("before", merged_before);
    attrs.set("after", merged_after);
    std::vector<ValueId> inputs = node.inputs;
    inputs[0] = reshaped(r, inputs[0], merged);
    r.replace(node.outputs[0], r.add(op::Reshape, {r.add(op::Pad, inputs, attrs)}, {{"shape", y}}, name));
    return true;
}

bool collapse(Rewriter& r, const Node& node) {
    int64_t most = node.op->tflite.max_rank;
    if (node.is(op::MatMul) && r.type(node.outputs[0]).rank() > most) return collapse_product(r, node);
    if (node.is(op::Pad) && r.type(node.inputs[0]).rank() > most) return collapse_pad(r, node);
    return false;
}

}  // namespace

int collapse_rank(Graph& graph, const PassOptions&) { return rewrite(graph, collapse); }

}  // namespace tinsmith
