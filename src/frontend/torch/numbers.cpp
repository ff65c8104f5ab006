#include "frontend/torch/numbers.hpp"

#include <cmath>

namespace tinsmith::torch {

namespace {

using Kind = Argument::Kind;

Number whole(int64_t value) { return {static_cast<double>(value), value, true}; }
Number fraction(double value) { return {value, 0, false}; }
double real_of(const Number& n) { return n.is_integer ? static_cast<double>(n.integer) : n.real; }

Number operand(const ProgramNode& node, size_t i, const Scope& scope) {
    check(i < node.inputs.size() && node.inputs[i].second.kind == Kind::number, "operand {} is no number", i);
    const Argument::Number& n = node.inputs[i].second.numbers[0];
    if (n.symbol.empty()) return {n.real, n.integer, n.is_integer};
    const auto found = scope.find(n.symbol);
    check(found != scope.end(), "'{}' is computed by no node before it", n.symbol);
    const Number* known = std::get_if<Number>(&found->second);
    supported(known != nullptr, "'{}' is known at run time only", n.symbol);
    return *known;
}

int64_t divide(int64_t a, int64_t b) {
    check(b != 0 && !(a == INT64_MIN && b == -1), "{} divided by {}", a, b);
    return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

template <class Whole, class Real>
Number both(const Number& a, const Number& b, Whole whole_of, Real fraction_of) {
    if (!a.is_integer || !b.is_integer) return fraction(fraction_of(real_of(a), real_of(b)));
    int64_t out = 0;
    check(!whole_of(a.integer, b.integer, &out), "{} and {} make a number beyond 64 bits", a.integer, b.integer);
    return whole(out);
}

Number arithmetic(std::string_view op, const Number& a, const Number& b) {
    if (op == "add")
        return both(
            a, b, [](auto x, auto y, auto* z) { return __builtin_add_overflow(x, y, z); },
            [](double x, double y) { return x + y; });
    if (op == "sub")
        return both(
            a, b, [](auto x, auto y, auto* z) { return __builtin_sub_overflow(x, y, z); },
            [](double x, double y) { return x - y; });
    if (op == "mul")
        return both(
            a, b, [](auto x, auto y, auto* z) { return __builtin_mul_overflow(x, y, z); },
            [](double x, double y) { return x * y; });
    if (op == "floordiv")
        return a.is_integer && b.is_integer ? whole(divide(a.integer, b.integer))
                                            : fraction(std::floor(real_of(a) / real_of(b)));
    if (op == "mod")
        return a.is_integer && b.is_integer ? whole(a.integer - divide(a.integer, b.integer) * b.integer)
                                            : fraction(real_of(a) - std::floor(real_of(a) / real_of(b)) * real_of(b));
    if (op == "truediv") return fraction(real_of(a) / real_of(b));
    if (op == "pow") {
        const double power = std::pow(real_of(a), real_of(b));
        return a.is_integer && b.is_integer && b.integer >= 0 && std::abs(power) < 9e15 ? whole(static_cast<int64_t>(power))
                                                                                        : fraction(power);
    }
    if (op == "eq") return whole(real_of(a) == real_of(b));
    if (op == "ne") return whole(real_of(a) != real_of(b));
    if (op == "lt") return whole(real_of(a) < real_of(b));
    if (op == "le") return whole(real_of(a) <= real_of(b));
    if (op == "gt") return whole(real_of(a) > real_of(b));
    if (op == "ge") return whole(real_of(a) >= real_of(b));
    if (op == "and_") return whole(a.integer & b.integer);
    if (op == "or_") return whole(a.integer | b.integer);
    if (op == "sym_max") return real_of(a) >= real_of(b) ? a : b;
    if (op == "sym_min") return real_of(a) <= real_of(b) ? a : b;
    fail(Fault::unsupported, "'{}' of two sizes", op);
}

Number rounded(double x) {
    check(std::abs(x) < 9e15, "{} is beyond an integer", x);
    return whole(static_cast<int64_t>(x));
}

Number function(std::string_view op, const Number& a) {
    const double x = real_of(a);
    if (op == "neg") return a.is_integer && a.integer != INT64_MIN ? whole(-a.integer) : fraction(-x);
    if (op == "not_" || op == "sym_not") return whole(a.integer == 0);
    if (op == "sym_float") return fraction(x);
    if (op == "sym_int" || op == "trunc") return rounded(std::trunc(x));
    if (op == "ceil") return rounded(std::ceil(x));
    if (op == "floor") return rounded(std::floor(x));
    if (op == "round") return rounded(std::nearbyint(x));
    if (op == "sqrt" || op == "_sym_sqrt") return fraction(std::sqrt(x));
    fail(Fault::unsupported, "'{}' of a size", op);
}

const Type& tensor_type(const ProgramNode& node, const Scope& scope, const Builder& b, ValueId* id = nullptr) {
    const Argument* self = node.find("self");
    check(self && self->kind == Kind::tensor, "argument 'self' is no tensor");
    const auto found = scope.find(self->names[0]);
    check(found != scope.end() && std::holds_alternative<ValueId>(found->second), "'{}' is no tensor", self->names[0]);
    if (id) *id = std::get<ValueId>(found->second);
    return b.type(std::get<ValueId>(found->second));
}

// aten.item of a constant.
Number item(const ProgramNode& node, const Scope& scope, const Builder& b) {
    ValueId id = no_value;
    const Type& type = tensor_type(node, scope, b, &id);
    check(type.elements() == 1, "a tensor of {} is no number", to_string(type));
    supported(b.graph.is_constant(id), "a number that is computed at run time decides over the program");
    return is_float(type.dtype) ? fraction(b.graph.constant_floats(id)[0]) : whole(b.graph.constant_ints(id)[0]);
}

}  // namespace

std::optional<Number> number_of(const ProgramNode& node, const Scope& scope, const Builder& b) {
    const std::string_view target = node.target;
    if (target == "aten.sym_size.int") {
        const Argument* dim = node.find("dim");
        check(dim && dim->kind == Kind::number, "argument 'dim' is no number");
        const Type& type = tensor_type(node, scope, b);
        return whole(type.shape[static_cast<size_t>(normalized_axis(dim->numbers[0].integer, type.rank()))]);
    }
    if (target.starts_with("aten.sym_numel")) return whole(tensor_type(node, scope, b).elements());
    if (target.starts_with("aten.item") || target.starts_with("aten._local_scalar_dense")) return item(node, scope, b);
    std::string_view name;
    for (std::string_view prefix : {"_operator.", "torch.", "math.", "torch.sym_ite."})
        if (target.starts_with(prefix)) name = target.substr(prefix.size());
    if (name.empty()) return std::nullopt;
    name = name.substr(0, name.find('.'));
    const Number a = operand(node, 0, scope);
    return node.inputs.size() < 2 ? function(name, a) : arithmetic(name, a, operand(node, 1, scope));
}

}  // namespace tinsmith::torch
