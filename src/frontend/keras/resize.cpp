// Layers that change the size of images.
#include "frontend/keras/layers.hpp"

#include <algorithm>

namespace tinsmith::keras {

namespace {

constexpr int64_t limit = int64_t{1} << 20;

ValueId resize_image(Compose& m, ValueId x, int64_t height, int64_t width, const std::string& interpolation) {
    supported(interpolation == "nearest" || interpolation == "bilinear",
              "interpolation '{}'; TFLite has nearest and bilinear, which the layer can be changed to", interpolation);
    check(height >= 1 && width >= 1 && height < limit && width < limit, "a size of {}x{}", height, width);
    const OpDef& op = interpolation == "nearest" ? op::ResizeNearest : op::ResizeBilinear;
    return m.b.add(op, {x}, {{"size", Ints{height, width}}, {"align_corners", false}, {"half_pixel_centers", true}});
}

// The largest middle part of x with the aspect ratio height : width.
ValueId crop_to_ratio(Compose& m, ValueId x, int64_t height, int64_t width) {
    const Shape s = m.shape(x);
    auto part = [](int64_t other, int64_t own, int64_t wanted, int64_t extent) {
        const auto scaled = static_cast<int64_t>(static_cast<double>(other * own) / static_cast<double>(wanted));
        return std::clamp<int64_t>(scaled, 1, extent);
    };
    const int64_t rows = part(s[2], height, width, s[1]), columns = part(s[1], width, height, s[2]);
    const int64_t top = (s[1] - rows) / 2, left = (s[2] - columns) / 2;
    return m.slice(m.slice(x, 1, top, top + rows), 2, left, left + columns);
}

// A batch of images with channels last; a single image is a batch of one.
ValueId images(LayerReader& r) {
    check(r.rank() == 3 || r.rank() == 4, "the input has shape {}", to_string(r.shape()));
    supported(r.rank() == 4, "a single image without a batch dimension");
    return r.m.cast(to_channels_last(r, r.input()), DType::f32);
}

void check_size(int64_t height, int64_t width) {
    check(height >= 1 && width >= 1 && height < limit && width < limit, "a size of {}x{}", height, width);
}

int64_t times(int64_t extent, int64_t factor) {
    check(factor >= 1 && factor < limit && extent < limit, "{} cells, {} times", extent, factor);
    return extent * factor;
}

}  // namespace

std::vector<ValueId> up_sampling(LayerReader& r) {
    Compose& m = r.m;
    const std::string kind = r.kind(), interpolation = r.text("interpolation", "nearest");
    const size_t axes = static_cast<size_t>(kind[kind.size() - 2] - '0');
    check(r.rank() == static_cast<int64_t>(axes) + 2, "the input has shape {}", to_string(r.shape()));
    const Ints size = r.list("size", axes);
    const ValueId x = to_channels_last(r, r.input());
    const Shape s = m.shape(x);
    if (axes == 1) {
        const ValueId y = resize_image(m, m.reshape(x, {s[0], 1, s[1], s[2]}), 1, times(s[1], size[0]), "nearest");
        return {m.reshape(y, {s[0], s[1] * size[0], s[2]})};
    }
    if (axes == 2)
        return {from_channels_last(r, resize_image(m, x, times(s[1], size[0]), times(s[2], size[1]), interpolation))};
    // Planes first, then the axis in front of them.
    const int64_t h = times(s[2], size[1]), w = times(s[3], size[2]), d = times(s[1], size[0]);
    const ValueId planes = resize_image(m, m.reshape(x, {s[0] * s[1], s[2], s[3], s[4]}), h, w, "nearest");
    const ValueId y = resize_image(m, m.reshape(planes, {s[0], s[1], h * w, s[4]}), d, h * w, "nearest");
    return {from_channels_last(r, m.reshape(y, {s[0], d, h, w, s[4]}))};
}

std::vector<ValueId> resizing(LayerReader& r) {
    const int64_t height = r.integer("height"), width = r.integer("width");
    check_size(height, width);
    supported(!r.flag("pad_to_aspect_ratio", false) && !r.flag("antialias", false),
              "padding to the aspect ratio, or antialias");
    ValueId x = images(r);
    if (r.flag("crop_to_aspect_ratio", false)) x = crop_to_ratio(r.m, x, height, width);
    return {from_channels_last(r, resize_image(r.m, x, height, width, r.text("interpolation", "bilinear")))};
}

// The middle of an image, or, of one that is smaller, the middle of the enlarged image.
std::vector<ValueId> center_crop(LayerReader& r) {
    const int64_t height = r.integer("height"), width = r.integer("width");
    check_size(height, width);
    const ValueId x = images(r);
    const Shape s = r.m.shape(x);
    if (s[1] < height || s[2] < width)
        return {from_channels_last(r, resize_image(r.m, crop_to_ratio(r.m, x, height, width), height, width, "bilinear"))};
    const int64_t top = (s[1] - height) / 2, left = (s[2] - width) / 2;
    return {from_channels_last(r, r.m.slice(r.m.slice(x, 1, top, top + height), 2, left, left + width))};
}

}  // namespace tinsmith::keras
