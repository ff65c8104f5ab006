// Operators that give the same elements another shape or order.
#include "frontend/compose/compose.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/parameters.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith::from_onnx {

// The shape with its 0 (copy) and -1 (the rest) entries replaced.
static Shape resolve_shape(const Shape& in, Ints wanted, bool allow_zero) {
    int64_t known = 1, elements = element_count(in);
    std::optional<size_t> rest;
    for (size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i] == 0 && !allow_zero) {
            check(i < in.size(), "entry {} of the new shape copies a dimension that {} lacks", i, to_string(in));
            wanted[i] = in[i];
        }
        if (wanted[i] == -1) {
            check(!rest, "the new shape has two entries -1");
            rest = i;
            continue;
        }
        check(wanted[i] >= 0 && (known == 0 || wanted[i] <= (int64_t{1} << 40) / known), "the new shape {} is out of range",
              to_string(wanted));
        known *= wanted[i];
    }
    if (rest) {
        check(known != 0 && elements % known == 0, "{} cannot be reshaped to {}", to_string(in), to_string(wanted));
        wanted[*rest] = elements / known;
    }
    return wanted;
}

std::vector<ValueId> reshape(NodeReader& r) {
    Compose c(r.b);
    const Shape* declared = declared_shape(r);
    std::optional<Ints> wanted = r.integers("shape");  // opset 1
    if (!wanted && !r.is_constant(1) && declared) return {c.reshape(r.operand(0), *declared)};
    if (!wanted) wanted = required_ints(r, 1);
    return {c.reshape(r.operand(0), resolve_shape(r.shape(0), *wanted, r.integer("allowzero", 0) != 0))};
}

std::vector<ValueId> flatten(NodeReader& r) {
    const Shape in = r.shape(0);
    int64_t axis = r.integer("axis", 1), rank = std::ssize(in);
    check(axis >= -rank && axis <= rank, "axis {} is outside a tensor of rank {}", axis, rank);
    if (axis < 0) axis += rank;
    auto count = [&](int64_t from, int64_t to) { return element_count({in.begin() + from, in.begin() + to}); };
    return {Compose(r.b).reshape(r.operand(0), {count(0, axis), count(axis, rank)})};
}

// The axes of Squeeze and Unsqueeze: an attribute up to opset 12, then an input.
static std::optional<Ints> listed_axes(const NodeReader& r) {
    if (r.has_attribute("axes")) return r.integers("axes");
    return r.has(1) ? std::optional(required_ints(r, 1)) : std::nullopt;
}

std::vector<ValueId> squeeze(NodeReader& r) {
    Compose c(r.b);
    Shape out = r.shape(0);
    if (r.has(1) && !r.is_constant(1))
        if (const Shape* declared = declared_shape(r)) return {c.reshape(r.operand(0), *declared)};
    if (auto axes = listed_axes(r)) {
        Ints drop = normalized_axes(*axes, std::ssize(out));
        std::sort(drop.rbegin(), drop.rend());
        for (int64_t axis : drop) {
            check(out[static_cast<size_t>(axis)] == 1, "axis {} of {} is not 1", axis, to_string(r.shape(0)));
            out.erase(out.begin() + axis);
        }
    } else {
        std::erase(out, 1);
    }
    return {c.reshape(r.operand(0), std::move(out))};
}

std::vector<ValueId> unsqueeze(NodeReader& r) {
    Compose c(r.b);
    if (r.has(1) && !r.is_constant(1))
        if (const Shape* declared = declared_shape(r)) return {c.reshape(r.operand(0), *declared)};
    auto axes = listed_axes(r);
    check(axes.has_value(), "the axes are missing");
    Ints added = normalized_axes(*axes, r.rank(0) + std::ssize(*axes));
    std::sort(added.begin(), added.end());
    Shape out = r.shape(0);
    for (int64_t axis : added) out.insert(out.begin() + axis, 1);
    return {c.reshape(r.operand(0), std::move(out))};
}

std::vector<ValueId> transpose(NodeReader& r) {
    Ints perm = iota(r.rank(0));
    std::reverse(perm.begin(), perm.end());
    perm = normalized_axes(r.integers("perm", perm), r.rank(0));
    check(std::ssize(perm) == r.rank(0), "'perm' has {} entries for {} dimensions", perm.size(), r.rank(0));
    return {Compose(r.b).transpose(r.operand(0), perm)};
}

std::vector<ValueId> expand(NodeReader& r) {
    const Shape* declared = declared_shape(r);
    Shape to = !r.is_constant(1) && declared ? *declared : required_ints(r, 1);
    element_count(to);
    return {Compose(r.b).expand(r.operand(0), broadcast(r.shape(0), to))};
}

std::vector<ValueId> tile(NodeReader& r) {
    const Shape in = r.shape(0);
    const Shape* declared = declared_shape(r);
    Ints repeats;
    if (r.is_constant(1) || !declared) {
        repeats = required_ints(r, 1);
    } else {
        check(declared->size() == in.size(), "the output is declared as {}, the input is {}", to_string(*declared),
              to_string(in));
        for (size_t d = 0; d < in.size(); ++d) repeats.push_back(in[d] == 0 ? 1 : (*declared)[d] / in[d]);
    }
    if (std::all_of(repeats.begin(), repeats.end(), [](int64_t n) { return n == 1; })) return {r.operand(0)};
    return {r.b.add(op::Tile, {r.operand(0)}, {{"repeats", repeats}})};
}

std::vector<ValueId> concat(NodeReader& r) {
    std::vector<ValueId> parts;
    for (size_t i = 0; i < r.in.size(); ++i) parts.push_back(r.operand(i));
    check(!parts.empty(), "there is nothing to concatenate");
    int64_t axis = normalized_axis(r.opset < 4 ? r.integer("axis", 1) : r.integer("axis"), r.rank(0));
    // Empty operands add nothing, and TFLite's runtimes need not see them.
    auto is_empty = [&](ValueId x) { return r.b.type(x).elements() == 0; };
    auto fits = [&](ValueId x) { return r.b.shape(x).size() == r.shape(0).size(); };
    if (parts.size() > 1 && std::all_of(parts.begin(), parts.end(), fits) && !std::all_of(parts.begin(), parts.end(), is_empty))
        std::erase_if(parts, is_empty);
    return {Compose(r.b).concat(std::move(parts), axis)};
}

std::vector<ValueId> split(NodeReader& r) {
    const Shape in = r.shape(0);
    int64_t axis = normalized_axis(r.integer("axis", 0), std::ssize(in)), extent = in[static_cast<size_t>(axis)];
    Ints sizes;
    if (auto listed = r.integers("split")) {
        sizes = *listed;
    } else if (r.is_constant(1)) {
        sizes = required_ints(r, 1);
    } else if (r.has(1)) {
        for (size_t i = 0; i < r.node.outputs.size(); ++i) {
            const Shape* part = declared_shape(r, i);
            if (!part || part->size() != in.size()) required_ints(r, 1);
            sizes.push_back((*part)[static_cast<size_t>(axis)]);
        }
    } else {
        int64_t count = r.integer("num_outputs", std::ssize(r.node.outputs));
        check(count > 0 && count <= extent + 1 && count >= std::ssize(r.node.outputs),
              "splitting an extent of {} into {} parts", extent, count);
        int64_t chunk = (extent + count - 1) / count;
        for (int64_t left = extent; count > 0; --count, left -= sizes.back()) sizes.push_back(std::min(chunk, left));
    }
    check(sizes.size() != 1 || sizes[0] == extent, "one part of {} does not cover an extent of {}", sizes[0], extent);
    return Compose(r.b).split(r.operand(0), axis, std::move(sizes));
}

std::vector<ValueId> depth_to_space(NodeReader& r) {
    Compose c(r.b);
    ValueId x = r.operand(0);
    int64_t block = r.integer("blocksize");
    check(r.rank(0) == 4, "the input is {}, expected 4 dimensions", to_string(r.type(0)));
    check(block >= 1 && block <= 1 << 20 && r.shape(0)[1] % (block * block) == 0,
          "blocksize {} does not fit the channels of {}", block, to_string(r.type(0)));
    if (r.text("mode", "DCR") == "CRD") {  // channels are [c, block, block]: bring them into [block, block, c]
        const Shape in = r.shape(0);
        int64_t ch = in[1] / (block * block);
        x = c.reshape(c.transpose(c.reshape(x, {in[0], ch, block * block, in[2] * in[3]}), {0, 2, 1, 3}), in);
    }
    return {to_channels_first(r.b, r.b.add(op::DepthToSpace, {to_channels_last(r.b, x)}, {{"blocksize", block}}))};
}

std::vector<ValueId> space_to_depth(NodeReader& r) {
    check(r.rank(0) == 4, "the input is {}, expected 4 dimensions", to_string(r.type(0)));
    ValueId x = to_channels_last(r.b, r.operand(0));
    return {to_channels_first(r.b, r.b.add(op::SpaceToDepth, {x}, {{"blocksize", r.integer("blocksize")}}))};
}

std::vector<ValueId> reverse_sequence(NodeReader& r) {
    int64_t batch = r.integer("batch_axis", 1), time = r.integer("time_axis", 0);
    return {r.b.add(op::ReverseSequence, {r.operand(0), r.operand(1)}, {{"seq_axis", time}, {"batch_axis", batch}})};
}

}  // namespace tinsmith::from_onnx
