#include "kernel/non_max_suppression.h"
#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type &boxes = c.type(0), &scores = c.type(1);
    check(boxes.rank() == 2 && boxes.shape[1] == 4 && boxes.dtype == DType::f32, "boxes are {}, not f32[N,4]",
          to_string(boxes));
    check(scores.shape == Shape{boxes.shape[0]} && scores.dtype == DType::f32, "scores are {} for {} boxes", to_string(scores),
          boxes.shape[0]);
    const int64_t most = c.node.integer("max_output");
    check(most >= 0, "max_output is {}", most);
    check(boxes.shape[0] < INT32_MAX && most < INT32_MAX, "more than 2^31 boxes");
    return {Type{DType::i32, {most}, {}}, Type{DType::i32, {}, {}}};
}

static void eval(const EvalContext& c) {
    const float* scores = c.in[1].as<float>();
    const float threshold = static_cast<float>(c.node.real("score"));
    std::vector<int32_t> order;
    for (int32_t i = 0; i < c.in[1].type->elements(); ++i)
        if (scores[i] > threshold) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return scores[a] > scores[b]; });
    const int64_t most = c.node.integer("max_output");
    int32_t* selected = c.out[0].as<int32_t>();
    std::fill_n(selected, most, 0);
    *c.out[1].as<int32_t>() = tin_non_max_suppression_f32(c.in[0].as<float>(), order.data(), static_cast<int64_t>(order.size()),
                                                          most, static_cast<float>(c.node.real("iou")), selected);
}

const OpDef op::NonMaxSuppression{
    .name = "NonMaxSuppression",
    .says =
        "by falling score above `score`, boxes that overlap no selected one by `iou` or more: indices (then zeros), their "
        "count",
    .operands = {{"boxes"}, {"scores"}},
    .attrs = {{"max_output", int64_t{0}, true}, {"iou", 0.0}, {"score", 0.0}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::stays_float,
    .tflite = {.builtin = 120, .accepts = dtypes(DType::f32), .max_rank = 2},
};

}  // namespace tinsmith
