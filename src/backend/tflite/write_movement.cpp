// Data movement: what the graph keeps as attributes, TFLite takes as i32 operands.
#include "backend/tflite/operator_writer.hpp"

#include <algorithm>

namespace tinsmith::tflite {

namespace {

using B = BuiltinOperator;

Operation write_reshape(const OperatorWriter& w) {
    return {B::RESHAPE, {w.in(0), w.has(1) ? w.in(1) : w.ints(w.out_type(0).shape)}, {}, {}};
}

Operation write_transpose(const OperatorWriter& w) { return {B::TRANSPOSE, {w.in(0), w.ints(w.node.ints("perm"))}, {}, {}}; }

Operation write_concat(const OperatorWriter& w) {
    return {B::CONCATENATION, w.all_inputs(), CreateConcatenationOptions(w.fbb, w.i32("axis")), {}};
}

// SLICE where the steps are one; STRIDED_SLICE else. An end of -1 with a negative step means "through the first element", which
// TFLite says with a bit of the mask.
Operation write_slice(const OperatorWriter& w) {
    if (w.has(1)) {
        int32_t strides = w.has(3) ? w.in(3) : w.ints(Ints(w.shape(0).size(), 1));
        return {B::STRIDED_SLICE, {w.in(0), w.in(1), w.in(2), strides}, CreateStridedSliceOptions(w.fbb), {}};
    }
    const Ints &starts = w.node.ints("starts"), &ends = w.node.ints("ends"), &steps = w.node.ints("steps");
    if (std::all_of(steps.begin(), steps.end(), [](int64_t s) { return s == 1; }))
        return {B::SLICE, {w.in(0), w.ints(starts), w.ints(w.out_type(0).shape)}, {}, {}};
    Ints bounded = ends;
    int32_t end_mask = 0;
    for (size_t d = 0; d < ends.size(); ++d) {
        if (ends[d] >= 0) continue;
        bounded[d] = 0;
        end_mask |= 1 << d;
    }
    return {B::STRIDED_SLICE,
            {w.in(0), w.ints(starts), w.ints(bounded), w.ints(steps)},
            CreateStridedSliceOptions(w.fbb, 0, end_mask),
            {}};
}

Operation write_split(const OperatorWriter& w) {
    const Ints& sizes = w.node.ints("sizes");
    int32_t axis = w.integer(w.node.integer("axis"));
    int32_t count = static_cast<int32_t>(sizes.size());
    if (std::all_of(sizes.begin(), sizes.end(), [&](int64_t s) { return s == sizes[0]; }))
        return {B::SPLIT, {axis, w.in(0)}, CreateSplitOptions(w.fbb, count), {}};
    return {B::SPLIT_V, {w.in(0), w.ints(sizes), axis}, CreateSplitVOptions(w.fbb, count), {}};
}

Operation write_pad(const OperatorWriter& w) {
    int32_t amounts = w.has(1) ? w.in(1) : -1;
    if (amounts < 0) {
        const Ints &before = w.node.ints("before"), &after = w.node.ints("after");
        Ints pairs;
        for (size_t d = 0; d < before.size(); ++d) pairs.insert(pairs.end(), {before[d], after[d]});
        amounts = w.ints(pairs, {static_cast<int64_t>(before.size()), 2});
    }
    const std::string& mode = w.node.text("mode");
    if (mode != "constant") {
        auto kind = mode == "reflect" ? MirrorPadMode::REFLECT : MirrorPadMode::SYMMETRIC;
        return {B::MIRROR_PAD, {w.in(0), amounts}, CreateMirrorPadOptions(w.fbb, kind), {}};
    }
    double value = w.node.real("value");
    if (!w.has(2) && value == 0) return {B::PAD, {w.in(0), amounts}, {}, {}};
    return {B::PADV2, {w.in(0), amounts, w.has(2) ? w.in(2) : w.scalar_like(value, w.type(0))}, {}, {}};
}

Operation write_tile(const OperatorWriter& w) {
    return {B::TILE, {w.in(0), w.has(1) ? w.in(1) : w.ints(w.node.ints("repeats"))}, {}, {}};
}

Operation write_expand(const OperatorWriter& w) {
    return {B::BROADCAST_TO, {w.in(0), w.has(1) ? w.in(1) : w.ints(w.out_type(0).shape)}, {}, {}};
}

Operation write_gather(const OperatorWriter& w) {
    return {B::GATHER, w.all_inputs(), CreateGatherOptions(w.fbb, w.i32("axis"), w.i32("batch_dims")), {}};
}

Operation write_gather_nd(const OperatorWriter& w) { return {B::GATHER_ND, w.all_inputs(), {}, {}}; }

Operation write_scatter_nd(const OperatorWriter& w) {
    return {B::SCATTER_ND, {w.in(0), w.in(1), w.ints(w.out_type(0).shape)}, {}, {}};
}

Operation write_one_hot(const OperatorWriter& w) {
    DType dtype = w.out_type(0).dtype;
    return {
        B::ONE_HOT,
        {w.in(0), w.integer(w.node.integer("depth")), w.scalar(w.node.real("on"), dtype), w.scalar(w.node.real("off"), dtype)},
        CreateOneHotOptions(w.fbb, w.i32("axis")),
        {}};
}

Operation write_depth_to_space(const OperatorWriter& w) {
    return {B::DEPTH_TO_SPACE, {w.in(0)}, CreateDepthToSpaceOptions(w.fbb, w.i32("blocksize")), {}};
}

Operation write_space_to_depth(const OperatorWriter& w) {
    return {B::SPACE_TO_DEPTH, {w.in(0)}, CreateSpaceToDepthOptions(w.fbb, w.i32("blocksize")), {}};
}

Operation write_reverse(const OperatorWriter& w) { return {B::REVERSE_V2, {w.in(0), w.ints(w.node.ints("axes"))}, {}, {}}; }

Operation write_reverse_sequence(const OperatorWriter& w) {
    return {
        B::REVERSE_SEQUENCE, w.all_inputs(), CreateReverseSequenceOptions(w.fbb, w.i32("seq_axis"), w.i32("batch_axis")), {}};
}

constexpr WriteRow rows[]{
    {"Reshape", write_reshape},
    {"Transpose", write_transpose},
    {"Concat", write_concat},
    {"Slice", write_slice},
    {"Split", write_split},
    {"Pad", write_pad},
    {"Tile", write_tile},
    {"Expand", write_expand},
    {"Gather", write_gather},
    {"GatherND", write_gather_nd},
    {"ScatterND", write_scatter_nd},
    {"OneHot", write_one_hot},
    {"DepthToSpace", write_depth_to_space},
    {"SpaceToDepth", write_space_to_depth},
    {"Reverse", write_reverse},
    {"ReverseSequence", write_reverse_sequence},
};

}  // namespace

std::span<const WriteRow> movement_writers() { return rows; }

}  // namespace tinsmith::tflite
