#include "frontend/torch/node_reader.hpp"

#include "frontend/compose/indices.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith::torch {

using Kind = Argument::Kind;

bool NodeReader::has(std::string_view name) const {
    const Argument* found = node.find(name);
    return found && found->kind != Kind::none;
}

const Argument& NodeReader::argument(std::string_view name) const {
    const Argument* found = node.find(name);
    check(found && found->kind != Kind::none, "argument '{}' is missing", name);
    return *found;
}

ValueId NodeReader::lookup(const std::string& name) const {
    const auto found = scope.find(name);
    check(found != scope.end(), "'{}' is computed by no node before it", name);
    if (const ValueId* id = std::get_if<ValueId>(&found->second)) return *id;
    const Number* n = std::get_if<Number>(&found->second);
    check(n != nullptr, "'{}' is no tensor", name);
    return n->is_integer ? b.longs({n->integer}, {}) : b.scalar(n->real, DType::f32);
}

ValueId NodeReader::tensor(std::string_view name) const {
    const Argument& a = argument(name);
    if (a.kind == Kind::tensor) return lookup(a.names[0]);
    check(a.kind == Kind::number, "argument '{}' is no tensor but {}", name, a.field);
    const Number n = number(a.numbers[0]);
    if (a.field == "as_bool") return b.scalar(n.real, DType::boolean);
    return n.is_integer ? b.longs({n.integer}, {}) : b.scalar(n.real, DType::f32);
}

ValueId NodeReader::tensor_or_none(std::string_view name) const { return has(name) ? tensor(name) : no_value; }

std::vector<ValueId> NodeReader::tensors(std::string_view name) const {
    const Argument& a = argument(name);
    check(a.kind == Kind::tensors || a.kind == Kind::tensor, "argument '{}' is no list of tensors but {}", name, a.field);
    std::vector<ValueId> out;
    for (const std::string& one : a.names) out.push_back(one.empty() ? no_value : lookup(one));
    return out;
}

bool NodeReader::is_number(std::string_view name) const {
    const Argument* found = node.find(name);
    return found && found->kind == Kind::number;
}

Number NodeReader::number(const Argument::Number& n) const {
    if (n.symbol.empty()) return {n.real, n.integer, n.is_integer};
    const auto found = scope.find(n.symbol);
    check(found != scope.end(), "'{}' is computed by no node before it", n.symbol);
    if (const Number* known = std::get_if<Number>(&found->second)) return *known;
    const ValueId* id = std::get_if<ValueId>(&found->second);
    supported(id && b.graph.is_constant(*id) && b.type(*id).elements() == 1,
              "'{}' is computed at run time, but decides the shape or kind of the computation; TFLite's shapes are static",
              n.symbol);
    const double real = b.graph.constant_floats(*id)[0];
    const bool whole = !is_float(b.type(*id).dtype);
    return {real, whole ? b.graph.constant_ints(*id)[0] : 0, whole};
}

int64_t NodeReader::integer(std::string_view name) const {
    const Ints all = integers(name);
    check(all.size() == 1, "argument '{}' is a list", name);
    return all[0];
}

double NodeReader::real(std::string_view name) const {
    const auto all = reals(name);
    check(all.size() == 1, "argument '{}' is a list", name);
    return all[0];
}

Ints NodeReader::integers(std::string_view name) const {
    const Argument& a = argument(name);
    check(a.kind == Kind::number || a.kind == Kind::numbers, "argument '{}' is {}, expected integers", name, a.field);
    Ints out;
    for (const auto& n : a.numbers) {
        const Number known = number(n);
        check(known.is_integer, "argument '{}' contains {}, no integer", name, known.real);
        out.push_back(known.integer);
    }
    return out;
}

std::vector<double> NodeReader::reals(std::string_view name) const {
    const Argument& a = argument(name);
    std::vector<double> out;
    if (a.kind == Kind::tensor) {
        const ValueId x = lookup(a.names[0]);
        supported(b.graph.is_constant(x), "argument '{}' is computed at run time; TFLite needs it to be constant", name);
        for (float v : b.graph.constant_floats(x)) out.push_back(v);
        return out;
    }
    check(a.kind == Kind::number || a.kind == Kind::numbers, "argument '{}' is {}, expected numbers", name, a.field);
    for (const auto& n : a.numbers) {
        const Number known = number(n);
        out.push_back(known.is_integer ? static_cast<double>(known.integer) : known.real);
    }
    return out;
}

std::string NodeReader::text(std::string_view name, std::string_view fallback) const {
    if (!has(name)) return std::string(fallback);
    const Argument& a = argument(name);
    check(a.kind == Kind::text, "argument '{}' is {}, expected text", name, a.field);
    return a.texts[0];
}

std::optional<DType> NodeReader::dtype(std::string_view name) const {
    if (!has(name)) return std::nullopt;
    return dtype_of(integer(name));
}

int64_t NodeReader::axis(std::string_view name, int64_t rank) const {
    return normalized_axis(integer(name), std::max<int64_t>(rank, 1));
}

int64_t NodeReader::axis(std::string_view name, int64_t rank, int64_t fallback) const {
    return normalized_axis(integer(name, fallback), std::max<int64_t>(rank, 1));
}

Ints NodeReader::axes(std::string_view name, int64_t rank) const {
    const Ints given = integers(name, {});
    return given.empty() ? iota(rank) : rank == 0 ? Ints{} : normalized_axes(given, rank);
}

static int kind_of(DType dtype) { return dtype == DType::boolean ? 0 : is_float(dtype) ? 2 : 1; }

DType promoted(const NodeReader& r, ValueId a, ValueId b) {
    const Type &x = r.b.type(a), &y = r.b.type(b);
    if (x.dtype == y.dtype) return x.dtype;
    if (kind_of(x.dtype) != kind_of(y.dtype)) return kind_of(x.dtype) > kind_of(y.dtype) ? x.dtype : y.dtype;
    if ((x.rank() == 0) != (y.rank() == 0)) return x.rank() == 0 ? y.dtype : x.dtype;
    const size_t bits = dtype_bits(x.dtype), others = dtype_bits(y.dtype);
    if (bits != others) return bits > others ? x.dtype : y.dtype;
    return DType::i16;  // of i8 and u8
}

std::pair<ValueId, ValueId> promoted_pair(NodeReader& r, ValueId a, ValueId b) {
    const DType dtype = promoted(r, a, b);
    return {r.m.cast(a, dtype), r.m.cast(b, dtype)};
}

ValueId as_float(NodeReader& r, ValueId x) { return is_float(r.m.dtype(x)) ? x : r.m.cast(x, DType::f32); }

ValueId float_operand(const NodeReader& r, std::string_view name) {
    const ValueId x = r.tensor(name);
    supported(r.b.type(x).dtype == DType::f32, "'{}' is {}; TFLite has this operator for floats", name, to_string(r.b.type(x)));
    return x;
}

ValueId with_batch(Compose& m, ValueId x, bool add) {
    if (!add) return x;
    Shape s = m.shape(x);
    s.insert(s.begin(), 1);
    return m.reshape(x, s);
}

ValueId without_batch(Compose& m, ValueId y, bool added) {
    if (!added) return y;
    const Shape s = m.shape(y);
    return m.reshape(y, Shape(s.begin() + 1, s.end()));
}

}  // namespace tinsmith::torch
