// Programs quantised by PT2E, torchao or FX: each quantisation becomes a Quantize whose scales the quantiser keeps, each dequantisation a
// Dequantize; a fake quantisation is both.
#include "frontend/compose/quantize.hpp"

#include "frontend/torch/operand.hpp"

#include <algorithm>
#include <limits>

namespace tinsmith::torch::from_torch {

namespace {

struct Bounds {
    double low, high;
};

Bounds bounds_of(DType dtype) {
    switch (dtype) {
        case DType::i8: return {-128, 127};
        case DType::u8: return {0, 255};
        case DType::i16: return {-32768, 32767};
        case DType::u16: return {0, 65535};
        case DType::i32: return {-2147483648.0, 2147483647.0};
        default: fail(Fault::unsupported, "quantisation to {}; TFLite has int8, uint8 and int16", dtype_name(dtype));
    }
}

// Scales and zero points, one or one for each index along an axis.
Scaling scaling(NodeReader& r, std::string_view scale, std::string_view zero_point, int64_t axis) {
    ValueId scales = r.m.cast(r.tensor(scale), DType::f32);
    ValueId zeros = r.has(zero_point) ? r.tensor(zero_point) : no_value;
    if (zeros != no_value && is_float(r.m.dtype(zeros))) zeros = r.m.cast(zeros, DType::i64);
    if (r.b.type(scales).elements() == 1) scales = r.m.reshape(scales, {});
    if (zeros != no_value && r.b.type(zeros).elements() == 1) zeros = r.m.reshape(zeros, {});
    return {scales, zeros, axis, 0};
}

// Blocks of torchao: one for the whole tensor, or one for each index along one axis. Returns that axis, -1 for the whole.
int64_t block_axis(NodeReader& r, const Shape& shape) {
    const Ints block = r.integers("block_size");
    check(block.size() == shape.size(), "a block of {} in {}", to_string(block), to_string(shape));
    int64_t axis = -1;
    for (size_t d = 0; d < shape.size(); ++d) {
        if (block[d] == shape[d] || block[d] == -1) continue;
        supported(block[d] == 1 && axis < 0, "blocks of {} in {}; TFLite has one scale for a tensor or for each channel",
                  to_string(block), to_string(shape));
        axis = static_cast<int64_t>(d);
    }
    return axis;
}

// Flat parameters, as there is one for each index along the axis.
Scaling flat(NodeReader& r, Scaling s) {
    for (ValueId* v : {&s.scale, &s.zero_point})
        if (*v != no_value && r.b.type(*v).elements() > 1) *v = r.m.reshape(*v, {r.b.type(*v).elements()});
    return s;
}

// Integers of a part of the type's range are those of reals of a part of the real range.
ValueId cut(NodeReader& r, ValueId x, const Scaling& s, DType dtype) {
    const Bounds whole = bounds_of(dtype);
    const double low = r.real("quant_min", whole.low), high = r.real("quant_max", whole.high);
    if (low <= whole.low && high >= whole.high) return x;
    const Shape shape = r.m.shape(x);
    auto real = [&](double step) {
        Formula at = formula(r, r.b.scalar(step, DType::f32));
        if (s.zero_point != no_value) at = at - cast(formula(r, s.zero_point), DType::f32);
        at = at * formula(r, s.scale);
        if (r.m.shape(at).empty()) return at;
        Shape along(shape.size(), 1);
        along[static_cast<size_t>(s.axis)] = r.b.type(at).elements();
        return formula(r, r.m.reshape(at, along));
    };
    return min(max(formula(r, x), real(low)), real(high));
}

DType stored_type(NodeReader& r, std::string_view name) {
    const auto dtype = r.dtype(name);
    if (dtype) return *dtype;
    return !r.declared.empty() && r.declared[0] ? r.declared[0]->dtype : DType::i8;
}

ValueId stored(NodeReader& r, const Scaling& s, DType dtype) {
    const ValueId x = as_float(r, r.tensor(r.has("input") ? "input" : "self"));
    return quantized(r.b, cut(r, x, s, dtype), s, dtype);
}

std::vector<ValueId> fake(NodeReader& r, const Scaling& s) {
    const double low = r.real("quant_min"), high = r.real("quant_max");
    const DType dtype = low >= 0 && high <= 255 ? DType::u8 : low >= -128 && high <= 127 ? DType::i8 : DType::i16;
    return {dequantized(r.b, stored(r, s, dtype), s)};
}

int64_t channel_axis(NodeReader& r) { return r.axis("axis", std::ssize(r.shape(r.has("input") ? "input" : "self"))); }

Scaling affine(NodeReader& r) {
    const Shape shape = r.shape("input");
    return flat(r, scaling(r, "scale", "zero_point", std::max<int64_t>(0, block_axis(r, shape))));
}

}  // namespace

std::vector<ValueId> quantize_per_tensor(NodeReader& r) {
    return {stored(r, scaling(r, "scale", "zero_point", 0), stored_type(r, "dtype"))};
}
std::vector<ValueId> dequantize_per_tensor(NodeReader& r) {
    return {dequantized(r.b, r.tensor("input"), scaling(r, "scale", "zero_point", 0))};
}
std::vector<ValueId> quantize_per_channel(NodeReader& r) {
    return {stored(r, scaling(r, "scales", "zero_points", channel_axis(r)), stored_type(r, "dtype"))};
}
std::vector<ValueId> dequantize_per_channel(NodeReader& r) {
    return {dequantized(r.b, r.tensor("input"), scaling(r, "scales", "zero_points", channel_axis(r)))};
}
std::vector<ValueId> quantize_affine(NodeReader& r) {
    if (r.real_scales->contains(r.tensor("scale"))) return {as_float(r, r.tensor("input"))};
    return {stored(r, affine(r), stored_type(r, "output_dtype"))};
}
std::vector<ValueId> dequantize_affine(NodeReader& r) {
    if (r.real_scales->contains(r.tensor("scale"))) return {r.tensor("input")};
    return {dequantized(r.b, r.tensor("input"), affine(r))};
}
std::vector<ValueId> fake_quantize_per_tensor(NodeReader& r) { return fake(r, scaling(r, "scale", "zero_point", 0)); }
// Fake quantisation together with the observer that moves its scales in training.
std::vector<ValueId> fused_fake_quantize(NodeReader& r) {
    supported(r.real("observer_on") == 0,
              "its observer still moves the scales with every run; before torch.export: "
              "model.eval().apply(torch.ao.quantization.disable_observer)");
    const int64_t axis = r.flag("per_row_fake_quant", false) ? r.axis("ch_axis", std::ssize(r.shape("self"))) : 0;
    const ValueId x = r.tensor("self"),
                  y = r.real("fake_quant_on") == 0 ? x : fake(r, scaling(r, "scale", "zero_point", axis))[0];
    if (r.declared.size() < 6) return {y};
    return {y, no_value, r.tensor("running_min"), r.tensor("running_max"), r.tensor("scale"), r.tensor("zero_point")};
}
std::vector<ValueId> fake_quantize_per_channel(NodeReader& r) {
    return fake(r, scaling(r, "scale", "zero_point", channel_axis(r)));
}

}  // namespace tinsmith::torch::from_torch
