#include "frontend/compose/window.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

namespace {

constexpr int64_t limit = int64_t{1} << 31;

// [N, L, C] as [N, 1, L, C], and a window over it.
ValueId with_row(Compose& m, ValueId x) {
    const Shape s = m.shape(x);
    return s.size() == 3 ? m.reshape(x, {s[0], 1, s[1], s[2]}) : x;
}

ValueId without_row(Compose& m, ValueId y, bool added) {
    const Shape s = m.shape(y);
    return added ? m.reshape(y, {s[0], s[2], s[3]}) : y;
}

Window with_row(Window w) {
    for (Ints* one : {&w.kernel, &w.strides, &w.dilations}) one->insert(one->begin(), 1);
    for (Ints* zero : {&w.before, &w.after}) zero->insert(zero->begin(), 0);
    return w;
}

// Weights of a 1-D convolution get a first axis of extent 1.
ValueId kernel_with_row(Compose& m, ValueId weights) {
    Shape s = m.shape(weights);
    s.insert(s.begin(), 1);
    return m.reshape(weights, s);
}

// TFLite's 3-D convolution has no groups: each is a convolution of its own.
ValueId convolve_3d(Compose& m, ValueId x, ValueId weights, ValueId bias, const Window& w, int64_t group) {
    constexpr int64_t most_groups = 64;
    supported(group <= most_groups, "a 3-D convolution in {} groups; TFLite has none, and at most {} are written one by one",
              group, most_groups);
    auto one = [&](ValueId part, ValueId kernel, ValueId shift) {
        return m.b.add(op::Conv3D, {part, kernel, shift},
                       {{"strides", w.strides}, {"dilations", w.dilations}, {"pads", w.pads()}});
    };
    if (group == 1) return one(x, weights, bias);
    const int64_t in = m.shape(x)[4] / group, out = m.shape(weights)[4] / group;
    const auto parts = m.split(x, 4, Ints(static_cast<size_t>(group), in));
    std::vector<ValueId> results;
    for (int64_t g = 0; g < group; ++g)
        results.push_back(one(parts[static_cast<size_t>(g)], m.slice(weights, 4, g * out, (g + 1) * out),
                              bias == no_value ? no_value : m.slice(bias, 0, g * out, (g + 1) * out)));
    return m.concat(results, 4);
}

ValueId pool_2d(Compose& m, const OpDef& op, ValueId x, const Window& w) {
    return m.b.add(op, {x}, {{"kernel", w.kernel}, {"strides", w.strides}, {"pads", w.pads()}});
}

Window pick(const Window& w, size_t from, size_t count) {
    auto part = [&](const Ints& list) {
        const auto first = list.begin() + static_cast<std::ptrdiff_t>(from);
        return Ints(first, first + static_cast<std::ptrdiff_t>(count));
    };
    return {part(w.kernel), part(w.strides), part(w.dilations), part(w.before), part(w.after)};
}

// Zeros between the cells of the kernel's first axes: [k, ...] as [k, 1, ...], padded behind, flattened, the last zeros cut off.
ValueId dilate(Compose& m, ValueId weights, const Ints& dilations) {
    for (size_t i = 0; i < dilations.size(); ++i) {
        const int64_t d = dilations[i], axis = static_cast<int64_t>(i);
        const Shape shape = m.shape(weights);
        if (d == 1 || shape[i] == 1) continue;
        Shape apart(shape), flat(shape);
        apart.insert(apart.begin() + axis + 1, 1);
        flat[i] *= d;
        Ints before(apart.size(), 0), after(apart.size(), 0);
        after[i + 1] = d - 1;
        weights = m.reshape(m.pad(m.reshape(weights, apart), before, after), flat);
        weights = m.slice(weights, axis, 0, (shape[i] - 1) * d + 1);
    }
    return weights;
}

}  // namespace

Ints Window::pads() const {
    Ints all(before);
    all.insert(all.end(), after.begin(), after.end());
    return all;
}

Window window_over(const Shape& x, Ints kernel, Ints strides, Ints dilations, Padding padding) {
    const size_t n = kernel.size();
    supported(n >= 1 && n <= 3, "a window over {} axes; TFLite has three at most", n);
    check(x.size() == n + 2, "the input is {}, the window has {} axes", to_string(x), n);
    check(strides.size() == n && dilations.size() == n, "{} strides and {} dilations for {} axes", strides.size(),
          dilations.size(), n);
    Window w{std::move(kernel), std::move(strides), std::move(dilations), Ints(n, 0), Ints(n, 0)};
    for (size_t i = 0; i < n; ++i) {
        for (int64_t number : {w.kernel[i], w.strides[i], w.dilations[i]})
            check(number >= 1 && number < limit, "a kernel of {}, a stride of {} and a dilation of {}", w.kernel[i],
                  w.strides[i], w.dilations[i]);
        const int64_t in = x[i + 1], reach = (w.kernel[i] - 1) * w.dilations[i] + 1;
        if (padding == Padding::same) {
            const int64_t out = (in + w.strides[i] - 1) / w.strides[i];
            const int64_t total = std::max<int64_t>(0, (out - 1) * w.strides[i] + reach - in);
            w.before[i] = total / 2;
            w.after[i] = total - total / 2;
        }
        check(in + w.before[i] + w.after[i] >= reach, "a window over {} cells does not fit on {}", reach, in);
    }
    return w;
}

ValueId convolve_last(Compose& m, ValueId x, ValueId weights, ValueId bias, const Window& w, int64_t group) {
    const Shape kernel = m.shape(weights);
    const int64_t in = m.shape(x).back();
    check(kernel.size() == w.axes() + 2 && group >= 1 && in % group == 0 && kernel.back() % group == 0 &&
              in / group == kernel[w.axes()],
          "weights of shape {} in {} groups do not fit an input of shape {}", to_string(kernel), group, to_string(m.shape(x)));
    if (w.axes() == 3) return convolve_3d(m, x, weights, bias, w, group);
    const bool row = w.axes() == 1;
    const Window over = row ? with_row(w) : w;
    if (row) weights = kernel_with_row(m, weights);
    const ValueId y =
        m.b.add(op::Conv, {with_row(m, x), m.transpose(weights, {3, 0, 1, 2}), bias},
                {{"strides", over.strides}, {"dilations", over.dilations}, {"pads", over.pads()}, {"group", group}});
    return without_row(m, y, row);
}

ValueId convolve_depthwise(Compose& m, ValueId x, ValueId weights, ValueId bias, const Window& w) {
    supported(w.axes() <= 2, "a depthwise convolution over {} axes; TFLite has two at most", w.axes());
    const bool row = w.axes() == 1;
    const Window over = row ? with_row(w) : w;
    if (row) weights = kernel_with_row(m, weights);
    const Shape kernel = m.shape(weights);
    check(kernel.size() == 4 && kernel[2] == m.shape(x).back(), "weights of shape {} do not fit an input of shape {}",
          to_string(kernel), to_string(m.shape(x)));
    const ValueId flat = m.reshape(weights, {1, kernel[0], kernel[1], kernel[2] * kernel[3]});
    const ValueId y = m.b.add(op::DepthwiseConv, {with_row(m, x), flat, bias},
                              {{"strides", over.strides}, {"dilations", over.dilations}, {"pads", over.pads()}});
    return without_row(m, y, row);
}

// A pool over three axes is two: one over the last two axes, one over the first.
ValueId pool_last(Compose& m, const OpDef& op, ValueId x, const Window& w) {
    if (w.axes() == 1) return without_row(m, pool_2d(m, op, with_row(m, x), with_row(w)), true);
    if (w.axes() == 2) return pool_2d(m, op, x, w);
    const Shape s = m.shape(x);
    const ValueId planes = pool_2d(m, op, m.reshape(x, {s[0] * s[1], s[2], s[3], s[4]}), pick(w, 1, 2));
    const Shape p = m.shape(planes);
    Window depth = with_row(pick(w, 0, 1));
    for (Ints* list : {&depth.kernel, &depth.strides, &depth.dilations, &depth.before, &depth.after})
        std::swap((*list)[0], (*list)[1]);
    const ValueId y = pool_2d(m, op, m.reshape(planes, {s[0], s[1], p[1] * p[2], s[4]}), depth);
    return m.reshape(y, {s[0], m.shape(y)[1], p[1], p[2], s[4]});
}

ValueId convolve_back(Compose& m, ValueId x, ValueId weights, ValueId bias, const Window& w, const Ints& places) {
    const Shape in = m.shape(x), kernel = m.shape(weights);
    const size_t n = w.axes();
    check(kernel.size() == n + 2 && kernel[n + 1] == in.back(), "weights of shape {} do not fit an input of shape {}",
          to_string(kernel), to_string(in));
    Window back = w;
    Ints extra(n, 0);
    for (size_t i = 0; i < n; ++i) {
        check(in[i + 1] < limit, "an input extent of {}", in[i + 1]);
        const int64_t full = (in[i + 1] - 1) * w.strides[i] + (w.kernel[i] - 1) * w.dilations[i] + 1;
        check(places[i] >= 1 && places[i] < limit, "an output extent of {}", places[i]);
        const int64_t total = w.before[i] + w.after[i];
        check(full - total <= places[i], "an output extent of {} where {} are computed", places[i], full - total);
        extra[i] = places[i] - (full - total);
    }
    weights = dilate(m, weights, w.dilations);
    if (n == 3)
        return m.b.add(op::ConvTranspose3D, {x, weights, bias},
                       {{"strides", back.strides}, {"pads", back.pads()}, {"output_padding", extra}});
    const bool row = n == 1;
    if (row) {
        back = with_row(back);
        extra.insert(extra.begin(), 0);
        weights = kernel_with_row(m, weights);
    }
    const ValueId y = m.b.add(op::ConvTranspose, {with_row(m, x), m.transpose(weights, {2, 0, 1, 3}), bias},
                              {{"strides", back.strides}, {"pads", back.pads()}, {"output_padding", extra}});
    return without_row(m, y, row);
}

}  // namespace tinsmith
