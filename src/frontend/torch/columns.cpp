// Blocks of an image as columns, and columns laid back into an image: convolutions whose filter k has a single one, in cell k.
#include "frontend/compose/convolve.hpp"
#include "frontend/compose/convolve_transposed.hpp"
#include "frontend/torch/operand.hpp"

namespace tinsmith::torch::from_torch {

namespace {

Ints pair(NodeReader& r, std::string_view name, int64_t least) {
    Ints list = r.integers(name);
    if (list.size() == 1) list.push_back(list[0]);
    check(list.size() == 2, "argument '{}' has {} numbers", name, list.size());
    for (int64_t v : list) check(v >= least && v < int64_t{1} << 31, "argument '{}' contains {}", name, v);
    return list;
}

struct Block {
    Ints kernel, strides, dilations, padding;
    int64_t cells() const { return kernel[0] * kernel[1]; }
};

Block read_block(NodeReader& r) {
    Block b{pair(r, "kernel_size", 1), pair(r, "stride", 1), pair(r, "dilation", 1), pair(r, "padding", 0)};
    supported(b.kernel[0] <= 1024 / b.kernel[1], "blocks of {} x {}", b.kernel[0], b.kernel[1]);
    return b;
}

// `times` sets of filters [cells, 1, kernel...].
ValueId single_ones(NodeReader& r, const Block& b, int64_t times) {
    const int64_t cells = b.cells();
    supported(times <= (1 << 24) / (cells * cells), "blocks of {} cells of {} channels", cells, times);
    std::vector<float> ones(static_cast<size_t>(times * cells * cells), 0.0f);
    for (int64_t t = 0; t < times; ++t)
        for (int64_t c = 0; c < cells; ++c) ones[static_cast<size_t>((t * cells + c) * cells + c)] = 1;
    return r.b.floats(std::move(ones), {times * cells, 1, b.kernel[0], b.kernel[1]});
}

}  // namespace

std::vector<ValueId> im2col(NodeReader& r) {
    ValueId x = float_operand(r, "self");
    const bool added = r.m.shape(x).size() == 3;
    x = with_batch(r.m, x, added);
    const Shape s = r.m.shape(x);
    check(s.size() == 4, "the input is {}", to_string(s));
    const Block b = read_block(r);
    SpatialWindow w{b.kernel, b.strides, b.dilations, b.padding, b.padding, Ints(2), Ints(2)};
    for (size_t i = 0; i < 2; ++i) place_window(w, i, s[i + 2], false);
    const ValueId y = convolve(r.m, x, single_ones(r, b, s[1]), no_value, w, s[1]);
    return {without_batch(r.m, r.m.reshape(y, {s[0], s[1] * b.cells(), w.out[0] * w.out[1]}), added)};
}

std::vector<ValueId> col2im(NodeReader& r) {
    ValueId x = float_operand(r, "self");
    const bool added = r.m.shape(x).size() == 2;
    x = with_batch(r.m, x, added);
    const Shape s = r.m.shape(x);
    const Ints image = pair(r, "output_size", 1);
    const Block b = read_block(r);
    check(s.size() == 3 && s[1] % b.cells() == 0, "columns {} for blocks of {} cells", to_string(s), b.cells());
    Transposed t{b.kernel, b.strides, b.dilations, b.padding, b.padding, Ints(2)};
    const int64_t channels = s[1] / b.cells();
    Shape columns{s[0] * channels, b.cells()};
    for (size_t i = 0; i < 2; ++i) {
        const int64_t room = image[i] + 2 * b.padding[i] - (b.kernel[i] - 1) * b.dilations[i] - 1;
        check(room >= 0, "a block does not fit the image");
        t.extra[i] = room % b.strides[i];
        columns.push_back(room / b.strides[i] + 1);
    }
    check(columns[2] * columns[3] == s[2], "{} columns, but the image has {} places", s[2], columns[2] * columns[3]);
    const ValueId y = convolve_transposed(r.m, r.m.reshape(x, columns), single_ones(r, b, 1), no_value, t, 1);
    return {without_batch(r.m, r.m.reshape(y, {s[0], channels, image[0], image[1]}), added)};
}

}  // namespace tinsmith::torch::from_torch
