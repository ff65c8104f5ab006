// A convolution along one axis is one over two, of which the first has extent 1.
#include "frontend/compose/convolve.hpp"

namespace tinsmith {

namespace {

// TFLite's 3-D convolution has no groups.
ValueId convolve_3d(Compose& m, ValueId x, ValueId weights, ValueId bias, const SpatialWindow& w, int64_t group) {
    constexpr int64_t most_groups = 64;
    supported(group <= most_groups, "a 3-D convolution in {} groups; TFLite has none, and at most {} are written one by one",
              group, most_groups);
    auto one = [&](ValueId part, ValueId kernel, ValueId shift) {
        return m.b.add(op::Conv3D, {to_channels_last(m.b, part), m.transpose(kernel, {2, 3, 4, 1, 0}), shift},
                       {{"strides", w.strides}, {"dilations", w.dilations}, {"pads", w.pads()}});
    };
    if (group == 1) return one(x, weights, bias);
    const int64_t in = m.shape(x)[1] / group, out = m.shape(weights)[0] / group;
    const auto parts = m.split(x, 1, Ints(group, in));
    std::vector<ValueId> results;
    for (int64_t g = 0; g < group; ++g)
        results.push_back(one(parts[g], m.slice(weights, 0, g * out, (g + 1) * out),
                              bias == no_value ? no_value : m.slice(bias, 0, g * out, (g + 1) * out)));
    return m.concat(results, 4);
}

}  // namespace

ValueId convolve(Compose& m, ValueId x, ValueId weights, ValueId bias, SpatialWindow w, int64_t group) {
    const Shape in = m.shape(x), kernel = m.shape(weights);
    check(group >= 1 && in[1] % group == 0 && kernel[0] % group == 0 && in[1] / group == kernel[1],
          "weights of shape {} in {} groups do not fit an input of shape {}", to_string(kernel), group, to_string(in));
    if (in.size() == 5) return to_channels_first(m.b, convolve_3d(m, x, weights, bias, w, group));
    const bool one_axis = in.size() == 3;
    if (one_axis) w.insert_axis();
    x = to_channels_last(m.b, at_least_2d(m, x));
    weights = at_least_2d(m, weights);
    Attrs attrs{{"strides", w.strides}, {"dilations", w.dilations}, {"pads", w.pads()}};
    ValueId y;
    if (group == in[1] && group > 1) {
        y = m.b.add(op::DepthwiseConv, {x, m.transpose(weights, {1, 2, 3, 0}), bias}, std::move(attrs));
    } else {
        attrs.set("group", group);
        y = m.b.add(op::Conv, {x, m.transpose(weights, {0, 2, 3, 1}), bias}, std::move(attrs));
    }
    return from_channels_last(m, y, one_axis);
}

}  // namespace tinsmith
