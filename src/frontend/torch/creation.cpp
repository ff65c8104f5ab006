// Operators that make a tensor of nothing but its shape. What is called empty is zeros.
#include "frontend/torch/operand.hpp"

#include <cmath>

namespace tinsmith::torch::from_torch {

namespace {

DType wanted(NodeReader& r, DType fallback) {
    if (const auto dtype = r.dtype("dtype")) return *dtype;
    return r.declared.empty() || !r.declared[0] ? fallback : r.declared[0]->dtype;
}

ValueId filled(NodeReader& r, double value, DType dtype, const Shape& shape) {
    supported(element_count(shape) <= int64_t{1} << 31, "a tensor of shape {}", to_string(shape));
    return r.b.splat(value, {dtype, shape, {}});
}

std::vector<ValueId> of_size(NodeReader& r, double value) {
    const DType like = r.has("self") ? r.type("self").dtype : DType::f32;
    return {filled(r, value, wanted(r, like), r.integers("size"))};
}

std::vector<ValueId> like(NodeReader& r, double value) {
    const Type type = r.type("self");
    return {filled(r, value, wanted(r, type.dtype), type.shape)};
}

// A number, or a tensor of one element.
ValueId fill(NodeReader& r, std::string_view name, DType dtype, const Shape& shape) {
    if (r.is_number(name)) return filled(r, r.real(name), dtype, shape);
    return r.m.expand(r.m.reshape(r.m.cast(r.tensor(name), dtype), {}), shape);
}

}  // namespace

std::vector<ValueId> zeros(NodeReader& r) { return of_size(r, 0); }
std::vector<ValueId> ones(NodeReader& r) { return of_size(r, 1); }
std::vector<ValueId> zeros_like(NodeReader& r) { return like(r, 0); }
std::vector<ValueId> ones_like(NodeReader& r) { return like(r, 1); }
std::vector<ValueId> full(NodeReader& r) { return {fill(r, "fill_value", wanted(r, DType::f32), r.integers("size"))}; }
std::vector<ValueId> full_like(NodeReader& r) {
    const Type type = r.type("self");
    return {fill(r, "fill_value", wanted(r, type.dtype), type.shape)};
}
std::vector<ValueId> fill_with(NodeReader& r) {
    const Type type = r.type("self");
    return {fill(r, "value", type.dtype, type.shape)};
}
std::vector<ValueId> zero(NodeReader& r) { return like(r, 0); }

std::vector<ValueId> scalar_tensor(NodeReader& r) { return {fill(r, "s", wanted(r, DType::f32), {})}; }

std::vector<ValueId> arange(NodeReader& r) {
    const double start = r.real("start", 0), end = r.real("end"), step = r.real("step", 1);
    const double count = std::ceil((end - start) / step);
    check(step != 0 && std::isfinite(count) && count >= 0 && count <= 1 << 24, "a range from {} to {} in steps of {}", start,
          end, step);
    const auto n = static_cast<size_t>(count);
    const DType dtype = wanted(r, DType::i64);
    if (is_float(dtype)) {
        std::vector<float> list(n);
        for (size_t i = 0; i < n; ++i) list[i] = static_cast<float>(start + static_cast<double>(i) * step);
        return {r.b.floats(std::move(list), {static_cast<int64_t>(n)})};
    }
    Ints list(n);
    for (size_t i = 0; i < n; ++i) list[i] = static_cast<int64_t>(start + static_cast<double>(i) * step);
    return {integers(r.b, list, {static_cast<int64_t>(n)}, dtype)};
}

std::vector<ValueId> linspace(NodeReader& r) {
    const double start = r.real("start"), end = r.real("end");
    const int64_t steps = r.integer("steps");
    check(steps >= 0 && steps <= 1 << 24, "{} steps", steps);
    std::vector<float> list(static_cast<size_t>(steps));
    for (int64_t i = 0; i < steps; ++i)
        list[static_cast<size_t>(i)] = static_cast<float>(
            steps == 1 ? start : start + (end - start) * static_cast<double>(i) / static_cast<double>(steps - 1));
    return {r.m.cast(r.b.floats(std::move(list), {steps}), wanted(r, DType::f32))};
}

// Each vector along a dimension of its own, repeated along the others.
std::vector<ValueId> meshgrid(NodeReader& r) {
    const auto parts = r.tensors("tensors");
    const bool swapped = r.text("indexing", "ij") == "xy" && parts.size() >= 2;
    auto place = [&](size_t i) { return swapped && i < 2 ? 1 - i : i; };
    Shape all(parts.size(), 1);
    for (size_t i = 0; i < parts.size(); ++i) {
        check(parts[i] != no_value && r.m.shape(parts[i]).size() <= 1, "a grid of what is no vector");
        all[place(i)] = r.b.type(parts[i]).elements();
    }
    std::vector<ValueId> out;
    for (size_t i = 0; i < parts.size(); ++i) {
        Shape along(all.size(), 1);
        along[place(i)] = all[place(i)];
        out.push_back(r.m.expand(r.m.reshape(parts[i], along), all));
    }
    return out;
}

namespace {

// Rows and columns of the elements of a triangle.
std::vector<ValueId> triangle_indices(NodeReader& r, bool upper) {
    const int64_t rows = r.integer("row"), columns = r.integer("col"), k = r.integer("offset", 0);
    check(rows >= 0 && columns >= 0 && rows <= (1 << 24) / std::max<int64_t>(columns, 1), "a triangle of {} x {}", rows,
          columns);
    Ints list, second;
    for (int64_t i = 0; i < rows; ++i)
        for (int64_t j = 0; j < columns; ++j)
            if (upper ? j - i >= k : j - i <= k) list.push_back(i), second.push_back(j);
    const int64_t count = std::ssize(second);
    list.insert(list.end(), second.begin(), second.end());
    return {integers(r.b, list, {2, count}, wanted(r, DType::i64))};
}

}  // namespace

std::vector<ValueId> tril_indices(NodeReader& r) { return triangle_indices(r, false); }
std::vector<ValueId> triu_indices(NodeReader& r) { return triangle_indices(r, true); }

std::vector<ValueId> eye(NodeReader& r) {
    const int64_t n = r.integer("n"), columns = r.integer("m", n);
    check(n >= 0 && columns >= 0 && n <= (1 << 24) / std::max<int64_t>(columns, 1), "an identity of {} x {}", n, columns);
    std::vector<float> list(static_cast<size_t>(n * columns), 0.0f);
    for (int64_t i = 0; i < std::min(n, columns); ++i) list[static_cast<size_t>(i * columns + i)] = 1;
    return {r.m.cast(r.b.floats(std::move(list), {n, columns}), wanted(r, DType::f32))};
}

}  // namespace tinsmith::torch::from_torch
