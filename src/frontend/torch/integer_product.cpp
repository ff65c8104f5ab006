// torchao's integer layers: products of stored integers, and activations whose scales are chosen while the model runs. Both are read as
// products of the real numbers that the integers stand for, whose weights lie on their lattice, so that the method decides.
#include "frontend/compose/product.hpp"
#include "frontend/torch/operand.hpp"

namespace tinsmith::torch::from_torch {

// Scales that are chosen at run time are 1 here, and what is quantised by them stays real: its rounding is the method's to choose
// (dynamic_range does it as torchao does).
std::vector<ValueId> choose_qparams_affine(NodeReader& r) {
    supported(!r.b.graph.is_constant(r.tensor("input")),
              "scales chosen from weights while the model runs (training); convert the model first: quantize_(model, "
              "QATConfig(base_config, step=\"convert\"))");
    check(r.declared.size() >= 2 && r.declared[0] && r.declared[1], "the shapes of the scales are not known");
    const auto filled = [&](double value, const Type& type) { return r.m.expand(r.b.scalar(value, type.dtype), type.shape); };
    const ValueId scale = filled(1, *r.declared[0]);
    r.real_scales->insert(scale);
    return {scale, filled(0, *r.declared[1])};
}

// int8 x int8 -> int32. Of a stored scale s and zero point z: (real / s + z) W = real W / s + z (the sums of W's columns).
std::vector<ValueId> int_mm(NodeReader& r) {
    const ValueId a = r.tensor("self"), b = r.m.cast(r.tensor("mat2"), DType::f32);
    const Type type = r.b.type(a);
    if (type.dtype == DType::f32) return {matrix_product(r.m, a, b)};
    if (!type.quant || type.quant->axis >= 0) return {r.m.cast(matrix_product(r.m, r.m.cast(a, DType::f32), b), DType::i32)};
    const ValueId y = r.m.scaled(matrix_product(r.m, r.b.add(op::Dequantize, {a}), b), 1.0 / type.quant->scale[0]);
    const auto zero = static_cast<double>(type.quant->zero_point[0]);
    if (zero == 0) return {y};
    return {r.m.add(y, r.m.scaled(r.m.reduce(op::ReduceSum, b, {0}, true), zero))};
}

}  // namespace tinsmith::torch::from_torch
