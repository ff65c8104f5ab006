// Matrix products.
#include "frontend/compose/product.hpp"

#include "frontend/compose/einsum.hpp"
#include "frontend/torch/operand.hpp"

#include <algorithm>

namespace tinsmith::torch::from_torch {

namespace {

// scale x, where it is not 1.
ValueId times(NodeReader& r, ValueId x, std::string_view scale) {
    return r.is_number(scale) ? r.m.scaled(x, r.real(scale)) : x;
}

// beta self + alpha product.
std::vector<ValueId> plus_product(NodeReader& r, ValueId product) {
    product = times(r, product, "alpha");
    if (r.is_number("beta") && r.real("beta") == 0) return {product};
    return {r.m.add(times(r, r.tensor("self"), "beta"), product)};
}

// A fully connected layer where its weights [out, in] are constant or computed.
ValueId layer(NodeReader& r, ValueId x, ValueId weights, ValueId bias) {
    const Shape s = r.m.shape(x);
    if (s.size() == 1) {
        const ValueId y = r.b.add(op::FullyConnected, {r.m.reshape(x, {1, s[0]}), weights, bias});
        return r.m.reshape(y, {r.m.shape(y)[1]});
    }
    return r.b.add(op::FullyConnected, {x, weights, bias});
}

}  // namespace

std::vector<ValueId> linear(NodeReader& r) {
    const ValueId x = float_operand(r, "input"), weights = r.tensor("weight"), bias = r.tensor_or_none("bias");
    check(!r.m.shape(x).empty(), "the input is a scalar");
    if (r.m.shape(weights).size() == 1) {
        const ValueId y = matrix_product(r.m, x, weights);
        return {bias == no_value ? y : r.m.add(y, bias)};
    }
    return {layer(r, x, weights, bias)};
}

std::vector<ValueId> matmul(NodeReader& r) {
    return {matrix_product(r.m, r.tensor("self"), r.tensor(r.has("other") ? "other" : "mat2"))};
}
std::vector<ValueId> mm(NodeReader& r) { return {matrix_product(r.m, r.tensor("self"), r.tensor("mat2"))}; }
std::vector<ValueId> mv(NodeReader& r) { return {matrix_product(r.m, r.tensor("self"), r.tensor("vec"))}; }
std::vector<ValueId> dot(NodeReader& r) {
    return {r.m.reduce(op::ReduceSum, r.m.mul(r.tensor("self"), r.tensor(r.has("tensor") ? "tensor" : "other")), {0}, false)};
}

// With a bias of one row and constant weights this is a fully connected layer.
std::vector<ValueId> addmm(NodeReader& r) {
    const ValueId bias = r.tensor("self"), a = r.tensor("mat1"), b = r.tensor("mat2");
    const bool plain = r.real("alpha", 1) == 1 && r.real("beta", 1) == 1;
    const bool row = r.m.shape(bias).size() == 1 && r.m.shape(b).size() == 2 && r.m.shape(bias)[0] == r.m.shape(b)[1];
    if (plain && row && r.b.graph.is_constant(b) && r.m.dtype(a) == DType::f32)
        return {layer(r, a, r.m.transpose(b, {1, 0}), bias)};
    return plus_product(r, matrix_product(r.m, a, b));
}

std::vector<ValueId> addmv(NodeReader& r) { return plus_product(r, matrix_product(r.m, r.tensor("mat"), r.tensor("vec"))); }
std::vector<ValueId> baddbmm(NodeReader& r) {
    return plus_product(r, matrix_product(r.m, r.tensor("batch1"), r.tensor("batch2")));
}
std::vector<ValueId> addbmm(NodeReader& r) {
    return plus_product(r, r.m.reduce(op::ReduceSum, matrix_product(r.m, r.tensor("batch1"), r.tensor("batch2")), {0}, false));
}

std::vector<ValueId> outer(NodeReader& r) {
    const ValueId a = r.tensor("self"), b = r.tensor("vec2");
    return {r.m.mul(r.m.reshape(a, {r.b.type(a).elements(), 1}), b)};
}

std::vector<ValueId> einsum(NodeReader& r) { return {tinsmith::einsum(r.m, r.text("equation", ""), r.tensors("tensors"))}; }

namespace {

// x as a matrix whose columns, or rows, are the dimensions that are summed over.
ValueId as_matrix(Compose& m, ValueId x, const Ints& summed, bool columns, Shape& kept) {
    const Shape s = m.shape(x);
    Ints others;
    for (int64_t d = 0; d < std::ssize(s); ++d)
        if (std::find(summed.begin(), summed.end(), d) == summed.end()) others.push_back(d);
    int64_t rows = 1, length = 1;
    for (int64_t d : others) kept.push_back(s[static_cast<size_t>(d)]), rows *= s[static_cast<size_t>(d)];
    for (int64_t d : summed) length *= s[static_cast<size_t>(d)];
    Ints perm = columns ? others : summed;
    perm.insert(perm.end(), columns ? summed.begin() : others.begin(), columns ? summed.end() : others.end());
    return m.reshape(m.transpose(x, perm), columns ? Shape{rows, length} : Shape{length, rows});
}

ValueId contracted(Compose& m, ValueId a, ValueId b, const Ints& of_a, const Ints& of_b) {
    check(of_a.size() == of_b.size(), "{} dimensions meet {}", of_a.size(), of_b.size());
    Shape out;
    const ValueId left = as_matrix(m, a, of_a, true, out), right = as_matrix(m, b, of_b, false, out);
    return m.reshape(matrix_product(m, left, right), out);
}

}  // namespace

std::vector<ValueId> tensordot(NodeReader& r) {
    const ValueId a = r.tensor("self"), b = r.tensor("other");
    return {contracted(r.m, a, b, normalized_axes(r.integers("dims_self"), std::ssize(r.m.shape(a))),
                       normalized_axes(r.integers("dims_other"), std::ssize(r.m.shape(b))))};
}

std::vector<ValueId> inner(NodeReader& r) {
    const ValueId a = r.tensor("self"), b = r.tensor("other");
    if (r.m.shape(a).empty() || r.m.shape(b).empty()) return {r.m.mul(a, b)};
    return {contracted(r.m, a, b, {std::ssize(r.m.shape(a)) - 1}, {std::ssize(r.m.shape(b)) - 1})};
}

// y[..., o] = sum of x1[..., i] weight[o, i, j] x2[..., j].
std::vector<ValueId> bilinear(NodeReader& r) {
    const ValueId a = float_operand(r, "input1"), b = float_operand(r, "input2"), w = r.tensor("weight");
    const Shape s = r.m.shape(w), x = r.m.shape(a);
    check(s.size() == 3 && !x.empty() && x.back() == s[1] && !r.m.shape(b).empty() && r.m.shape(b).back() == s[2],
          "weights of shape {} do not fit inputs {} and {}", to_string(s), to_string(x), to_string(r.m.shape(b)));
    const int64_t rows = element_count(x) / s[1];
    const ValueId left = r.m.reshape(a, {rows, s[1], 1}), right = r.m.reshape(b, {rows, 1, s[2]});
    const ValueId products = r.m.reshape(r.m.mul(left, right), {rows, s[1] * s[2]});
    ValueId y = r.b.add(op::FullyConnected, {products, r.m.reshape(w, {s[0], s[1] * s[2]}), r.tensor_or_none("bias")});
    Shape out(x);
    out.back() = s[0];
    return {r.m.reshape(y, out)};
}

// Three tensors, each with dimensions of one in some places, multiplied and summed: what nn.Bilinear decomposes to.
std::vector<ValueId> trilinear(NodeReader& r) {
    auto expanded = [&](std::string_view name, std::string_view places) {
        const ValueId x = r.tensor(name);
        Shape s = r.m.shape(x);
        for (int64_t d : r.integers(places, {})) {
            check(d >= 0 && d <= std::ssize(s), "'{}' has {}", places, d);
            s.insert(s.begin() + d, 1);
        }
        return r.m.reshape(x, s);
    };
    const ValueId product = r.m.mul(r.m.mul(expanded("i1", "expand1"), expanded("i2", "expand2")), expanded("i3", "expand3"));
    const Ints dims = normalized_axes(r.integers("sumdim", {}), std::ssize(r.m.shape(product)));
    return {dims.empty() ? product : r.m.reduce(op::ReduceSum, product, dims, false)};
}

}  // namespace tinsmith::torch::from_torch
