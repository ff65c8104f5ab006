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

// One axis: how often the window fits, and what it reaches beyond the stated padding.
void place(SpatialWindow& w, size_t i, int64_t in, bool ceil_mode) {
    const int64_t reach = (w.kernel[i] - 1) * w.dilations[i] + 1, stride = w.strides[i];
    const int64_t room = in + w.before[i] + w.after[i] - reach;
    check(room >= 0, "a window over {} cells does not fit on {}, padding included", reach, in + w.before[i] + w.after[i]);
    w.out[i] = (room + (ceil_mode ? stride - 1 : 0)) / stride + 1;
    // A window that would start in the padding behind the tensor does not exist.
    if (ceil_mode && (w.out[i] - 1) * stride >= in + w.before[i]) --w.out[i];
    w.overhang[i] = std::max<int64_t>(0, (w.out[i] - 1) * stride - room);
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

bool SpatialWindow::dilated() const {
    for (size_t i = 0; i < axes(); ++i)
        if (dilations[i] != 1 && kernel[i] != 1) return true;
    return false;
}

bool SpatialWindow::padded() const {
    for (size_t i = 0; i < axes(); ++i)
        if (before[i] != 0 || after[i] != 0) return true;
    return false;
}

Ints SpatialWindow::pads() const {
    Ints all(before);
    for (size_t i = 0; i < axes(); ++i) all.push_back(after[i] + overhang[i]);
    return all;
}

void SpatialWindow::insert_axis() {
    for (Ints* one : {&kernel, &strides, &dilations, &out}) one->insert(one->begin(), 1);
    for (Ints* zero : {&before, &after, &overhang}) zero->insert(zero->begin(), 0);
}

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
            place(w, i, spatial[i], ceil_mode);
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

ValueId at_least_2d(Compose& m, ValueId x) {
    const Shape shape = m.shape(x);
    return shape.size() == 3 ? m.reshape(x, {shape[0], shape[1], 1, shape[2]}) : x;
}

ValueId from_channels_last(Compose& m, ValueId y, bool added_axis) {
    y = to_channels_first(m.b, y);
    const Shape shape = m.shape(y);
    return added_axis ? m.reshape(y, {shape[0], shape[1], shape[3]}) : y;
}

}  // namespace tinsmith
