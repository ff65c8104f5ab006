// Dense and Embedding.
#include "frontend/keras/functions.hpp"
#include "frontend/keras/layers.hpp"

namespace tinsmith::keras {

bool uses_bias(const Json& config) { return flag_of(config, "use_bias", true); }

Slots slots::kernel(const Json& config, int) {
    Slots out{{"kernel", "", true}};
    if (uses_bias(config)) out.push_back({"bias", "", true});
    return out;
}

std::vector<ValueId> dense(LayerReader& r) {
    const int64_t units = r.integer("units");
    check(r.rank() >= 2, "the input has shape {}", to_string(r.shape()));
    const ValueId kernel = r.weight("kernel", {r.shape().back(), units});
    const ValueId y = r.b().add(op::FullyConnected, {r.input(), r.m.transpose(kernel, {1, 0}), r.bias(units)});
    return {activate(r, y)};
}

Slots slots::embedding(const Json&, int) { return {{"embeddings", "", true}}; }

std::vector<ValueId> embedding(LayerReader& r) {
    supported(!r.flag("mask_zero", false),
              "steps masked by index 0; where padding does not matter, save the model with mask_zero=False");
    const Shape table{r.integer("input_dim"), r.integer("output_dim")};
    const ValueId indices = r.m.cast(r.input(), DType::i32);
    return {r.b().add(op::Gather, {r.weight("embeddings", table), indices}, {{"axis", int64_t{0}}})};
}

}  // namespace tinsmith::keras
