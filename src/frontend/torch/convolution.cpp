// Convolutions, also transposed, over one to three axes; an input without a batch gets one.
#include "frontend/compose/convolve.hpp"
#include "frontend/compose/convolve_transposed.hpp"
#include "frontend/torch/operand.hpp"

namespace tinsmith::torch::from_torch {

namespace {

constexpr int64_t limit = int64_t{1} << 31;

// One number for each axis, or one for all.
Ints per_axis(NodeReader& r, std::string_view name, size_t axes, int64_t fallback, int64_t least) {
    Ints list = r.integers(name, Ints(axes, fallback));
    if (list.size() == 1) list.assign(axes, list[0]);
    check(list.size() == axes, "argument '{}' has {} numbers for {} axes", name, list.size(), axes);
    for (int64_t v : list) check(v >= least && v < limit, "argument '{}' contains {}", name, v);
    return list;
}

// The paddings of `padding="same"`: the odd cell behind.
void pad_same(SpatialWindow& w) {
    for (size_t i = 0; i < w.axes(); ++i) {
        const int64_t total = (w.kernel[i] - 1) * w.dilations[i];
        w.before[i] = total / 2;
        w.after[i] = total - total / 2;
    }
}

struct Operands {
    ValueId x, weights, bias;
    bool added_batch;
    size_t axes;
};

Operands operands(NodeReader& r, size_t axes) {
    Operands o{float_operand(r, "input"), r.tensor("weight"), r.tensor_or_none("bias"), false, axes};
    const size_t rank = r.m.shape(o.x).size();
    if (o.axes == 0) o.axes = r.m.shape(o.weights).size() - 2;
    check(o.axes >= 1 && r.m.shape(o.weights).size() == o.axes + 2 && (rank == o.axes + 1 || rank == o.axes + 2),
          "the input is {}, the weights are {}", to_string(r.b.type(o.x)), to_string(r.b.type(o.weights)));
    supported(o.axes <= 3, "a convolution over {} axes; TFLite has three at most", o.axes);
    o.added_batch = rank == o.axes + 1;
    o.x = with_batch(r.m, o.x, o.added_batch);
    return o;
}

ValueId plain(NodeReader& r, const Operands& o) {
    const Shape x = r.m.shape(o.x), kernel = r.m.shape(o.weights);
    const size_t n = o.axes;
    SpatialWindow w{Ints(kernel.begin() + 2, kernel.end()),
                    per_axis(r, "stride", n, 1, 1),
                    per_axis(r, "dilation", n, 1, 1),
                    Ints(n),
                    Ints(n),
                    Ints(n),
                    Ints(n)};
    const Argument* padding = r.node.find("padding");
    if (padding && padding->kind == Argument::Kind::text) {
        const std::string mode = r.text("padding", "");
        check(mode == "same" || mode == "valid", "padding is '{}'", mode);
        if (mode == "same") pad_same(w);
    } else {
        w.before = w.after = per_axis(r, "padding", n, 0, 0);
    }
    for (size_t i = 0; i < n; ++i) {
        check(w.kernel[i] >= 1 && w.kernel[i] < limit, "a kernel of {}", w.kernel[i]);
        place_window(w, i, x[i + 2], false);
    }
    return convolve(r.m, o.x, o.weights, o.bias, w, r.integer("groups", 1));
}

ValueId transposed(NodeReader& r, const Operands& o) {
    const Shape x = r.m.shape(o.x), kernel = r.m.shape(o.weights);
    const size_t n = o.axes;
    const int64_t group = r.integer("groups", 1);
    check(group >= 1 && x[1] % group == 0 && kernel[0] == x[1],
          "weights of shape {} in {} groups do not fit an input of shape {}", to_string(kernel), group, to_string(x));
    supported(group <= 256, "a transposed convolution in {} groups; TFLite has none, and at most 256 are written one by one",
              group);
    const Ints padding = per_axis(r, "padding", n, 0, 0);
    Transposed t{Ints(kernel.begin() + 2, kernel.end()),
                 per_axis(r, "stride", n, 1, 1),
                 per_axis(r, "dilation", n, 1, 1),
                 padding,
                 padding,
                 per_axis(r, "output_padding", n, 0, 0)};
    for (size_t i = 0; i < n; ++i) check(t.kernel[i] >= 1 && x[i + 2] >= 1, "a kernel or an input of nothing");
    return convolve_transposed(r.m, o.x, o.weights, o.bias, t, group);
}

std::vector<ValueId> over(NodeReader& r, size_t axes, ValueId (*convolution)(NodeReader&, const Operands&)) {
    const Operands o = operands(r, axes);
    return {without_batch(r.m, convolution(r, o), o.added_batch)};
}

}  // namespace

std::vector<ValueId> conv1d(NodeReader& r) { return over(r, 1, plain); }
std::vector<ValueId> conv2d(NodeReader& r) { return over(r, 2, plain); }
std::vector<ValueId> conv3d(NodeReader& r) { return over(r, 3, plain); }
std::vector<ValueId> conv_transpose1d(NodeReader& r) { return over(r, 1, transposed); }
std::vector<ValueId> conv_transpose2d(NodeReader& r) { return over(r, 2, transposed); }
std::vector<ValueId> conv_transpose3d(NodeReader& r) { return over(r, 3, transposed); }

std::vector<ValueId> convolution(NodeReader& r) { return over(r, 0, r.flag("transposed", false) ? transposed : plain); }

}  // namespace tinsmith::torch::from_torch
