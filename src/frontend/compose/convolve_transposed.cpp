// Dilation is written into the weights, groups are taken apart.
#include "frontend/compose/convolve_transposed.hpp"

#include "frontend/compose/spatial.hpp"

namespace tinsmith {

namespace {

// Zeros between the cells of the kernel: [.., k, ..] as [.., k, 1, ..], padded behind, flattened, the last zeros cut off.
ValueId dilate(Compose& m, ValueId weights, const Ints& dilations) {
    for (size_t i = 0; i < dilations.size(); ++i) {
        const int64_t d = dilations[i], axis = static_cast<int64_t>(i) + 2;
        const Shape shape = m.shape(weights);
        if (d == 1 || shape[axis] == 1) continue;
        Shape apart(shape), flat(shape);
        apart.insert(apart.begin() + axis + 1, 1);
        flat[axis] *= d;
        Ints before(apart.size(), 0), after(apart.size(), 0);
        after[axis + 1] = d - 1;
        weights = m.reshape(m.pad(m.reshape(weights, apart), before, after), flat);
        weights = m.slice(weights, axis, 0, (shape[axis] - 1) * d + 1);
    }
    return weights;
}

ValueId transposed(Compose& m, ValueId x, ValueId weights, ValueId bias, const Transposed& t) {
    Ints pads(t.before);
    pads.insert(pads.end(), t.after.begin(), t.after.end());
    Attrs attrs{{"strides", t.strides}, {"pads", pads}, {"output_padding", t.extra}};
    if (t.kernel.size() == 3)
        return m.b.add(op::ConvTranspose3D, {x, m.transpose(weights, {2, 3, 4, 1, 0}), bias}, std::move(attrs));
    return m.b.add(op::ConvTranspose, {x, m.transpose(weights, {1, 2, 3, 0}), bias}, std::move(attrs));
}

}  // namespace

ValueId convolve_transposed(Compose& m, ValueId input, ValueId weights, ValueId bias, Transposed t, int64_t group) {
    const Shape in = m.shape(input), kernel = m.shape(weights);
    weights = dilate(m, weights, t.dilations);
    const bool one_axis = in.size() == 3;
    if (one_axis) {
        for (Ints* one : {&t.kernel, &t.strides, &t.dilations}) one->insert(one->begin(), 1);
        for (Ints* zero : {&t.before, &t.after, &t.extra}) zero->insert(zero->begin(), 0);
    }
    const ValueId x = to_channels_last(m.b, at_least_2d(m, input));
    weights = at_least_2d(m, weights);
    if (group == 1) return from_channels_last(m, transposed(m, x, weights, bias, t), one_axis);
    const int64_t channels = static_cast<int64_t>(m.shape(x).size()) - 1, part = in[1] / group, out = kernel[1];
    const auto parts = m.split(x, channels, Ints(group, part));
    std::vector<ValueId> results;
    for (int64_t g = 0; g < group; ++g)
        results.push_back(transposed(m, parts[g], m.slice(weights, 0, g * part, (g + 1) * part),
                                     bias == no_value ? no_value : m.slice(bias, 0, g * out, (g + 1) * out), t));
    return from_channels_last(m, m.concat(results, channels), one_axis);
}

}  // namespace tinsmith
