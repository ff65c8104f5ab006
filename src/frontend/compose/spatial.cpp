#include "frontend/compose/spatial.hpp"

#include <algorithm>

namespace tinsmith {

void place_window(SpatialWindow& w, size_t i, int64_t in, bool ceil_mode) {
    const int64_t reach = (w.kernel[i] - 1) * w.dilations[i] + 1, stride = w.strides[i];
    const int64_t room = in + w.before[i] + w.after[i] - reach;
    check(room >= 0, "a window over {} cells does not fit on {}, padding included", reach, in + w.before[i] + w.after[i]);
    w.out[i] = (room + (ceil_mode ? stride - 1 : 0)) / stride + 1;
    // A window that would start in the padding behind the tensor does not exist.
    if (ceil_mode && (w.out[i] - 1) * stride >= in + w.before[i]) --w.out[i];
    w.overhang[i] = std::max<int64_t>(0, (w.out[i] - 1) * stride - room);
}

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
