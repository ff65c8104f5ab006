// DeformConv: the cells of each window, at offsets that the model computes, gathered by bilinear interpolation and multiplied with
// the weights as one matrix.
#include "frontend/compose/compose.hpp"
#include "frontend/onnx/ops.hpp"

namespace tinsmith::from_onnx {

namespace {

struct Deformation {
    int64_t batch, cells, places, height, width;  // cells of a window, places of the output
    ValueId rows, columns;                        // where each cell lies: [batch, cells * places]
};

// Where the cells of undisturbed windows lie along one axis: [1, cells * places].
ValueId undisturbed(Compose& m, const Ints& kernel, const Ints& out, const Ints& strides, const Ints& dilations,
                    const Ints& pads, size_t axis) {
    std::vector<float> at;
    for (int64_t ky = 0; ky < kernel[0]; ++ky)
        for (int64_t kx = 0; kx < kernel[1]; ++kx)
            for (int64_t y = 0; y < out[0]; ++y)
                for (int64_t x = 0; x < out[1]; ++x)
                    at.push_back(static_cast<float>((axis == 0 ? y : x) * strides[axis] +
                                                    (axis == 0 ? ky : kx) * dilations[axis] - pads[axis]));
    const int64_t count = static_cast<int64_t>(at.size());
    return m.b.floats(std::move(at), {1, count});
}

// 1 where 0 <= x <= last, else 0.
ValueId inside(Compose& m, ValueId x, int64_t last) {
    const ValueId low = m.b.add(op::GreaterOrEqual, {x, m.number(0, x)});
    const ValueId high = m.b.add(op::LessOrEqual, {x, m.number(static_cast<double>(last), x)});
    return m.cast(m.b.add(op::And, {low, high}), DType::f32);
}

// pixels [batch, height * width, channels] -> [batch, cells * places, channels]; a corner outside counts as zero.
ValueId sample(Compose& m, ValueId pixels, const Deformation& d) {
    const ValueId top = m.unary(op::Floor, d.rows), left = m.unary(op::Floor, d.columns);
    const ValueId down = m.sub(d.rows, top), right = m.sub(d.columns, left);
    ValueId sum = no_value;
    for (int corner = 0; corner < 4; ++corner) {
        const bool lower = corner / 2 != 0, righter = corner % 2 != 0;
        const ValueId y = m.add_number(top, lower), x = m.add_number(left, righter);
        auto share = [&](bool far, ValueId part) { return far ? part : m.sub(m.number(1, part), part); };
        ValueId weight = m.mul(share(lower, down), share(righter, right));
        weight = m.mul(weight, m.mul(inside(m, y, d.height - 1), inside(m, x, d.width - 1)));
        const ValueId row = m.clamp(y, 0, static_cast<double>(d.height - 1)),
                      column = m.clamp(x, 0, static_cast<double>(d.width - 1));
        const ValueId index = m.cast(m.add(m.scaled(row, static_cast<double>(d.width)), column), DType::i32);
        const ValueId values = m.b.add(op::Gather, {pixels, index}, {{"axis", int64_t{1}}, {"batch_dims", int64_t{1}}});
        const ValueId part = m.mul(values, m.reshape(weight, {d.batch, d.cells * d.places, 1}));
        sum = corner == 0 ? part : m.add(sum, part);
    }
    return sum;
}

}  // namespace

std::vector<ValueId> deform_conv(NodeReader& r) {
    Compose m{r.b};
    const Shape x = r.shape(0), weights = r.shape(1), offset = r.shape(2);
    supported(x.size() == 4 && r.type(0).dtype == DType::f32, "a deformable convolution of {}; two axes of f32 are",
              to_string(r.type(0)));
    check(weights.size() == 4 && offset.size() == 4 && offset[0] == x[0], "weights are {}, offsets are {}", to_string(weights),
          to_string(offset));
    const Ints kernel{weights[2], weights[3]}, out{offset[2], offset[3]};
    const Ints strides = r.integers("strides", Ints{1, 1}), dilations = r.integers("dilations", Ints{1, 1});
    const Ints pads = r.integers("pads", Ints{0, 0, 0, 0});
    check(strides.size() == 2 && dilations.size() == 2 && pads.size() == 4, "strides, dilations or pads");
    const int64_t group = r.integer("group", 1), offset_group = r.integer("offset_group", 1), channels = x[1];
    const int64_t cells = kernel[0] * kernel[1], places = out[0] * out[1], batch = x[0];
    check(group >= 1 && offset_group >= 1 && channels % group == 0 && channels % offset_group == 0 && weights[0] % group == 0 &&
              weights[1] == channels / group && offset[1] == offset_group * cells * 2,
          "the groups of {}, {} and {} do not fit", to_string(x), to_string(weights), to_string(offset));
    supported(group <= 64 && offset_group <= 64 && cells * places <= (1 << 22) && x[2] * x[3] < (1 << 24),
              "a deformable convolution this large");

    const ValueId pixels = m.reshape(to_channels_last(m.b, r.operand(0)), {batch, x[2] * x[3], channels});
    const ValueId shifts = m.reshape(r.operand(2), {batch, offset_group, cells, 2, places});
    const ValueId down = undisturbed(m, kernel, out, strides, dilations, pads, 0),
                  right = undisturbed(m, kernel, out, strides, dilations, pads, 1);
    const int64_t part = channels / offset_group;
    std::vector<ValueId> sampled;
    for (int64_t g = 0; g < offset_group; ++g) {
        const ValueId of_group = m.slice(shifts, 1, g, g + 1);
        auto at = [&](int64_t axis, ValueId base) {
            return m.add(m.reshape(m.slice(of_group, 3, axis, axis + 1), {batch, cells * places}), base);
        };
        ValueId values = sample(m, m.slice(pixels, 2, g * part, (g + 1) * part),
                                {batch, cells, places, x[2], x[3], at(0, down), at(1, right)});
        if (r.has(4)) {
            check(r.shape(4) == Shape{batch, offset_group * cells, out[0], out[1]}, "the mask is {}", to_string(r.type(4)));
            values = m.mul(values, m.reshape(m.slice(r.in[4], 1, g * cells, (g + 1) * cells), {batch, cells * places, 1}));
        }
        sampled.push_back(values);
    }
    // [batch, places, cells, channels] times [outputs, cells * channels]
    const ValueId windows = m.transpose(m.reshape(m.concat(sampled, 2), {batch, cells, places, channels}), {0, 2, 1, 3});
    const ValueId rows = m.reshape(m.transpose(r.operand(1), {0, 2, 3, 1}), {weights[0], cells * weights[1]});
    const int64_t outputs = weights[0] / group;
    std::vector<ValueId> results;
    for (int64_t g = 0; g < group; ++g) {
        const ValueId of_group =
            m.reshape(m.slice(windows, 3, g * weights[1], (g + 1) * weights[1]), {batch, places, cells * weights[1]});
        const ValueId bias = r.has(3) ? m.slice(r.in[3], 0, g * outputs, (g + 1) * outputs) : no_value;
        results.push_back(m.b.add(op::FullyConnected, {of_group, m.slice(rows, 0, g * outputs, (g + 1) * outputs), bias}));
    }
    return {to_channels_first(m.b, m.reshape(m.concat(results, 2), {batch, out[0], out[1], weights[0]}))};
}

}  // namespace tinsmith::from_onnx
