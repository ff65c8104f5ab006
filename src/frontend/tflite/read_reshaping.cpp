// What only changes a shape, and what asks for one: all static in the graph.
#include "frontend/tflite/operator_reader.hpp"

#include <algorithm>

namespace tinsmith::tflite {

namespace {

using B = BuiltinOperator;
using Values = std::vector<ValueId>;

// One extent may be -1: what is left over.
Shape resolved(Ints wanted, int64_t elements) {
    int64_t known = 1, open = 0;
    for (int64_t extent : wanted) {
        check(extent >= -1 && extent <= INT32_MAX, "shape {} has extent {}", to_string(wanted), extent);
        if (extent < 0)
            ++open;
        else
            known = element_count({known, extent});
    }
    check(open <= 1, "more than one extent of the shape is -1");
    for (int64_t& extent : wanted) {
        if (extent >= 0) continue;
        check(known > 0 && elements % known == 0, "{} elements do not divide by {}", elements, known);
        extent = elements / known;
    }
    return wanted;
}

Values read_reshape(OperatorReader& r) {
    int64_t elements = r.type(0).elements();
    if (r.has(1) && !r.is_constant(1))
        return {r.b.add(op::Reshape, {r.operand(0), r.operand(1)}, {{"shape", r.declared_type(0).shape}})};
    Ints wanted;
    if (r.has(1)) {
        wanted = r.constant_ints(1);
    } else {
        auto* shape = r.options<ReshapeOptions>().new_shape();
        check(shape != nullptr, "it has no shape");
        wanted.assign(shape->begin(), shape->end());
    }
    if (wanted == Ints{0} && elements == 1) wanted = {};  // an old spelling of a scalar
    return {r.b.add(op::Reshape, {r.operand(0)}, {{"shape", resolved(wanted, elements)}})};
}

Values read_squeeze(OperatorReader& r) {
    std::vector<bool> drop(r.shape(0).size(), false);
    auto* options = r.optional_options<SqueezeOptions>();
    auto* dims = options ? options->squeeze_dims() : nullptr;
    bool all = dims == nullptr || dims->size() == 0;
    if (!all)
        for (int32_t d : *dims) drop[static_cast<size_t>(normalized_axis(d, r.rank(0)))] = true;
    Shape left;
    for (size_t d = 0; d < drop.size(); ++d) {
        int64_t extent = r.shape(0)[d];
        check(!drop[d] || extent == 1, "dimension {} of {} is not 1", d, to_string(r.type(0)));
        if (!drop[d] && !(all && extent == 1)) left.push_back(extent);
    }
    return {r.b.add(op::Reshape, {r.operand(0)}, {{"shape", left}})};
}

Values read_expand_dims(OperatorReader& r) {
    Shape shape = r.shape(0);
    shape.insert(shape.begin() + normalized_axis(r.constant_int(1), r.rank(0) + 1), 1);
    return {r.b.add(op::Reshape, {r.operand(0)}, {{"shape", shape}})};
}

Values read_shape(OperatorReader& r) {
    Shape extents = r.shape(0), shape{r.rank(0)};
    auto* options = r.optional_options<ShapeOptions>();
    if (options && options->out_type() == TensorType::INT64) return {r.b.longs(extents, shape)};
    return {r.b.ints(std::vector<int32_t>(extents.begin(), extents.end()), shape)};
}

Values read_rank(OperatorReader& r) { return {r.b.ints({static_cast<int32_t>(r.rank(0))}, {})}; }

Values read_pack(OperatorReader& r) {
    const auto& options = r.options<PackOptions>();
    check(!r.in.empty(), "it has no operands");
    int64_t axis = normalized_axis(options.axis(), r.rank(0) + 1);
    Values parts;
    for (size_t i = 0; i < r.in.size(); ++i) {
        Shape shape = r.shape(i);
        check(axis <= std::ssize(shape), "operand {} is {}, the first is {}", i, to_string(r.type(i)), to_string(r.type(0)));
        shape.insert(shape.begin() + axis, 1);
        parts.push_back(r.reshape(r.operand(i), shape));
    }
    return {r.b.add(op::Concat, parts, {{"axis", axis}})};
}

Values read_unpack(OperatorReader& r) {
    int64_t axis = normalized_axis(r.options<UnpackOptions>().axis(), r.rank(0));
    auto at = static_cast<size_t>(axis);
    Shape shape = r.shape(0);
    int64_t count = shape[at];
    check(count == std::ssize(r.declared), "{} unpacks into {} tensors, it has {} outputs", to_string(r.type(0)), count,
          r.declared.size());
    shape.erase(shape.begin() + axis);
    Values parts = r.b.add_all(op::Split, {r.operand(0)}, {{"axis", axis}, {"sizes", Ints(static_cast<size_t>(count), 1)}});
    for (ValueId& part : parts) part = r.b.add(op::Reshape, {part}, {{"shape", shape}});
    return parts;
}

Values read_fill(OperatorReader& r) {
    Shape shape = r.constant_ints(0);
    check(std::all_of(shape.begin(), shape.end(), [](int64_t e) { return e >= 0; }), "shape {}", to_string(shape));
    return {r.b.add(op::Expand, {r.operand(1)}, {{"shape", shape}})};
}

Values read_broadcast_to(OperatorReader& r) {
    if (!r.is_constant(1)) return {r.b.add(op::Expand, {r.operand(0), r.operand(1)}, {{"shape", r.declared_type(0).shape}})};
    return {r.b.add(op::Expand, {r.operand(0)}, {{"shape", r.constant_ints(1)}})};
}

constexpr ReadRow rows[]{
    {B::RESHAPE, read_reshape}, {B::SQUEEZE, read_squeeze}, {B::EXPAND_DIMS, read_expand_dims},
    {B::SHAPE, read_shape},     {B::RANK, read_rank},       {B::PACK, read_pack},
    {B::UNPACK, read_unpack},   {B::FILL, read_fill},       {B::BROADCAST_TO, read_broadcast_to},
};

}  // namespace

std::span<const ReadRow> reshaping_readers() { return rows; }

}  // namespace tinsmith::tflite
