// Calls and control flow: functions are inlined, branches chosen and loops written out where what decides is constant.
#include "frontend/tensorflow/graph_reader.hpp"
#include "frontend/tensorflow/ops.hpp"

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

bool is_known(NodeReader& r, const Operand& operand) {
    const ValueId* id = std::get_if<ValueId>(&operand);
    return id && r.b.graph.is_constant(*id) && r.b.type(*id).elements() == 1;
}

int64_t known(NodeReader& r, const Operand& operand) { return r.b.graph.constant_ints(std::get<ValueId>(operand))[0]; }

std::vector<Operand> but_first(const std::vector<Operand>& in) {
    check(!in.empty(), "it has no inputs");
    return {in.begin() + 1, in.end()};
}

}  // namespace

std::vector<Operand> partitioned_call(NodeReader& r) { return r.graph.call(r.function("f"), r.in); }

// Of a condition that is known at run time only, both branches are computed and one is chosen: functions have no effects here.
std::vector<Operand> if_else(NodeReader& r) {
    const std::vector<Operand> args = but_first(r.in);
    const AttributeValue yes = r.function("then_branch"), no = r.function("else_branch");
    if (is_known(r, r.in[0])) return r.graph.call(known(r, r.in[0]) != 0 ? yes : no, args);
    check(r.type(0).dtype == DType::boolean && r.type(0).elements() == 1, "the condition is {}", to_string(r.type(0)));
    std::vector<Operand> out = r.graph.call(yes, args);
    const std::vector<Operand> others = r.graph.call(no, args);
    check(out.size() == others.size(), "the branches have {} and {} results", out.size(), others.size());
    for (size_t i = 0; i < out.size(); ++i) {
        const ValueId *a = std::get_if<ValueId>(&out[i]), *b = std::get_if<ValueId>(&others[i]);
        if (!a || !b) return {Unknown{}};
        supported(r.b.type(*a) == r.b.type(*b), "the branches give {} and {}; make both of one shape", to_string(r.b.type(*a)),
                  to_string(r.b.type(*b)));
        out[i] = r.b.add(op::Where, {Compose(r.b).reshape(r.operand(0), {}), *a, *b});
    }
    return out;
}

// The body is read as often as the condition says.
std::vector<Operand> while_loop(NodeReader& r) {
    const AttributeValue cond = r.function("cond"), body = r.function("body");
    std::vector<Operand> state = r.in;
    while (true) {
        const std::vector<Operand> go_on = r.graph.call(cond, state);
        check(go_on.size() == 1, "the condition has {} results", go_on.size());
        if (std::holds_alternative<Unknown>(go_on[0])) return {Unknown{}};
        supported(is_known(r, go_on[0]),
                  "how often the loop runs is known at run time only; export the model with a fixed number of steps");
        if (known(r, go_on[0]) == 0) return state;
        std::vector<Operand> next = r.graph.call(body, state);
        check(next.size() == state.size(), "the body has {} results for {} values", next.size(), state.size());
        state = std::move(next);
    }
}

// Outputs: x where the condition is false, x where it is true.
std::vector<Operand> switch_branch(NodeReader& r) {
    check(r.in.size() == 2, "it has {} inputs", r.in.size());
    supported(is_known(r, r.in[1]), "which branch is taken is known at run time only; export the model with one of them");
    if (known(r, r.in[1]) != 0) return {Dead{}, r.in[0]};
    return {r.in[0], Dead{}};
}

// The first input that is alive, and which one that is.
std::vector<Operand> merge(NodeReader& r) {
    for (size_t i = 0; i < r.in.size(); ++i)
        if (!std::holds_alternative<Dead>(r.in[i])) return {r.in[i], r.b.ints({static_cast<int32_t>(i)}, {})};
    return {Dead{}};
}

}  // namespace tinsmith::tensorflow::from_tensorflow
