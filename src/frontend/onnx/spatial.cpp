#include "frontend/onnx/spatial.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

constexpr int64_t limit = int64_t{1} << 31;

Ints list(const NodeReader& r, std::string_view name, size_t count, int64_t fallback) {
    Ints values = r.integers(name, Ints(count, fallback));
    if (values.empty()) values.assign(count, fallback);
    check(values.size() == count, "attribute '{}' has {} numbers, not {}", name, values.size(), count);
    for (int64_t v : values) check(v > -limit && v < limit, "attribute '{}' contains {}", name, v);
    return values;
}

// out = ceil(in / stride), the padding that this takes split evenly, the odd cell where auto_pad says.
void place_same(SpatialWindow& w, size_t i, int64_t in, bool upper) {
    w.out[i] = (in + w.strides[i] - 1) / w.strides[i];
    const int64_t reach = (w.kernel[i] - 1) * w.dilations[i] + 1;
    const int64_t total = std::max<int64_t>(0, (w.out[i] - 1) * w.strides[i] + reach - in);
    w.before[i] = upper ? total / 2 : total - total / 2;
    w.after[i] = total - w.before[i];
}

}  // namespace

SpatialWindow read_window(const NodeReader& r, const Shape& spatial, Ints kernel) {
    const size_t n = spatial.size();
    check(kernel.size() == n, "the kernel has {} axes, the input has {} spatial ones", kernel.size(), n);
    SpatialWindow w{
        std::move(kernel), list(r, "strides", n, 1), list(r, "dilations", n, 1), Ints(n), Ints(n), Ints(n), Ints(n)};
    for (size_t i = 0; i < n; ++i)
        check(w.kernel[i] >= 1 && w.kernel[i] < limit && w.strides[i] >= 1 && w.dilations[i] >= 1,
              "a kernel of {}, a stride of {} and a dilation of {}", w.kernel[i], w.strides[i], w.dilations[i]);
    const std::string auto_pad = r.text("auto_pad", "NOTSET");
    const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
    check(same || auto_pad == "NOTSET" || auto_pad == "VALID" || auto_pad.empty(), "auto_pad is '{}'", auto_pad);
    if (!same && auto_pad != "VALID") {
        const Ints pads = list(r, "pads", 2 * n, 0);
        std::copy_n(pads.begin(), n, w.before.begin());
        std::copy_n(pads.begin() + static_cast<int64_t>(n), n, w.after.begin());
    }
    const bool ceil_mode = !same && r.integer("ceil_mode", 0) != 0;
    for (size_t i = 0; i < n; ++i) {
        check(w.before[i] >= 0 && w.after[i] >= 0, "negative padding");
        if (same)
            place_same(w, i, spatial[i], auto_pad == "SAME_UPPER");
        else
            place_window(w, i, spatial[i], ceil_mode);
    }
    return w;
}

Ints pool_kernel(const NodeReader& r) {
    auto kernel = r.integers("kernel_shape");
    check(kernel.has_value(), "attribute 'kernel_shape' is missing");
    check(r.rank(0) >= 3 && static_cast<int64_t>(kernel->size()) == r.rank(0) - 2,
          "kernel_shape has {} numbers, the input is {}", kernel->size(), to_string(r.type(0)));
    return *kernel;
}

PoolInput pool_input(NodeReader& r, Compose& m) {
    const Shape shape = r.shape(0);
    return {m, r.operand(0), read_window(r, Shape(shape.begin() + 2, shape.end()), pool_kernel(r))};
}

}  // namespace tinsmith
