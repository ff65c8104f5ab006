// Operators that take a part of a tensor, put parts together, or set one into another.
#include "frontend/compose/scatter.hpp"
#include "frontend/compose/stack.hpp"
#include "frontend/torch/operand.hpp"

#include <algorithm>

namespace tinsmith::torch::from_torch {

namespace {

struct Range {
    int64_t axis, from, to, step;
};

Range range(NodeReader& r, const Shape& s) {
    check(!s.empty(), "a scalar has no parts");
    const int64_t axis = r.axis("dim", std::ssize(s), 0), n = s[static_cast<size_t>(axis)], step = r.integer("step", 1);
    check(step >= 1, "a step of {}", step);
    auto place = [&](int64_t at) { return std::clamp<int64_t>(at < 0 ? std::max<int64_t>(at, -n) + n : at, 0, n); };
    const int64_t from = place(r.integer("start", 0)), to = std::max(from, place(r.integer("end", n)));
    return {axis, from, to, std::min(step, std::max<int64_t>(n, 1))};
}

int64_t index_of(NodeReader& r, int64_t n) {
    const int64_t at = r.integer("index");
    check(at >= -n && at < n, "index {} is outside {}", at, n);
    return at < 0 ? at + n : at;
}

std::vector<ValueId> pieces(NodeReader& r, int64_t axis, const Ints& sizes) {
    const ValueId x = r.tensor("self");
    int64_t total = 0;
    for (int64_t n : sizes) {
        check(n >= 0, "a piece of {}", n);
        total += n;
    }
    check(total == r.m.shape(x)[static_cast<size_t>(axis)], "pieces of {} elements in all do not make an extent of {}", total,
          r.m.shape(x)[static_cast<size_t>(axis)]);
    return r.m.split(x, axis, sizes);
}

// As many of `size` as fit, and the rest.
Ints equal_pieces(int64_t n, int64_t size) {
    check(size >= 1, "pieces of {}", size);
    supported(n / size < (1 << 16), "{} pieces", n / size);
    Ints sizes(static_cast<size_t>(n / size), size);
    if (n % size != 0 || n == 0) sizes.push_back(n % size);
    return sizes;
}

int64_t split_axis(NodeReader& r) {
    check(!r.shape("self").empty(), "a scalar has no parts");
    return r.axis("dim", std::ssize(r.shape("self")), 0);
}
int64_t extent(NodeReader& r, int64_t axis) { return r.shape("self")[static_cast<size_t>(axis)]; }

// Cut at these places.
std::vector<ValueId> cut_at(NodeReader& r, int64_t axis, const Ints& places) {
    std::vector<ValueId> out;
    const ValueId x = r.tensor("self");
    const int64_t n = extent(r, axis);
    int64_t from = 0;
    for (size_t i = 0; i <= places.size(); ++i) {
        int64_t to = i < places.size() ? places[i] : n;
        to = std::clamp<int64_t>(to < 0 ? to + n : to, from, n);
        out.push_back(r.m.slice(x, axis, from, to));
        from = to;
    }
    return out;
}

std::vector<ValueId> same_type(NodeReader& r, std::vector<ValueId> parts) {
    check(!parts.empty(), "there is nothing to join");
    DType dtype = r.m.dtype(parts[0]);
    for (ValueId part : parts) {
        check(part != no_value, "a part is None");
        dtype = promoted(r, r.b.splat(0, {dtype, {1}, {}}), part);
    }
    for (ValueId& part : parts) part = r.m.cast(part, dtype);
    return parts;
}

}  // namespace

std::vector<ValueId> slice(NodeReader& r) {
    const ValueId x = r.tensor("self");
    const Range p = range(r, r.m.shape(x));
    return {r.m.slice(x, p.axis, p.from, p.to, p.step)};
}

std::vector<ValueId> narrow(NodeReader& r) {
    const ValueId x = r.tensor("self");
    const int64_t axis = r.axis("dim", std::ssize(r.m.shape(x))), n = r.m.shape(x)[static_cast<size_t>(axis)],
                  length = r.integer("length");
    int64_t start = r.integer("start");
    if (start < 0) start += n;
    check(start >= 0 && length >= 0 && start <= n && length <= n - start, "{} elements from {} of {}", length, start, n);
    return {r.m.slice(x, axis, start, start + length)};
}

std::vector<ValueId> select(NodeReader& r) {
    const ValueId x = r.tensor("self");
    const Shape s = r.m.shape(x);
    const int64_t axis = split_axis(r);
    return {take_step(r.b, x, axis, index_of(r, s[static_cast<size_t>(axis)]))};
}

std::vector<ValueId> split(NodeReader& r) {
    const int64_t axis = split_axis(r);
    const std::string_view name = r.has("split_size")    ? "split_size"
                                  : r.has("split_sizes") ? "split_sizes"
                                                         : "split_size_or_sections";
    const Ints sizes = r.integers(name);
    return pieces(r, axis, r.is_number(name) ? equal_pieces(extent(r, axis), sizes[0]) : sizes);
}

std::vector<ValueId> chunk(NodeReader& r) {
    const int64_t axis = split_axis(r), n = extent(r, axis), count = r.integer("chunks");
    check(count >= 1, "{} chunks", count);
    return pieces(r, axis, equal_pieces(n, std::max<int64_t>(1, n / count + (n % count != 0))));
}

std::vector<ValueId> tensor_split(NodeReader& r) {
    const int64_t axis = split_axis(r), n = extent(r, axis);
    if (r.has("indices")) return cut_at(r, axis, r.integers("indices"));
    const int64_t count = r.integer("sections");
    check(count >= 1 && count < (1 << 16), "{} sections", count);
    Ints places;
    for (int64_t i = 1, at = 0; i < count; ++i) places.push_back(at += n / count + (i <= n % count));
    return cut_at(r, axis, places);
}

std::vector<ValueId> unbind(NodeReader& r) {
    const int64_t axis = split_axis(r), n = extent(r, axis);
    supported(n < (1 << 16), "{} pieces", n);
    Shape flat = r.shape("self");
    flat.erase(flat.begin() + axis);
    std::vector<ValueId> out;
    for (ValueId piece : pieces(r, axis, Ints(static_cast<size_t>(n), 1))) out.push_back(r.m.reshape(piece, flat));
    return out;
}

// Tensors of shape [0] join anything.
std::vector<ValueId> cat(NodeReader& r) {
    std::vector<ValueId> parts;
    for (ValueId part : same_type(r, r.tensors("tensors")))
        if (r.m.shape(part) != Shape{0}) parts.push_back(part);
    if (parts.empty()) return {r.tensors("tensors")[0]};
    return {r.m.concat(parts, r.axis("dim", std::ssize(r.m.shape(parts[0])), 0))};
}

std::vector<ValueId> stack(NodeReader& r) {
    const auto parts = same_type(r, r.tensors("tensors"));
    return {stack_steps(r.b, parts, r.axis("dim", std::ssize(r.m.shape(parts[0])) + 1, 0))};
}

namespace {

// Tensors with at least so many dimensions: [n] is [1,n] of two, [1,n,1] of three; [m,n] is [m,n,1].
ValueId at_least(Compose& m, ValueId x, size_t rank) {
    Shape s = m.shape(x);
    if (s.empty()) s.push_back(1);
    if (s.size() == 1 && rank >= 2) s.insert(s.begin(), 1);
    if (s.size() == 2 && rank >= 3) s.push_back(1);
    return m.reshape(x, s);
}

std::vector<ValueId> joined(NodeReader& r, size_t rank, int64_t axis) {
    std::vector<ValueId> parts = same_type(r, r.tensors("tensors"));
    for (ValueId& part : parts) part = at_least(r.m, part, rank);
    return {r.m.concat(parts, std::min(axis, std::ssize(r.m.shape(parts[0])) - 1))};
}

std::vector<ValueId> each_at_least(NodeReader& r, size_t rank) {
    std::vector<ValueId> out = r.tensors(r.has("tensors") ? "tensors" : "self");
    for (ValueId& x : out) x = at_least(r.m, x, rank);
    return out;
}

}  // namespace

std::vector<ValueId> hstack(NodeReader& r) { return joined(r, 1, 1); }
std::vector<ValueId> vstack(NodeReader& r) { return joined(r, 2, 0); }
std::vector<ValueId> dstack(NodeReader& r) { return joined(r, 3, 2); }
std::vector<ValueId> atleast_1d(NodeReader& r) { return each_at_least(r, 1); }
std::vector<ValueId> atleast_2d(NodeReader& r) { return each_at_least(r, 2); }
std::vector<ValueId> atleast_3d(NodeReader& r) { return each_at_least(r, 3); }

// Vectors are columns.
std::vector<ValueId> column_stack(NodeReader& r) {
    std::vector<ValueId> parts = same_type(r, r.tensors("tensors"));
    for (ValueId& part : parts)
        if (r.m.shape(part).size() < 2) part = r.m.reshape(part, {r.b.type(part).elements(), 1});
    return {r.m.concat(parts, 1)};
}

// Neighbours' differences, n times.
std::vector<ValueId> diff(NodeReader& r) {
    const int64_t axis = r.axis("dim", std::ssize(r.shape("self")), -1);
    std::vector<ValueId> parts;
    for (std::string_view name : {"prepend", "self", "append"})
        if (r.has(name)) parts.push_back(r.tensor(name));
    ValueId x = r.m.concat(parts, axis);
    for (int64_t i = r.integer("n", 1); i > 0; --i) {
        const int64_t n = r.m.shape(x)[static_cast<size_t>(axis)];
        const int64_t left = std::max<int64_t>(n - 1, 0);
        const ValueId after = r.m.slice(x, axis, std::min<int64_t>(n, 1), n), before = r.m.slice(x, axis, 0, left);
        x = r.m.dtype(x) == DType::boolean ? r.b.add(op::NotEqual, {after, before}) : r.m.sub(after, before);
        if (left == 0) break;
    }
    return {x};
}

namespace {

// The positions from, from + step, ... below to of x along an axis are those of src.
ValueId set_range(NodeReader& r, ValueId x, ValueId src, const Range& p) {
    const Shape s = r.m.shape(x);
    src = r.m.cast(src, r.m.dtype(x));
    const int64_t n = s[static_cast<size_t>(p.axis)];
    if (p.from >= p.to) return x;
    if (p.step == 1) {
        std::vector<ValueId> parts;
        if (p.from > 0) parts.push_back(r.m.slice(x, p.axis, 0, p.from));
        parts.push_back(src);
        if (p.to < n) parts.push_back(r.m.slice(x, p.axis, p.to, n));
        return r.m.concat(parts, p.axis);
    }
    supported(n <= 1 << 24, "every {}th of {} elements", p.step, n);
    const ValueId both = r.m.concat({x, src}, p.axis);
    Ints source = iota(n);
    int64_t next = n;
    for (int64_t i = p.from; i < p.to; i += p.step) source[static_cast<size_t>(i)] = next++;
    return r.b.add(op::Gather, {both, integers(r.b, source, {n}, DType::i32)}, {{"axis", p.axis}});
}

}  // namespace

std::vector<ValueId> slice_scatter(NodeReader& r) {
    const ValueId x = r.tensor("self");
    const Range p = range(r, r.m.shape(x));
    Shape part = r.m.shape(x);
    part[static_cast<size_t>(p.axis)] = (p.to - p.from + p.step - 1) / p.step;
    return {set_range(r, x, r.m.expand(r.tensor("src"), part), p)};
}

std::vector<ValueId> select_scatter(NodeReader& r) {
    const ValueId x = r.tensor("self");
    Shape part = r.m.shape(x);
    const int64_t axis = split_axis(r), at = index_of(r, part[static_cast<size_t>(axis)]);
    part[static_cast<size_t>(axis)] = 1;
    return {set_range(r, x, r.m.reshape(r.tensor("src"), part), {axis, at, at + 1, 1})};
}

std::vector<ValueId> copy(NodeReader& r) {
    const ValueId x = r.tensor("self");
    return {r.m.expand(r.m.cast(r.tensor("src"), r.m.dtype(x)), r.m.shape(x))};
}

// Windows of `size` every `step`, along a new last dimension.
std::vector<ValueId> unfold(NodeReader& r) {
    const ValueId x = r.tensor("self");
    const Shape s = r.m.shape(x);
    const int64_t axis = r.axis("dimension", std::ssize(s)), n = s[static_cast<size_t>(axis)], size = r.integer("size"),
                  step = r.integer("step");
    check(size >= 1 && size <= n && step >= 1, "windows of {} every {} over {}", size, step, n);
    const int64_t count = (n - size) / step + 1;
    Ints list;
    supported(count <= (1 << 20) / size, "{} windows of {}", count, size);
    for (int64_t i = 0; i < count; ++i)
        for (int64_t k = 0; k < size; ++k) list.push_back(i * step + k);
    const ValueId read = r.b.add(op::Gather, {x, integers(r.b, list, {count, size}, DType::i32)}, {{"axis", axis}});
    Ints perm = iota(std::ssize(s) + 1);
    perm.erase(perm.begin() + axis + 1);
    perm.push_back(axis + 1);
    return {r.m.transpose(read, perm)};
}

// The k-th diagonal of two dimensions, as the last one.
std::vector<ValueId> diagonal(NodeReader& r) {
    ValueId x = r.tensor("self");
    const Shape s = r.m.shape(x);
    const int64_t rank = std::ssize(s), a = r.axis("dim1", rank, 0), b = r.axis("dim2", rank, 1), k = r.integer("offset", 0);
    check(rank >= 2 && a != b, "a diagonal of one dimension");
    Ints perm;
    for (int64_t d = 0; d < rank; ++d)
        if (d != a && d != b) perm.push_back(d);
    Shape outer;
    for (int64_t d : perm) outer.push_back(s[static_cast<size_t>(d)]);
    perm.push_back(a), perm.push_back(b);
    const int64_t rows = s[static_cast<size_t>(a)], columns = s[static_cast<size_t>(b)];
    const int64_t top = std::max<int64_t>(0, k < -rows ? rows : -k), left = std::max<int64_t>(0, k > columns ? columns : k);
    const int64_t count = std::max<int64_t>(0, std::min(rows - top, columns - left));
    Ints at;
    for (int64_t i = 0; i < count; ++i) at.push_back((top + i) * columns + left + i);
    Shape flat(outer);
    flat.push_back(rows * columns);
    x = r.m.reshape(r.m.transpose(x, perm), flat);
    return {r.b.add(op::Gather, {x, integers(r.b, at, {count}, DType::i32)}, {{"axis", std::ssize(flat) - 1}})};
}

namespace {

std::vector<ValueId> triangle(NodeReader& r, bool upper) {
    const ValueId x = r.tensor("self");
    const Shape s = r.m.shape(x);
    check(s.size() >= 2, "{} is no matrix", to_string(s));
    const int64_t rows = s[s.size() - 2], columns = s.back(), k = r.integer("diagonal", 0);
    supported(rows <= (1 << 24) / std::max<int64_t>(columns, 1), "a triangle of {} x {}", rows, columns);
    std::vector<float> kept(static_cast<size_t>(rows * columns), 0.0f);
    for (int64_t i = 0; i < rows; ++i)
        for (int64_t j = 0; j < columns; ++j)
            if (upper ? j - i >= k : j - i <= k) kept[static_cast<size_t>(i * columns + j)] = 1;
    const ValueId mask = r.m.cast(r.b.floats(std::move(kept), {rows, columns}), DType::boolean);
    return {r.b.add(op::Where, {mask, x, r.m.number(0, x)})};
}

}  // namespace

std::vector<ValueId> tril(NodeReader& r) { return triangle(r, false); }
std::vector<ValueId> triu(NodeReader& r) { return triangle(r, true); }

}  // namespace tinsmith::torch::from_torch
