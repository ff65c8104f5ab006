#include "op/list.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check(c.type(0).dtype == DType::boolean && c.type(0).elements() == 1, "the condition is {}", to_string(c.type(0)));
    const Graph &yes = c.node.graph("then"), &no = c.node.graph("else");
    const auto args = c.in.subspan(1);
    for (const Graph* branch : {&yes, &no}) {
        check(branch->inputs.size() == args.size(), "a branch takes {} values, not {}", branch->inputs.size(), args.size());
        for (size_t i = 0; i < args.size(); ++i) {
            const Type& wanted = branch->type(branch->inputs[i].value);
            check(wanted == *args[i], "value {} of a branch is {}, not {}", i, to_string(wanted), to_string(*args[i]));
        }
    }
    check(yes.outputs.size() == no.outputs.size(), "the branches give {} and {} values", yes.outputs.size(), no.outputs.size());
    std::vector<Type> out;
    for (size_t i = 0; i < yes.outputs.size(); ++i) {
        const Type &left = yes.type(yes.outputs[i].value), &right = no.type(no.outputs[i].value);
        check(left == right, "the branches give {} and {}", to_string(left), to_string(right));
        out.push_back(left);
    }
    return out;
}

const OpDef op::If{
    .name = "If",
    .says = "condition ? then(values...) : else(values...)",
    .operands = {{"condition"}, {"values", true, true}},
    .attrs = {{"then", GraphRef{}, true}, {"else", GraphRef{}, true}},
    .infer = infer,
    .eval = nullptr,
    .tflite = {.builtin = 118, .accepts = dtypes(DType::boolean)},
};

}  // namespace tinsmith
