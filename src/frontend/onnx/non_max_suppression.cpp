// NonMaxSuppression, one TFLite operator for each class of each image, and RoiAlign.
#include "frontend/compose/compose.hpp"
#include "frontend/onnx/ops.hpp"

#include <cmath>
#include <limits>

namespace tinsmith::from_onnx {

namespace {

// [x_center, y_center, width, height] as corners [y1, x1, y2, x2].
ValueId corners(Compose& m, ValueId boxes) {
    const auto p = m.split(boxes, 1, {1, 1, 1, 1});
    const ValueId half_width = m.scaled(p[2], 0.5), half_height = m.scaled(p[3], 0.5);
    return m.concat({m.sub(p[1], half_height), m.sub(p[0], half_width), m.add(p[1], half_height), m.add(p[0], half_width)}, 1);
}

struct Selection {
    ValueId rows, valid;  // i32 [most, 3]: image, class, box; f32 [most]: 1 where the row is one, 0 where it fills up
};

Selection select(Compose& m, ValueId boxes, ValueId scores, int64_t image, int64_t of_class, int64_t most, const Attrs& attrs) {
    const auto picked = m.b.add_all(op::NonMaxSuppression, {boxes, scores}, attrs);
    std::vector<int32_t> labels, index;
    for (int64_t i = 0; i < most; ++i) {
        labels.push_back(static_cast<int32_t>(image));
        labels.push_back(static_cast<int32_t>(of_class));
        index.push_back(static_cast<int32_t>(i));
    }
    const ValueId valid = m.b.add(op::Less, {m.b.ints(std::move(index), {most}), picked[1]});
    return {m.concat({m.b.ints(std::move(labels), {most, 2}), m.reshape(picked[0], {most, 1})}, 1), m.cast(valid, DType::f32)};
}

}  // namespace

std::vector<ValueId> non_max_suppression(NodeReader& r) {
    Compose m{r.b};
    const Shape boxes = r.shape(0), scores = r.shape(1);
    check(boxes.size() == 3 && boxes[2] == 4 && scores.size() == 3 && scores[0] == boxes[0] && scores[2] == boxes[1],
          "boxes are {}, scores are {}", to_string(boxes), to_string(scores));
    const auto& declared = r.declared.empty() ? std::nullopt : r.declared[0];
    supported(
        declared.has_value() && declared->rank() == 2,
        "how many boxes it selects is known at run time only, and the model does not declare the output's shape; cut the model "
        "before it with --outputs");
    const int64_t rows = declared->shape[0];
    const auto limit = r.constant_ints(2);
    const auto iou = r.constant_floats(3), score = r.constant_floats(4);
    check(!limit || limit->size() == 1, "max_output_boxes_per_class has {} numbers", limit ? limit->size() : 0);
    const int64_t most = limit ? std::min(std::max<int64_t>(0, (*limit)[0]), boxes[1]) : 0;
    check(rows <= most * scores[0] * scores[1], "{} selected boxes are declared, at most {} are possible", rows,
          most * scores[0] * scores[1]);
    if (rows == 0) return {m.b.longs({}, {0, 3})};
    // TFLite suppresses from the threshold on, ONNX above it.
    const float threshold = std::nextafter(iou && !iou->empty() ? (*iou)[0] : 0.0f, std::numeric_limits<float>::infinity());
    const double least = score && !score->empty() ? (*score)[0] : std::numeric_limits<float>::lowest();
    const Attrs attrs{{"max_output", most}, {"iou", static_cast<double>(threshold)}, {"score", least}};
    supported(most <= (1 << 16), "{} selected boxes for each class", most);
    supported(scores[0] * scores[1] <= 256, "{} images of {} classes, each with an operator of its own", scores[0], scores[1]);
    std::vector<ValueId> all, valid;
    for (int64_t image = 0; image < scores[0]; ++image) {
        ValueId of_image = m.reshape(m.slice(r.operand(0), 0, image, image + 1), {boxes[1], 4});
        if (r.integer("center_point_box", 0) != 0) of_image = corners(m, of_image);
        const ValueId classes = m.reshape(m.slice(r.operand(1), 0, image, image + 1), {scores[1], boxes[1]});
        for (int64_t c = 0; c < scores[1]; ++c) {
            const Selection s =
                select(m, of_image, m.reshape(m.slice(classes, 0, c, c + 1), {boxes[1]}), image, c, most, attrs);
            all.push_back(s.rows);
            valid.push_back(s.valid);
        }
    }
    ValueId selected = m.concat(all, 0);
    // The rows that are ones, in their order: the largest of 0 and 1, the first of equals first.
    if (all.size() > 1)
        selected = m.b.add(op::Gather, {selected, m.b.add_all(op::TopK, {m.concat(valid, 0)}, {{"k", rows}})[1]},
                           {{"axis", int64_t{0}}});
    return {m.cast(m.slice(selected, 0, 0, rows), DType::i64)};
}

namespace {

// The weight of each of `extent` cells in each of `bins` along one axis of each region: the mean over `samples` points of a bin of
// bilinear interpolation. start, size: [regions, 1, 1]. Result: [regions, bins, extent].
ValueId bin_weights(Compose& m, ValueId start, ValueId size, int64_t bins, int64_t samples, int64_t extent) {
    std::vector<float> places, cells(static_cast<size_t>(extent));
    for (int64_t b = 0; b < bins; ++b)
        for (int64_t s = 0; s < samples; ++s)
            places.push_back((static_cast<float>(b) + (static_cast<float>(s) + 0.5f) / static_cast<float>(samples)) /
                             static_cast<float>(bins));
    for (size_t i = 0; i < cells.size(); ++i) cells[i] = static_cast<float>(i);
    const ValueId at = m.add(start, m.mul(size, m.b.floats(std::move(places), {1, bins * samples, 1})));
    // A point more than one cell outside counts nothing, one less far lies on the border.
    const ValueId inside = m.b.add(op::And, {m.b.add(op::GreaterOrEqual, {at, m.number(-1, at)}),
                                             m.b.add(op::LessOrEqual, {at, m.number(static_cast<double>(extent), at)})});
    const ValueId border = m.clamp(at, 0, static_cast<double>(extent - 1));
    const ValueId distance = m.unary(op::Abs, m.sub(border, m.b.floats(std::move(cells), {1, 1, extent})));
    ValueId weights = m.unary(op::Relu, m.sub(m.number(1, distance), distance));
    weights = m.mul(weights, m.cast(inside, DType::f32));
    const int64_t regions = m.shape(weights)[0];
    if (samples == 1) return weights;
    return m.reduce(op::ReduceMean, m.reshape(weights, {regions, bins, samples, extent}), {2}, false);
}

}  // namespace

std::vector<ValueId> roi_align(NodeReader& r) {
    Compose m{r.b};
    const Shape x = r.shape(0), rois = r.shape(1);
    check(x.size() == 4 && rois.size() == 2 && rois[1] == 4 && r.type(2).elements() == rois[0], "x is {}, rois are {}",
          to_string(x), to_string(rois));
    supported(r.text("mode", "avg") == "avg", "the largest of sampled points (mode '{}')", r.text("mode", "avg"));
    const int64_t samples = r.integer("sampling_ratio", 0), height = r.integer("output_height", 1),
                  width = r.integer("output_width", 1);
    supported(samples > 0, "how many points are sampled depends on the regions (sampling_ratio 0)");
    check(samples < 64 && height >= 1 && width >= 1 && height < 8192 && width < 8192,
          "output_height, output_width or sampling_ratio");
    check(x[2] >= 1 && x[3] >= 1 && x[2] < (1 << 20) && x[3] < (1 << 20), "x is {}", to_string(x));
    const bool half_pixel =
        r.text("coordinate_transformation_mode", r.opset >= 16 ? "half_pixel" : "output_half_pixel") == "half_pixel";
    const ValueId scaled = m.add_number(m.scaled(r.operand(1), r.real("spatial_scale", 1)), half_pixel ? -0.5 : 0);
    const auto edges = m.split(m.reshape(scaled, {rois[0], 4, 1}), 1, {1, 1, 1, 1});
    auto weights = [&](size_t from, int64_t bins, int64_t extent) {
        ValueId size = m.sub(edges[from + 2], edges[from]);
        if (!half_pixel) size = m.max(size, m.number(1, size));
        return bin_weights(m, edges[from], size, bins, samples, extent);
    };
    const ValueId across = weights(0, width, x[3]), down = weights(1, height, x[2]);
    const ValueId images = m.b.add(op::Gather, {r.operand(0), r.operand(2)}, {{"axis", int64_t{0}}});  // [regions, C, H, W]
    const ValueId narrow = m.b.add(op::MatMul, {images, m.reshape(across, {rois[0], 1, width, x[3]})}, {{"adj_y", true}});
    return {m.b.add(op::MatMul, {m.reshape(down, {rois[0], 1, height, x[2]}), narrow})};
}

}  // namespace tinsmith::from_onnx
