#include "op/pad.hpp"

#include "kernel/pad.h"
#include "op/list.hpp"
#include "op/move.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = movable_input(c);
    const std::string& mode = c.node.text("mode");
    check(mode == "constant" || mode == "reflect" || mode == "symmetric", "'mode' is '{}'", mode);
    supported(!x.quant || x.quant->axis < 0, "padding {}, which is quantised per axis", to_string(x));
    Type y{x.dtype, {}, x.quant};
    if (c.has(2))
        check(c.type(2).dtype == x.dtype && c.type(2).elements() == 1, "'value' is {}, expected one {}", to_string(c.type(2)),
              dtype_name(x.dtype));
    if (c.has(1)) {
        check_integers(c, 1);
        check(c.type(1).shape == Shape({x.rank(), 2}), "'pads' is {}, expected {}x2", to_string(c.type(1)), x.rank());
        y.shape = declared_shape(c, x.rank());
        if (mode != "constant") check(x.elements() > 0 || element_count(y.shape) == 0, "nothing to mirror in {}", to_string(x));
        return {y};
    }
    const Ints& before = per_dimension(c, "before", x.rank());
    const Ints& after = per_dimension(c, "after", x.rank());
    for (size_t d = 0; d < before.size(); ++d) {
        constexpr int64_t limit = int64_t{1} << 40;
        check(before[d] >= 0 && before[d] <= limit && after[d] >= 0 && after[d] <= limit,
              "padding {},{} along dimension {} of {}", before[d], after[d], d, to_string(x));
        int64_t most = mode == "constant" ? limit : mode == "reflect" ? x.shape[d] - 1 : x.shape[d];
        check(std::max(before[d], after[d]) <= std::max<int64_t>(most, 0), "mode '{}' cannot add {},{} to dimension {} of {}",
              mode, before[d], after[d], d, to_string(x));
        y.shape.push_back(x.shape[d] + before[d] + after[d]);
    }
    return {y};
}

std::optional<Ints> joined_pads(const Node& pad, const Ints& pads) {
    if (pad.inputs.size() != 1 || pad.text("mode") != "constant") return std::nullopt;
    const Ints &before = pad.ints("before"), &after = pad.ints("after");
    if (before.size() < 3) return std::nullopt;
    const size_t rank = before.size(), spatial = rank - 2;
    if (before.front() || after.front() || before.back() || after.back() || pads.size() != 2 * spatial) return std::nullopt;
    Ints out = pads;
    for (size_t d = 0; d < spatial; ++d) {
        out[d] += before[d + 1];
        out[spatial + d] += after[d + 1];
    }
    return out;
}

// The padding value as the bytes of one element; integers take the nearest.
static void encode(double value, DType dtype, std::byte* out) {
    auto put = [&](auto v) { std::memcpy(out, &v, sizeof v); };
    double whole = std::isnan(value) ? 0 : std::nearbyint(value);
    auto clamped = [&]<class T>(T) {
        constexpr auto low = static_cast<double>(std::numeric_limits<T>::min()),
                       high = static_cast<double>(std::numeric_limits<T>::max());
        put(whole <= low    ? std::numeric_limits<T>::min()
            : whole >= high ? std::numeric_limits<T>::max()
                            : static_cast<T>(whole));
    };
    switch (dtype) {
        case DType::f32: return put(static_cast<float>(value));
        case DType::f64: return put(value);
        case DType::i8: return clamped(int8_t{});
        case DType::u8: return clamped(uint8_t{});
        case DType::i16: return clamped(int16_t{});
        case DType::u16: return clamped(uint16_t{});
        case DType::i32: return clamped(int32_t{});
        case DType::u32: return clamped(uint32_t{});
        case DType::i64: return clamped(int64_t{});
        case DType::u64: return clamped(uint64_t{});
        case DType::boolean: return put(static_cast<uint8_t>(value != 0));
        default: return put(uint16_t{0});  // half floats pad with zero
    }
}

// Quantised activations are padded with what stands for `value`: the zero point, if it is 0.
static double stored_value(const EvalContext& c) {
    const std::optional<Quant>& quant = c.in[0].type->quant;
    const double value = c.node.real("value");
    return quant ? std::round(value / quant->scale[0]) + static_cast<double>(quant->zero_point[0]) : value;
}

static void fill_and_copy(const EvalContext& c, const Ints& before) {
    const Shape &in = c.in[0].type->shape, &out = c.out[0].type->shape;
    int64_t size = element_size(*c.in[0].type), count = c.out[0].type->elements();
    std::byte value[8];
    if (c.has(2))
        std::memcpy(value, c.in[2].data, static_cast<size_t>(size));
    else
        encode(stored_value(c), c.in[0].type->dtype, value);
    known(c, reinterpret_cast<const uint8_t*>(value), 8);
    call(c, tin_fill, value, c.out[0].data, count, size);
    auto from = row_strides(in), to = row_strides(out);
    int64_t read = 0, write = 0;
    Walk walk;
    for (size_t d = 0; d < in.size(); ++d) {
        int64_t lead = std::clamp(before[d], -in[d], out[d]);  // a negative one, known at run time only, crops
        int64_t skip = std::max<int64_t>(-lead, 0), at = std::max<int64_t>(lead, 0);
        read += skip * from[d];
        write += at * to[d];
        walk.axis(std::min(in[d] - skip, out[d] - at), from[d], to[d]);
    }
    walk.run(c, c.in[0].data + read * size, c.out[0].data + write * size, size);
}

static void eval(const EvalContext& c) {
    const Shape &in = c.in[0].type->shape, &out = c.out[0].type->shape;
    Ints before(in.size());
    for (size_t d = 0; d < in.size(); ++d)
        before[d] = c.has(1) ? index_at(c.in[1], static_cast<int64_t>(2 * d)) : c.node.ints("before")[d];
    const std::string& mode = c.node.text("mode");
    if (mode == "constant" || in.empty()) return fill_and_copy(c, before);
    tin_shape x{static_cast<int32_t>(in.size()), {}}, y = x;
    std::copy(in.begin(), in.end(), x.dim);
    std::copy(out.begin(), out.end(), y.dim);
    for (size_t d = 0; d < in.size(); ++d) before[d] = std::clamp<int64_t>(before[d], 0, in[d]);
    if (c.out[0].type->elements() > 0) known(c, before);
    call(c, tin_pad_mirror, c.in[0].data, c.out[0].data, &x, &y, before.data(), mode == "symmetric",
         element_size(*c.in[0].type));
}

const OpDef op::Pad{
    .name = "Pad",
    .says =
        "x with before[d] and after[d] elements added around dimension d: a value, or x mirrored without (reflect) or with its "
        "edge",
    .operands = {{"x"}, {"pads", true}, {"value", true}},
    .attrs = {{"before", Ints{}}, {"after", Ints{}}, {"mode", std::string("constant")}, {"value", 0.0}, {"shape", Ints{}}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .micro = dtypes(DType::i8, DType::i16)},
    // The narrowest of PAD, PADV2 and MIRROR_PAD.
    .tflite = {.builtin = 34,
               .accepts = dtypes(DType::f32, DType::f16, DType::bf16, DType::u8, DType::i8, DType::i16, DType::i32, DType::i64,
                                 DType::boolean),
               .max_rank = 5},
};

}  // namespace tinsmith
