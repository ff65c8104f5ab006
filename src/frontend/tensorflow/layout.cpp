#include "frontend/tensorflow/layout.hpp"

namespace tinsmith::tensorflow {

SpatialOperand::SpatialOperand(NodeReader& r, size_t i, size_t axes)
    : x(r.operand(i)),
      r_(r),
      axes_(static_cast<size_t>(std::max<int64_t>(r.rank(i), 2)) - 2),
      channels_first_(r.text("data_format", "NHWC").starts_with("NC")) {
    check(axes_ >= 1 && axes_ <= 3 && (axes == 0 || axes == axes_), "the input is {}", to_string(r.type(i)));
    supported(r.type(i).dtype == DType::f32, "it works on {}; TFLite has it for floats", to_string(r.type(i)));
    if (!channels_first_) return;
    Ints perm = iota(r.rank(i));
    perm.erase(perm.begin() + 1);
    perm.push_back(1);
    x = Compose(r.b).transpose(x, perm);
}

Ints SpatialOperand::spatial(std::string_view attribute) const {
    const Ints all = r_.integers(attribute, Ints(axes_ + 2, 1));
    check(all.size() == axes_ + 2, "attribute '{}' has {} numbers, the input has {} dimensions", attribute, all.size(),
          axes_ + 2);
    Ints out;
    for (size_t i = 0; i < axes_; ++i) out.push_back(all[at(i)]);
    supported(all[0] == 1 && all[channels_first_ ? 1 : axes_ + 1] == 1, "attribute '{}' moves over the batch or the channels",
              attribute);
    return out;
}

Window SpatialOperand::window(Shape room, Ints kernel) const {
    const std::string padding = r_.text("padding", "VALID");
    Ints pads(2 * axes_);
    if (padding == "EXPLICIT") {
        const Ints all = r_.integers("explicit_paddings");
        check(all.size() == 2 * (axes_ + 2), "attribute 'explicit_paddings' has {} numbers", all.size());
        for (size_t i = 0; i < axes_; ++i) {
            for (size_t side : {size_t{0}, size_t{1}}) {
                const int64_t pad = all[2 * at(i) + side];
                check(pad >= 0 && pad < int64_t{1} << 31, "a padding of {}", pad);
                pads[i + side * axes_] = pad;
                room[i + 1] += pad;
            }
        }
    } else {
        check(padding == "SAME" || padding == "VALID", "attribute 'padding' is '{}'", padding);
    }
    Window w = window_over(room, std::move(kernel), spatial("strides"), spatial("dilations"),
                           padding == "SAME" ? Padding::same : Padding::valid);
    for (size_t i = 0; i < axes_; ++i) {
        w.before[i] += pads[i];
        w.after[i] += pads[i + axes_];
    }
    return w;
}

Ints SpatialOperand::places(const Ints& shape) const {
    if (shape.size() == axes_) return shape;
    check(shape.size() == axes_ + 2, "a shape of {} numbers for {} dimensions", shape.size(), axes_ + 2);
    return {shape.begin() + static_cast<ptrdiff_t>(at(0)), shape.begin() + static_cast<ptrdiff_t>(at(0) + axes_)};
}

ValueId SpatialOperand::back(ValueId y) const {
    if (!channels_first_) return y;
    Ints perm = iota(static_cast<int64_t>(axes_) + 2);
    perm.insert(perm.begin() + 1, perm.back());
    perm.pop_back();
    return Compose(r_.b).transpose(y, perm);
}

}  // namespace tinsmith::tensorflow
