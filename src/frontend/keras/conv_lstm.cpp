// ConvLSTM1D to 3D, step by step: the convolutions of all inputs at once, those of the state one after the other.
#include "frontend/compose/window.hpp"
#include "frontend/keras/functions.hpp"
#include "frontend/keras/layers.hpp"
#include "frontend/keras/masks.hpp"

#include <algorithm>

namespace tinsmith::keras {

namespace {

constexpr int64_t most_steps = 512;

// [N, C, ...] as [N, ..., C], or back.
ValueId turned(LayerReader& r, ValueId x, bool back) { return back ? from_channels_last(r, x) : to_channels_last(r, x); }

ValueId without_steps(Compose& m, ValueId x) {
    Shape s = m.shape(x);
    s[1] *= s[0];
    s.erase(s.begin());
    return m.reshape(x, s);
}

Shape kernel_shape(const Ints& kernel, int64_t in, int64_t out) {
    Shape shape(kernel);
    shape.push_back(in);
    shape.push_back(out);
    return shape;
}

struct Steps {
    std::vector<ValueId> h;  // in the order in which they are computed
    ValueId c = no_value;
};

// Gates i, f, c, o of every step, one behind the other: c' = f c + i act(c), h' = o act(c').
Steps run(LayerReader& r, const std::vector<ValueId>& inputs, ValueId recurrent, const Ints& kernel, int64_t filters) {
    Compose& m = r.m;
    const std::string fallback = r.major < 3 ? "hard_sigmoid" : "sigmoid";
    auto gate = [&](ValueId x) {
        return r.has("recurrent_activation") ? activate(r, x, "recurrent_activation") : activate_as(r, Json(fallback), x);
    };
    auto squash = [&](ValueId x) { return r.has("activation") ? activate(r, x) : x; };
    const Ints ones(kernel.size(), 1);
    Steps steps;
    for (ValueId x : inputs) {
        if (!steps.h.empty()) {
            const Window w = window_over(m.shape(steps.h.back()), kernel, ones, ones, Padding::same);
            x = m.add(x, convolve_last(m, steps.h.back(), recurrent, no_value, w, 1));
        }
        const auto parts = m.split(x, static_cast<int64_t>(m.shape(x).size()) - 1, Ints(4, filters));
        const ValueId fresh = m.mul(gate(parts[0]), squash(parts[2]));
        steps.c = steps.c == no_value ? fresh : m.add(m.mul(gate(parts[1]), steps.c), fresh);
        steps.h.push_back(m.mul(gate(parts[3]), squash(steps.c)));
    }
    return steps;
}

}  // namespace

std::vector<ValueId> conv_lstm(LayerReader& r) {
    Compose& m = r.m;
    supported(!r.flag("stateful", false), "it keeps its state from one batch to the next; save the model with stateful=False");
    supported(mask_of(r) == no_value && r.in.size() == 1, "a mask or initial states");
    check(r.rank() >= 4 && r.rank() <= 6, "the input has shape {}", to_string(r.shape()));
    const Shape in = r.shape();
    supported(in[1] >= 1 && in[1] <= most_steps, "{} steps", in[1]);
    const ValueId x = turned(r, without_steps(m, r.input()), false);
    const size_t axes = m.shape(x).size() - 2;
    const Ints kernel = r.list("kernel_size", axes), dilations = r.list("dilation_rate", axes, 1);
    const std::string padding = r.text("padding", "valid");
    check(padding == "valid" || padding == "same", "'padding' is '{}'", padding);
    const int64_t filters = r.integer("filters"), channels = m.shape(x).back();
    check(filters >= 1 && filters < (int64_t{1} << 24), "{} filters", filters);
    const Window w = window_over(m.shape(x), kernel, r.list("strides", axes, 1), dilations,
                                 padding == "same" ? Padding::same : Padding::valid);
    const ValueId weights = r.weight("kernel", kernel_shape(kernel, channels, 4 * filters));
    const ValueId recurrent = r.weight("recurrent_kernel", kernel_shape(kernel, filters, 4 * filters));
    const ValueId projected = convolve_last(m, x, weights, r.bias(4 * filters), w, 1);
    // The steps one by one, each [batch, ..., 4 filters].
    Shape apart = m.shape(projected);
    apart[0] = in[0];
    apart.insert(apart.begin() + 1, in[1]);
    std::vector<ValueId> inputs = m.split(m.reshape(projected, apart), 1, Ints(static_cast<size_t>(in[1]), 1));
    apart.erase(apart.begin() + 1);
    for (ValueId& step : inputs) step = m.reshape(step, apart);
    if (r.flag("go_backwards", false)) std::reverse(inputs.begin(), inputs.end());
    const Steps steps = run(r, inputs, recurrent, kernel, filters);
    std::vector<ValueId> out{turned(r, steps.h.back(), true)};
    if (r.flag("return_sequences", false)) {
        std::vector<ValueId> sequence;
        for (ValueId h : steps.h) {
            const ValueId y = turned(r, h, true);
            Shape s = m.shape(y);
            s.insert(s.begin() + 1, 1);
            sequence.push_back(m.reshape(y, s));
        }
        out[0] = m.concat(std::move(sequence), 1);
    }
    if (!r.flag("return_state", false)) return out;
    out.push_back(turned(r, steps.h.back(), true));
    out.push_back(turned(r, steps.c, true));
    return out;
}

}  // namespace tinsmith::keras
