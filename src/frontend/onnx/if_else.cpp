// If: the branch that a constant condition chooses is read in place; otherwise both become graphs of their own.
#include "frontend/onnx/ops.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

namespace {

// Gives a branch the inputs `wanted`, in that order; those that it does not use become inputs too.
Graph with_captures(const Builder& b, SeparateGraph branch, const std::vector<ValueId>& wanted) {
    std::vector<Port> inputs;
    for (ValueId outer : wanted) {
        auto own = std::find(branch.captured.begin(), branch.captured.end(), outer);
        if (own != branch.captured.end())
            inputs.push_back(branch.graph.inputs[static_cast<size_t>(own - branch.captured.begin())]);
        else
            inputs.push_back({"", branch.graph.add_value("", b.type(outer)), ""});
    }
    branch.graph.inputs = std::move(inputs);
    return std::move(branch.graph);
}

}  // namespace

std::vector<ValueId> if_else(NodeReader& r) {
    check(r.type(0).dtype == DType::boolean && r.type(0).elements() == 1, "its condition is {}, not one bool",
          to_string(r.type(0)));
    const onnx::Graph &yes = r.graph("then_branch"), &no = r.graph("else_branch");
    check(yes.outputs.size() == no.outputs.size(), "its branches have {} and {} outputs", yes.outputs.size(),
          no.outputs.size());
    if (r.is_constant(0)) return r.inline_graph(r.b.graph.constant_ints(r.in[0])[0] ? yes : no, {});
    for (const onnx::Graph* branch : {&yes, &no})
        for (const onnx::ValueInfo& output : branch->outputs)
            supported(output.not_a_tensor.empty(), "its branches give a {}, which has no counterpart in TFLite",
                      output.not_a_tensor);
    SeparateGraph left = r.separate_graph(yes, {}), right = r.separate_graph(no, {});
    for (size_t i = 0; i < left.graph.outputs.size(); ++i) {
        const Type &a = left.graph.type(left.graph.outputs[i].value), &b = right.graph.type(right.graph.outputs[i].value);
        supported(a == b, "its branches give {} and {}; shapes have to be static, so both have to be equal", to_string(a),
                  to_string(b));
    }
    std::vector<ValueId> captured = left.captured;
    for (ValueId value : right.captured)
        if (std::find(captured.begin(), captured.end(), value) == captured.end()) captured.push_back(value);
    Attrs attrs{{"then", std::make_shared<const Graph>(with_captures(r.b, std::move(left), captured))},
                {"else", std::make_shared<const Graph>(with_captures(r.b, std::move(right), captured))}};
    std::vector<ValueId> operands{r.in[0]};
    operands.insert(operands.end(), captured.begin(), captured.end());
    return r.b.add_all(op::If, std::move(operands), std::move(attrs));
}

}  // namespace tinsmith::from_onnx
