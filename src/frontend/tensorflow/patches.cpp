// Images taken apart.
#include "frontend/compose/compose.hpp"
#include "frontend/compose/window.hpp"
#include "frontend/tensorflow/ops.hpp"

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

// The two spatial numbers of a list [1, height, width, 1].
Ints spatial(NodeReader& r, std::string_view attribute) {
    const Ints all = r.integers(attribute);
    check(all.size() == 4 && all[0] == 1 && all[3] == 1, "attribute '{}' is {}", attribute, to_string(all));
    return {all[1], all[2]};
}

}  // namespace

// [N, H, W, C] -> [N, rows, columns, height width C]: for each place of the window, the pixels of every step of it.
std::vector<Operand> extract_image_patches(NodeReader& r) {
    Compose m{r.b};
    check(r.rank(0) == 4, "the images are {}", to_string(r.type(0)));
    const std::string padding = r.text("padding", "VALID");
    check(padding == "SAME" || padding == "VALID", "attribute 'padding' is '{}'", padding);
    const Window w = window_over(r.shape(0), spatial(r, "ksizes"), spatial(r, "strides"), spatial(r, "rates"),
                                 padding == "SAME" ? Padding::same : Padding::valid);
    supported(w.kernel[0] <= 4096 / w.kernel[1], "patches of {} x {}", w.kernel[0], w.kernel[1]);
    const ValueId x = m.pad(r.operand(0), {0, w.before[0], w.before[1], 0}, {0, w.after[0], w.after[1], 0});
    auto part = [&](ValueId from, size_t axis, int64_t place) {
        const int64_t extent = m.shape(from)[axis + 1], reach = (w.kernel[axis] - 1) * w.dilations[axis] + 1;
        const int64_t count = (extent - reach) / w.strides[axis] + 1, start = place * w.dilations[axis];
        return m.slice(from, static_cast<int64_t>(axis) + 1, start, start + (count - 1) * w.strides[axis] + 1, w.strides[axis]);
    };
    std::vector<ValueId> places;
    for (int64_t i = 0; i < w.kernel[0]; ++i) {
        const ValueId rows = part(x, 0, i);
        for (int64_t j = 0; j < w.kernel[1]; ++j) places.push_back(part(rows, 1, j));
    }
    return {m.concat(places, 3)};
}

// (x - mean) * factor + mean, the mean of each channel of each image.
std::vector<Operand> adjust_contrast(NodeReader& r) {
    Compose m{r.b};
    check(r.rank(0) >= 3, "the images are {}", to_string(r.type(0)));
    const ValueId x = r.operand(0), mean = m.reduce(op::ReduceMean, x, {r.rank(0) - 3, r.rank(0) - 2}, true);
    return {m.add(m.mul(m.sub(x, mean), m.reshape(r.operand(1), {})), mean)};
}

}  // namespace tinsmith::tensorflow::from_tensorflow
