// Boxes chosen by score: TFLite's operator has results of a fixed length, which is what pad_to_max_output_size asks for.
#include "frontend/compose/compose.hpp"
#include "frontend/tensorflow/ops.hpp"

#include <cmath>
#include <limits>

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

struct Selected {
    ValueId indices, count;
};

Selected selection(NodeReader& r) {
    supported(r.flag("pad_to_max_output_size"),
              "how many boxes it selects is known at run time only; tf.image.non_max_suppression_padded or "
              "pad_to_max_output_size=True give results of a fixed length");
    const std::vector<float> iou = r.floats(3), score = r.floats(4);
    check(iou.size() == 1 && score.size() == 1, "{} and {} thresholds", iou.size(), score.size());
    check(r.rank(0) == 2 && r.rank(1) == 1, "boxes are {}, scores are {}", to_string(r.type(0)), to_string(r.type(1)));
    const int64_t most = r.integer(2);
    supported(most >= 0 && most <= (1 << 16), "{} selected boxes", most);
    // TFLite suppresses from the threshold on, TensorFlow above it.
    const float threshold = std::nextafter(iou[0], std::numeric_limits<float>::infinity());
    const auto both = r.b.add_all(op::NonMaxSuppression, {r.operand(0), r.operand(1)},
                                  {{"max_output", most},
                                   {"iou", static_cast<double>(threshold)},
                                   {"score", static_cast<double>(std::max(score[0], std::numeric_limits<float>::lowest()))}});
    return {both[0], both[1]};
}

}  // namespace

std::vector<Operand> non_max_suppression(NodeReader& r) {
    const Selected s = selection(r);
    return {s.indices, s.count};
}

// The scores beside the indices: 0 where an index only fills up.
std::vector<Operand> non_max_suppression_soft(NodeReader& r) {
    const std::vector<float> sigma = r.floats(5);
    supported(sigma.size() == 1 && sigma[0] == 0, "soft suppression (soft_nms_sigma) has no counterpart in TFLite");
    const Selected s = selection(r);
    Compose m{r.b};
    const int64_t most = m.shape(s.indices)[0];
    std::vector<int32_t> places;
    for (int64_t i = 0; i < most; ++i) places.push_back(static_cast<int32_t>(i));
    const ValueId valid = r.b.add(op::Less, {r.b.ints(std::move(places), {most}), s.count});
    const ValueId scores = r.b.add(op::Gather, {r.operand(1), s.indices}, {{"axis", int64_t{0}}});
    return {s.indices, r.b.add(op::Where, {valid, scores, m.number(0, scores)}), s.count};
}

}  // namespace tinsmith::tensorflow::from_tensorflow
