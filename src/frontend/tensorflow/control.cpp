// Calls and control flow: functions are inlined, branches chosen and loops written out where what decides is constant.
#include "frontend/tensorflow/graph_reader.hpp"
#include "frontend/tensorflow/ops.hpp"
#include "frontend/tensorflow/recurrent.hpp"

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

// `rest` becomes `taken` where the condition holds; false where one of them could not be converted.
bool choose(NodeReader& r, ValueId condition, const std::vector<Operand>& taken, std::vector<Operand>& rest) {
    check(taken.size() == rest.size(), "the branches have {} and {} results", taken.size(), rest.size());
    for (size_t i = 0; i < rest.size(); ++i) {
        const ValueId *a = std::get_if<ValueId>(&taken[i]), *b = std::get_if<ValueId>(&rest[i]);
        if (!a || !b) return false;
        supported(r.b.type(*a) == r.b.type(*b), "the branches give {} and {}; make both of one shape", to_string(r.b.type(*a)),
                  to_string(r.b.type(*b)));
        rest[i] = r.b.add(op::Where, {condition, *a, *b});
    }
    return true;
}

}  // namespace

std::vector<Operand> partitioned_call(NodeReader& r) { return r.graph.call(r.function("f"), r.in); }

// Of a condition that is known at run time only, both branches are computed and one is chosen: functions have no effects here.
std::vector<Operand> if_else(NodeReader& r) {
    const std::vector<Operand> args = but_first(r.in);
    const AttributeValue yes = r.function("then_branch"), no = r.function("else_branch");
    if (is_known(r, r.in[0])) return r.graph.call(known(r, r.in[0]) != 0 ? yes : no, args);
    check(r.type(0).dtype == DType::boolean && r.type(0).elements() == 1, "the condition is {}", to_string(r.type(0)));
    const std::vector<Operand> taken = r.graph.call(yes, args);
    std::vector<Operand> out = r.graph.call(no, args);
    return choose(r, Compose(r.b).reshape(r.operand(0), {}), taken, out) ? out : std::vector<Operand>{Unknown{}};
}

// An index outside means the last branch. One that is known at run time only chooses among the results of all of them.
std::vector<Operand> switch_case(NodeReader& r) {
    const auto branches = r.attribute("branches");
    check(branches && !branches->functions.empty(), "attribute 'branches' names no functions");
    const std::vector<Operand> args = but_first(r.in);
    const int64_t last = std::ssize(branches->functions) - 1;
    if (is_known(r, r.in[0])) {
        const int64_t index = known(r, r.in[0]);
        return r.graph.call(branches->functions[static_cast<size_t>(index < 0 || index > last ? last : index)], args);
    }
    Compose m{r.b};
    check(r.type(0).elements() == 1, "the index is {}", to_string(r.type(0)));
    const ValueId index = m.reshape(r.operand(0), {});
    std::vector<Operand> out = r.graph.call(branches->functions.back(), args);
    for (int64_t i = 0; i < last; ++i) {
        const ValueId taken = r.b.add(op::Equal, {index, m.number(static_cast<double>(i), index)});
        if (!choose(r, taken, r.graph.call(branches->functions[static_cast<size_t>(i)], args), out)) return {Unknown{}};
    }
    return out;
}

// The body is read as often as the condition says.
std::vector<Operand> while_loop(NodeReader& r) {
    const AttributeValue cond = r.function("cond"), body = r.function("body");
    const size_t first = r.b.graph.nodes.size();
    std::vector<std::vector<Operand>> states{r.in};  // before the first step, and after each
    while (true) {
        const std::vector<Operand>& state = states.back();
        const std::vector<Operand> go_on = r.graph.call(cond, state);
        check(go_on.size() == 1, "the condition has {} results", go_on.size());
        if (std::holds_alternative<Unknown>(go_on[0])) return {Unknown{}};
        supported(is_known(r, go_on[0]),
                  "how often the loop runs is known at run time only; export the model with a fixed number of steps");
        if (known(r, go_on[0]) == 0) break;
        std::vector<Operand> next = r.graph.call(body, state);
        check(next.size() == state.size(), "the body has {} results for {} values", next.size(), state.size());
        states.push_back(std::move(next));
    }
    recognise_recurrent(r.b, first, r.graph.options().unroll_rnn, states);
    return states.back();
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
