#include "frontend/keras/masks.hpp"

#include "frontend/keras/layers.hpp"

#include <algorithm>

namespace tinsmith::keras {

namespace {

// Layers whose result has the mask of their first input. Every other layer loses it.
constexpr std::string_view keepers[] = {"Activation",
                                        "ActivityRegularization",
                                        "AlphaDropout",
                                        "Attention",
                                        "AdditiveAttention",
                                        "BatchNormalization",
                                        "Dense",
                                        "Dropout",
                                        "ELU",
                                        "GaussianDropout",
                                        "GaussianNoise",
                                        "GroupNormalization",
                                        "Identity",
                                        "LayerNormalization",
                                        "LeakyReLU",
                                        "MultiHeadAttention",
                                        "GroupQueryAttention",
                                        "PReLU",
                                        "PruneLowMagnitude",
                                        "QuantizeWrapper",
                                        "QuantizeWrapperV2",
                                        "ReLU",
                                        "SpatialDropout1D",
                                        "SpatialDropout2D",
                                        "SpatialDropout3D",
                                        "Softmax",
                                        "ThresholdedReLU",
                                        "TimeDistributed",
                                        "UnitNormalization"};
// Those of Keras 3 alone.
constexpr std::string_view later_keepers[] = {"Normalization", "Rescaling"};
constexpr std::string_view merges[] = {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"};
constexpr std::string_view recurrents[] = {"LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"};

constexpr std::string_view attentions[] = {"Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention"};

template <size_t N>
bool in(const std::string_view (&list)[N], const std::string& name) {
    return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

ValueId known(const LayerReader& r, ValueId x) {
    const auto found = r.masks.find(x);
    return found == r.masks.end() ? no_value : found->second;
}

ValueId not_equal(Compose& m, ValueId x, double value) { return m.b.add(op::NotEqual, {x, m.number(value, x)}); }

// Keras 3: a step counts where it counts for any of the inputs, all of which have masks; before, for all that have one.
ValueId merged(LayerReader& r) {
    ValueId mask = no_value;
    for (ValueId x : r.in) {
        const ValueId one = known(r, x);
        if (one == no_value && r.major >= 3) return no_value;
        if (one == no_value) continue;
        mask = mask == no_value ? one : r.b().add(r.major >= 3 ? op::Or : op::And, {mask, one});
    }
    return mask;
}

// Along the features a step counts where it counts for any input; along the steps masks follow each other.
ValueId concatenated(LayerReader& r) {
    std::vector<ValueId> masks;
    for (ValueId x : r.in) masks.push_back(known(r, x));
    const auto absent = std::count(masks.begin(), masks.end(), no_value);
    if (absent == static_cast<int64_t>(masks.size())) return no_value;
    const int64_t axis = normalized_axis(r.integer("axis", -1), r.rank());
    supported(r.rank() == 3 && axis > 0, "masks of inputs of shape {} joined along axis {}", to_string(r.shape()), axis);
    if (axis == 2 && absent > 0) return no_value;  // every step counts
    ValueId mask = masks[0];
    if (axis == 2) {
        for (size_t i = 1; i < masks.size(); ++i) mask = r.b().add(op::Or, {mask, masks[i]});
        return mask;
    }
    for (size_t i = 0; i < masks.size(); ++i)
        if (masks[i] == no_value)
            masks[i] = r.m.cast(r.b().splat(1, {DType::i32, {r.shape(i)[0], r.shape(i)[1]}, {}}), DType::boolean);
    return r.m.concat(masks, 1);
}

ValueId result_mask(LayerReader& r, bool& of_all) {
    const std::string kind = r.kind();
    if (is_operation(r.layer) || r.in.empty()) return no_value;
    if (kind == "Masking")
        return r.m.reduce(op::ReduceAny, not_equal(r.m, r.input(), r.real("mask_value", 0)), {r.rank() - 1}, false);
    if (kind == "Embedding") return r.flag("mask_zero", false) ? not_equal(r.m, r.m.cast(r.input(), DType::i32), 0) : no_value;
    if (in(merges, kind)) return merged(r);
    if (kind == "Concatenate") return concatenated(r);
    if (in(recurrents, kind)) return r.flag("return_sequences", false) ? mask_of(r) : no_value;
    if (kind == "Bidirectional") {
        const Part forward = parts_of(r.layer).at(0);
        of_all = !r.has("merge_mode");
        return flag_of(forward.layer["config"], "return_sequences", false) ? mask_of(r) : no_value;
    }
    return in(keepers, kind) || (r.major >= 3 && in(later_keepers, kind)) ? known(r, r.input()) : no_value;
}

}  // namespace

bool heeds_masks(const std::string& kind) {
    return in(recurrents, kind) || in(attentions, kind) || kind == "Bidirectional" || kind == "GlobalAveragePooling1D" ||
           kind == "Softmax";
}

ValueId mask_for(const LayerReader& r, const char* argument, ValueId x) {
    const ValueId stated = r.tensor_argument(99, argument);
    return stated == no_value ? known(r, x) : r.m.cast(stated, DType::boolean);
}

ValueId mask_of(const LayerReader& r, size_t i) { return mask_for(r, "mask", r.input(i)); }

ValueId both_masks(Compose& m, ValueId a, ValueId b) {
    if (a == no_value || b == no_value) return a == no_value ? b : a;
    return m.b.add(op::And, {a, b});
}

void hand_on_masks(LayerReader& r, std::vector<ValueId>& results) {
    bool of_all = false;
    const ValueId mask = result_mask(r, of_all);
    for (size_t i = 0; i < results.size(); ++i) {
        if (results[i] == no_value) continue;
        const ValueId own = i == 0 || of_all ? mask : no_value;
        // A layer that does nothing but lose the mask: its result is a value of its own.
        if (const ValueId before = known(r, results[i]); before != no_value && before != own)
            results[i] = r.b().add(op::Reshape, {results[i]}, {{"shape", Ints(r.m.shape(results[i]))}});
        if (own != no_value) r.masks[results[i]] = own;
    }
}

}  // namespace tinsmith::keras
