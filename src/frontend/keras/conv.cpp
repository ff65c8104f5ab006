// Convolutions: plain, depthwise, separable, transposed.
#include "frontend/compose/window.hpp"
#include "frontend/keras/functions.hpp"
#include "frontend/keras/layers.hpp"

#include <algorithm>

namespace tinsmith::keras {

namespace {

size_t spatial_axes(const LayerReader& r) {
    const int64_t rank = r.rank();
    check(rank >= 3 && rank <= 5, "the input has shape {}", to_string(r.shape()));
    return static_cast<size_t>(rank) - 2;
}

// The window of the layer over a channels-last x; "causal" pads in front alone.
Window window_of(const LayerReader& r, const Shape& x) {
    const size_t n = x.size() - 2;
    const std::string padding = r.text("padding", "valid");
    check(padding == "valid" || padding == "same" || padding == "causal", "'padding' is '{}'", padding);
    Shape wide(x);
    const Ints kernel = r.list("kernel_size", n), dilations = r.list("dilation_rate", n, 1);
    int64_t front = 0;
    if (padding == "causal") {
        constexpr int64_t limit = int64_t{1} << 20;
        check(n == 1, "causal padding over {} axes", n);
        check(kernel[0] >= 1 && kernel[0] < limit && dilations[0] >= 1 && dilations[0] < limit,
              "a kernel of {}, a dilation of {}", kernel[0], dilations[0]);
        front = (kernel[0] - 1) * dilations[0];
        wide[1] += front;
    }
    Window w =
        window_over(wide, kernel, r.list("strides", n, 1), dilations, padding == "same" ? Padding::same : Padding::valid);
    w.before[0] += front;
    return w;
}

Shape kernel_shape(const Window& w, std::initializer_list<int64_t> channels) {
    Shape shape(w.kernel);
    shape.insert(shape.end(), channels);
    return shape;
}

}  // namespace

std::vector<ValueId> conv(LayerReader& r) {
    spatial_axes(r);
    const ValueId x = to_channels_last(r, r.input());
    const Window w = window_of(r, r.m.shape(x));
    const int64_t group = r.integer("groups", 1), filters = r.integer("filters"), in = r.m.shape(x).back();
    check(group >= 1 && in % group == 0, "{} channels in {} groups", in, group);
    const ValueId kernel = r.weight("kernel", kernel_shape(w, {in / group, filters}));
    const ValueId y = convolve_last(r.m, x, kernel, r.bias(filters), w, group);
    return {activate(r, from_channels_last(r, y))};
}

std::vector<ValueId> depthwise_conv(LayerReader& r) {
    spatial_axes(r);
    const ValueId x = to_channels_last(r, r.input());
    const Window w = window_of(r, r.m.shape(x));
    const int64_t multiplier = r.integer("depth_multiplier", 1), in = r.m.shape(x).back();
    const ValueId kernel = r.weight("depthwise_kernel", kernel_shape(w, {in, multiplier}));
    const ValueId y = convolve_depthwise(r.m, x, kernel, r.bias(in * multiplier), w);
    return {activate(r, from_channels_last(r, y))};
}

std::vector<ValueId> separable_conv(LayerReader& r) {
    const size_t n = spatial_axes(r);
    const ValueId x = to_channels_last(r, r.input());
    const Window w = window_of(r, r.m.shape(x));
    const int64_t multiplier = r.integer("depth_multiplier", 1), filters = r.integer("filters"), in = r.m.shape(x).back();
    const ValueId depthwise = r.weight("depthwise_kernel", kernel_shape(w, {in, multiplier}));
    const ValueId spread = convolve_depthwise(r.m, x, depthwise, no_value, w);
    const Ints one(n, 1);
    const Window point = window_over(r.m.shape(spread), one, one, one, Padding::valid);
    const ValueId pointwise = r.weight("pointwise_kernel", kernel_shape(point, {in * multiplier, filters}));
    const ValueId y = convolve_last(r.m, spread, pointwise, r.bias(filters), point, 1);
    return {activate(r, from_channels_last(r, y))};
}

// The extents that a Deconvolution2D of Keras 1 states, in place of the usual ones.
static void state_places(const LayerReader& r, Ints& places) {
    if (!r.has("output_shape")) return;
    const Json& shape = r.config()["output_shape"];
    check(shape.is_array() && shape.size() == places.size() + 2, "'output_shape' is {}", shape.dump().substr(0, 80));
    for (size_t i = 0; i < places.size(); ++i)
        if (const Json& n = shape[i + (r.channels_first() ? 2 : 1)]; !n.is_null())
            places[i] = integers_of(n, "output_shape").at(0);
}

// The extent of the result: Keras states it, with the padding that a convolution back from it would have.
std::vector<ValueId> conv_transpose(LayerReader& r) {
    const size_t n = spatial_axes(r);
    const ValueId x = to_channels_last(r, r.input());
    const Shape in = r.m.shape(x);
    const bool same = r.text("padding", "valid") == "same";
    Window w{r.list("kernel_size", n), r.list("strides", n, 1), r.list("dilation_rate", n, 1), Ints(n, 0), Ints(n, 0)};
    const bool stated = r.has("output_padding");
    const Ints extra = r.list("output_padding", n, 0);
    Ints places(n);
    constexpr int64_t limit = int64_t{1} << 31;
    for (size_t i = 0; i < n; ++i) {
        for (int64_t number : {w.kernel[i], w.strides[i], w.dilations[i], in[i + 1]})
            check(number >= 1 && number < limit, "a kernel of {}, a stride of {} and a dilation of {} over {} cells",
                  w.kernel[i], w.strides[i], w.dilations[i], in[i + 1]);
        check(extra[i] >= 0 && extra[i] < limit, "an output padding of {}", extra[i]);
        const int64_t reach = (w.kernel[i] - 1) * w.dilations[i] + 1, span = (in[i + 1] - 1) * w.strides[i] + reach;
        if (stated)
            places[i] = span + extra[i] - (same ? 2 * (reach / 2) : 0);
        else
            places[i] = same ? in[i + 1] * w.strides[i] : in[i + 1] * w.strides[i] + std::max<int64_t>(0, reach - w.strides[i]);
    }
    state_places(r, places);
    for (size_t i = 0; i < n; ++i) {
        const int64_t span = (in[i + 1] - 1) * w.strides[i] + (w.kernel[i] - 1) * w.dilations[i] + 1;
        check(places[i] >= 1 && places[i] < limit, "an output of {} cells", places[i]);
        const int64_t total = same ? std::max<int64_t>(0, span - places[i]) : 0;
        w.before[i] = total / 2;
        w.after[i] = total - total / 2;
    }
    const int64_t filters = r.integer("filters");
    const ValueId kernel = r.weight("kernel", kernel_shape(w, {filters, in.back()}));
    const ValueId y = convolve_back(r.m, x, kernel, r.bias(filters), w, places);
    return {activate(r, from_channels_last(r, y))};
}

Slots slots::depthwise(const Json& config, int) {
    Slots out{{"depthwise_kernel", "", true}};
    if (uses_bias(config)) out.push_back({"bias", "", true});
    return out;
}

Slots slots::separable(const Json& config, int) {
    Slots out{{"depthwise_kernel", "", true}, {"pointwise_kernel", "", true}};
    if (uses_bias(config)) out.push_back({"bias", "", true});
    return out;
}

}  // namespace tinsmith::keras
