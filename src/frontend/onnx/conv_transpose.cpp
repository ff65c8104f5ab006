#include "frontend/compose/convolve_transposed.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/spatial.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

Ints list(const NodeReader& r, std::string_view name, size_t count, int64_t fallback) {
    constexpr int64_t limit = int64_t{1} << 31;
    Ints values = r.integers(name, Ints(count, fallback));
    if (values.empty()) values.assign(count, fallback);
    check(values.size() >= count, "attribute '{}' has {} numbers, not {}", name, values.size(), count);
    for (int64_t v : values) check(v >= 0 && v < limit, "attribute '{}' contains {}", name, v);
    return values;
}

Transposed read(const NodeReader& r, const Shape& x, const Shape& weights) {
    const size_t n = x.size() - 2;
    Transposed t{
        Ints(weights.begin() + 2, weights.end()), list(r, "strides", n, 1), list(r, "dilations", n, 1), Ints(n), Ints(n),
        list(r, "output_padding", n, 0)};
    const std::string auto_pad = r.text("auto_pad", "NOTSET");
    const Ints pads = list(r, "pads", 2 * n, 0);
    auto output_shape = r.integers("output_shape");
    if (output_shape && output_shape->size() == n + 2) output_shape->erase(output_shape->begin(), output_shape->begin() + 2);
    check(!output_shape || output_shape->size() == n, "attribute 'output_shape' has {} numbers, not {}",
          output_shape ? output_shape->size() : 0, n);
    const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
    for (size_t i = 0; i < n; ++i) {
        check(t.strides[i] >= 1 && t.dilations[i] >= 1 && t.kernel[i] >= 1 && x[i + 2] >= 1,
              "strides, dilations or extents of zero");
        check(x[i + 2] < (int64_t{1} << 31), "an extent of {}", x[i + 2]);
        const int64_t full = (x[i + 2] - 1) * t.strides[i] + (t.kernel[i] - 1) * t.dilations[i] + 1 + t.extra[i];
        if (output_shape || same) {
            const int64_t wanted = output_shape ? (*output_shape)[i] : x[i + 2] * t.strides[i];
            check(wanted >= 1 && wanted < (int64_t{1} << 40), "an output extent of {}", wanted);
            const int64_t total = std::max<int64_t>(0, full - wanted);
            t.before[i] = auto_pad == "SAME_UPPER" ? total / 2 : total - total / 2;
            t.after[i] = total - t.before[i];
            t.extra[i] += std::max<int64_t>(0, wanted - full);
        } else if (auto_pad != "VALID") {
            t.before[i] = pads[i];
            t.after[i] = pads[i + n];
        }
    }
    return t;
}

}  // namespace

std::vector<ValueId> from_onnx::conv_transpose(NodeReader& r) {
    Compose m{r.b};
    const Shape in = r.shape(0), kernel = r.shape(1);
    check(in.size() >= 3 && kernel.size() == in.size(), "the input is {}, the weights are {}", to_string(r.type(0)),
          to_string(r.type(1)));
    supported(in.size() <= 5, "a transposed convolution over {} axes; TFLite has three at most", in.size() - 2);
    supported(r.type(0).dtype == DType::f32, "a transposed convolution of {}; TFLite has float ones", to_string(r.type(0)));
    const int64_t group = r.integer("group", 1);
    check(group >= 1 && in[1] % group == 0 && kernel[0] == in[1],
          "weights of shape {} in {} groups do not fit an input of shape {}", to_string(kernel), group, to_string(in));
    constexpr int64_t most_groups = 256;
    supported(group <= most_groups,
              "a transposed convolution in {} groups; TFLite has none, and at most {} are written one by one", group,
              most_groups);
    return {convolve_transposed(m, r.operand(0), r.operand(1), r.has(2) ? r.in[2] : no_value, read(r, in, kernel), group)};
}

// The columns are the input of a transposed convolution whose filter k has a single one, in cell k of the block.
std::vector<ValueId> from_onnx::col2im(NodeReader& r) {
    Compose m{r.b};
    const auto image = r.constant_ints(1), block = r.constant_ints(2);
    check(image && block && image->size() == block->size() && !image->empty() && r.rank(0) == 3,
          "image_shape, block_shape or input");
    const size_t n = image->size();
    supported(n <= 3 && r.type(0).dtype == DType::f32, "an image of {} axes of {}", n, dtype_name(r.type(0).dtype));
    constexpr int64_t limit = int64_t{1} << 31;
    for (size_t i = 0; i < n; ++i)
        check((*block)[i] >= 1 && (*image)[i] >= 1 && (*image)[i] < limit && (*block)[i] < limit, "image_shape or block_shape");
    const int64_t cells = element_count(*block);
    const Shape x = r.shape(0);
    check(x[1] % cells == 0, "{} rows do not divide into blocks of {}", x[1], cells);
    supported(cells <= 1024, "blocks of {} cells", cells);
    Transposed t{*block, list(r, "strides", n, 1), list(r, "dilations", n, 1), Ints(n), Ints(n), Ints(n)};
    const Ints pads = list(r, "pads", 2 * n, 0);
    Shape columns{x[0] * (x[1] / cells), cells}, filters{cells, 1};
    int64_t places = 1;
    for (size_t i = 0; i < n; ++i) {
        check(t.strides[i] >= 1 && t.dilations[i] >= 1, "strides or dilations of zero");
        t.before[i] = pads[i];
        t.after[i] = pads[i + n];
        const int64_t room = (*image)[i] + pads[i] + pads[i + n] - (t.kernel[i] - 1) * t.dilations[i] - 1;
        check(room >= 0, "a block does not fit the image");
        t.extra[i] = room % t.strides[i];
        columns.push_back(room / t.strides[i] + 1);
        filters.push_back(t.kernel[i]);
        places *= columns.back();
    }
    check(places == x[2], "{} columns, but the image has {} places", x[2], places);
    std::vector<float> ones(static_cast<size_t>(cells * cells), 0.0f);
    for (int64_t c = 0; c < cells; ++c) ones[static_cast<size_t>(c * cells + c)] = 1.0f;
    const ValueId y =
        convolve_transposed(m, m.reshape(r.operand(0), columns), m.b.floats(std::move(ones), filters), no_value, t, 1);
    Shape out{x[0], x[1] / cells};
    out.insert(out.end(), image->begin(), image->end());
    return {m.reshape(y, out)};
}

}  // namespace tinsmith
