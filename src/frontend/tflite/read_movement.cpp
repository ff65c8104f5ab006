// Data movement: TFLite's i32 operands become attributes where they are constant.
#include "frontend/compose/space_to_batch.hpp"
#include "frontend/tflite/operator_reader.hpp"

#include <algorithm>

namespace tinsmith::tflite {

namespace {

using B = BuiltinOperator;
using Values = std::vector<ValueId>;

Values read_transpose(OperatorReader& r) {
    Ints perm = r.constant_ints(1);
    for (int64_t& axis : perm) axis = normalized_axis(axis, r.rank(0));
    return {r.b.add(op::Transpose, {r.operand(0)}, {{"perm", perm}})};
}

Values read_concatenation(OperatorReader& r) {
    const auto& options = r.options<ConcatenationOptions>();
    check(!r.in.empty(), "it has no operands");
    for (size_t i = 0; i < r.in.size(); ++i) r.operand(i);
    ValueId y = r.b.add(op::Concat, r.in, {{"axis", normalized_axis(options.axis(), r.rank(0))}});
    return {r.activated(y, options.activation())};
}

Values read_slice(OperatorReader& r) {
    Ints starts = r.constant_ints(1), sizes = r.constant_ints(2);
    Shape x = r.shape(0);
    check(starts.size() == x.size() && sizes.size() == x.size(),
          "begin and size do not have one entry for each of {} dimensions", x.size());
    Ints ends;
    for (size_t d = 0; d < x.size(); ++d) {
        check(starts[d] >= 0 && starts[d] <= x[d] && sizes[d] >= -1 && sizes[d] <= x[d],
              "begin {} and size {} do not fit dimension {} of {}", starts[d], sizes[d], d, to_string(r.type(0)));
        ends.push_back(sizes[d] < 0 ? x[d] : starts[d] + sizes[d]);
    }
    return {r.b.add(op::Slice, {r.operand(0)}, {{"starts", starts}, {"ends", ends}, {"steps", Ints(x.size(), 1)}})};
}

// The index of NumPy's slice: negative ones count from the end, all are clamped to where a walk may start or stop.
int64_t clamped(int64_t index, int64_t extent, int64_t step) {
    if (index < 0) index += extent;
    return step > 0 ? std::clamp<int64_t>(index, 0, extent) : std::clamp<int64_t>(index, -1, extent - 1);
}

Values read_strided_slice(OperatorReader& r) {
    const auto& options = r.options<StridedSliceOptions>();
    supported(options.ellipsis_mask() == 0 && options.new_axis_mask() == 0, "masks for an ellipsis or new axes are not read");
    if (!r.is_constant(1) || !r.is_constant(2)) {
        supported(options.begin_mask() == 0 && options.end_mask() == 0 && options.shrink_axis_mask() == 0 && !options.offset(),
                  "bounds computed at run time are read without masks only");
        return {r.b.add(op::Slice, r.in, {{"shape", r.declared_type(0).shape}})};
    }
    Ints begin = r.constant_ints(1), end = r.constant_ints(2), strides = r.constant_ints(3);
    Shape x = r.shape(0);
    check(begin.size() <= x.size() && end.size() == begin.size() && strides.size() == begin.size(),
          "begin, end and strides do not fit {}", to_string(r.type(0)));
    Ints starts, ends, steps;
    Shape kept;
    bool shrinks = false;
    for (size_t d = 0; d < x.size(); ++d) {
        auto bit = [&](int32_t mask) { return ((mask >> d) & 1) != 0; };
        bool given = d < begin.size();
        int64_t step = given ? strides[d] : 1, n = x[d];
        check(step != 0 && step >= -INT32_MAX, "stride 0");
        step = std::clamp(step, -n - 1, n + 1);
        int64_t start = step > 0 ? 0 : n - 1, stop = step > 0 ? n : -1;
        if (given && !bit(options.begin_mask())) start = clamped(begin[d], n, step);
        if (given && !bit(options.end_mask())) stop = clamped(options.offset() ? begin[d] + end[d] : end[d], n, step);
        if (given && bit(options.shrink_axis_mask())) {
            start = begin[d] < 0 ? begin[d] + n : begin[d];
            check(start >= 0 && start < n, "index {} is outside dimension {} of {}", begin[d], d, to_string(r.type(0)));
            stop = start + 1;
            step = 1;
            shrinks = true;
        } else {
            kept.push_back(-1);  // filled below
        }
        starts.push_back(start);
        ends.push_back(stop);
        steps.push_back(step);
    }
    ValueId y = r.b.add(op::Slice, {r.operand(0)}, {{"starts", starts}, {"ends", ends}, {"steps", steps}});
    if (!shrinks) return {y};
    size_t at = 0;
    for (size_t d = 0; d < x.size(); ++d)
        if (d >= begin.size() || ((options.shrink_axis_mask() >> d) & 1) == 0) kept[at++] = r.b.shape(y)[d];
    return {r.b.add(op::Reshape, {y}, {{"shape", kept}})};
}

Values split(OperatorReader& r, ValueId x, int64_t axis, const Ints& sizes) {
    return r.b.add_all(op::Split, {x}, {{"axis", axis}, {"sizes", sizes}});
}

Values read_split(OperatorReader& r) {
    int64_t axis = normalized_axis(r.constant_int(0), r.rank(1));
    int64_t parts = r.options<SplitOptions>().num_splits(), extent = r.shape(1)[static_cast<size_t>(axis)];
    check(parts > 0 && parts == std::ssize(r.declared) && extent % parts == 0, "{} does not split into {} parts",
          to_string(r.type(1)), parts);
    return split(r, r.operand(1), axis, Ints(static_cast<size_t>(parts), extent / parts));
}

Values read_split_v(OperatorReader& r) {
    int64_t axis = normalized_axis(r.constant_int(2), r.rank(0));
    Ints sizes = r.constant_ints(1);
    int64_t extent = r.shape(0)[static_cast<size_t>(axis)], known = 0, open = 0;
    for (int64_t size : sizes) {
        check(size >= -1 && size <= extent, "a part of {} elements of {}", size, to_string(r.type(0)));
        (size < 0 ? open : known) += size < 0 ? 1 : size;
    }
    check(open <= 1 && known <= extent && std::ssize(sizes) == std::ssize(r.declared), "parts do not add up to {}",
          to_string(r.type(0)));
    for (int64_t& size : sizes)
        if (size < 0) size = extent - known;
    return split(r, r.operand(0), axis, sizes);
}

Values pad(OperatorReader& r, const std::string& mode) {
    Attrs attrs{{"mode", mode}};
    if (!r.is_constant(1)) {
        attrs.set("shape", r.declared_type(0).shape);
        return {r.b.add(op::Pad, r.in, attrs)};
    }
    Ints pairs = r.constant_ints(1), before, after;
    check(std::ssize(pairs) == 2 * r.rank(0), "{} amounts for {} dimensions", pairs.size(), r.rank(0));
    for (size_t d = 0; d < pairs.size() / 2; ++d) {
        before.push_back(pairs[2 * d]);
        after.push_back(pairs[2 * d + 1]);
    }
    attrs.set("before", before);
    attrs.set("after", after);
    if (r.is_constant(2)) {
        // A stored integer, where x has a scale: the attribute is the real number that it stands for.
        const std::optional<Quant>& quant = r.type(0).quant;
        const double value = r.constant_real(2);
        attrs.set("value", quant ? quant->scale[0] * (value - static_cast<double>(quant->zero_point[0])) : value);
    }
    if (!r.has(2) || r.is_constant(2)) return {r.b.add(op::Pad, {r.operand(0)}, attrs)};
    return {r.b.add(op::Pad, {r.operand(0), no_value, r.operand(2)}, attrs)};
}

Values read_pad(OperatorReader& r) { return pad(r, "constant"); }

Values read_mirror_pad(OperatorReader& r) {
    return pad(r, r.options<MirrorPadOptions>().mode() == MirrorPadMode::REFLECT ? "reflect" : "symmetric");
}

Values read_tile(OperatorReader& r) {
    if (!r.is_constant(1)) return {r.b.add(op::Tile, {r.operand(0), r.operand(1)}, {{"shape", r.declared_type(0).shape}})};
    return {r.b.add(op::Tile, {r.operand(0)}, {{"repeats", r.constant_ints(1)}})};
}

Values read_gather(OperatorReader& r) {
    auto* options = r.optional_options<GatherOptions>();
    int64_t axis = normalized_axis(options ? options->axis() : 0, r.rank(0));
    int64_t batch = options ? options->batch_dims() : 0;
    if (batch < 0) batch += r.rank(1);
    return {r.b.add(op::Gather, {r.operand(0), r.operand(1)}, {{"axis", axis}, {"batch_dims", batch}})};
}

Values read_embedding_lookup(OperatorReader& r) {
    return {r.b.add(op::Gather, {r.operand(1), r.operand(0)}, {{"axis", int64_t{0}}})};
}

Values read_gather_nd(OperatorReader& r) { return {r.b.add(op::GatherND, {r.operand(0), r.operand(1)})}; }

Values read_scatter_nd(OperatorReader& r) {
    return {r.b.add(op::ScatterND, {r.operand(0), r.operand(1)}, {{"shape", r.constant_ints(2)}})};
}

Values read_one_hot(OperatorReader& r) {
    int64_t axis = normalized_axis(r.options<OneHotOptions>().axis(), r.rank(0) + 1);
    return {r.b.add(op::OneHot, {r.operand(0)},
                    {{"axis", axis},
                     {"depth", r.constant_int(1)},
                     {"on", r.constant_real(2)},
                     {"off", r.constant_real(3)},
                     {"dtype", std::string(dtype_name(r.type(2).dtype))}})};
}

Values read_depth_to_space(OperatorReader& r) {
    return {r.b.add(op::DepthToSpace, {r.operand(0)}, {{"blocksize", int64_t{r.options<DepthToSpaceOptions>().block_size()}}})};
}

Values read_space_to_depth(OperatorReader& r) {
    return {r.b.add(op::SpaceToDepth, {r.operand(0)}, {{"blocksize", int64_t{r.options<SpaceToDepthOptions>().block_size()}}})};
}

Values read_space_to_batch(OperatorReader& r) {
    Compose m{r.b};
    return {space_to_batch(m, r.operand(0), {r.constant_ints(1), r.constant_ints(2), r.rank(0)})};
}

Values read_batch_to_space(OperatorReader& r) {
    Compose m{r.b};
    return {batch_to_space(m, r.operand(0), {r.constant_ints(1), r.constant_ints(2), r.rank(0)})};
}

Values read_reverse(OperatorReader& r) {
    Ints axes = r.constant_ints(1);
    for (int64_t& axis : axes) axis = normalized_axis(axis, r.rank(0));
    return {r.b.add(op::Reverse, {r.operand(0)}, {{"axes", axes}})};
}

Values read_reverse_sequence(OperatorReader& r) {
    const auto& options = r.options<ReverseSequenceOptions>();
    return {r.b.add(op::ReverseSequence, {r.operand(0), r.operand(1)},
                    {{"seq_axis", int64_t{options.seq_dim()}}, {"batch_axis", int64_t{options.batch_dim()}}})};
}

// Sparse constants are dense from the moment they are read.
Values read_densify(OperatorReader& r) { return {r.operand(0)}; }

constexpr ReadRow rows[]{
    {B::DENSIFY, read_densify},
    {B::TRANSPOSE, read_transpose},
    {B::CONCATENATION, read_concatenation},
    {B::SLICE, read_slice},
    {B::STRIDED_SLICE, read_strided_slice},
    {B::SPLIT, read_split},
    {B::SPLIT_V, read_split_v},
    {B::PAD, read_pad},
    {B::PADV2, read_pad},
    {B::MIRROR_PAD, read_mirror_pad},
    {B::TILE, read_tile},
    {B::GATHER, read_gather},
    {B::EMBEDDING_LOOKUP, read_embedding_lookup},
    {B::GATHER_ND, read_gather_nd},
    {B::SCATTER_ND, read_scatter_nd},
    {B::ONE_HOT, read_one_hot},
    {B::DEPTH_TO_SPACE, read_depth_to_space},
    {B::SPACE_TO_DEPTH, read_space_to_depth},
    {B::SPACE_TO_BATCH_ND, read_space_to_batch},
    {B::BATCH_TO_SPACE_ND, read_batch_to_space},
    {B::REVERSE_V2, read_reverse},
    {B::REVERSE_SEQUENCE, read_reverse_sequence},
};

}  // namespace

std::span<const ReadRow> movement_readers() { return rows; }

}  // namespace tinsmith::tflite
