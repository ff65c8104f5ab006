// Operators that move elements.
#include "frontend/compose/compose.hpp"
#include "frontend/compose/space_to_batch.hpp"
#include "frontend/compose/stack.hpp"
#include "frontend/tensorflow/ops.hpp"

#include <algorithm>

namespace tinsmith::tensorflow::from_tensorflow {

std::vector<Operand> reshape(NodeReader& r) {
    Shape to = r.ints(1);
    const int64_t count = r.type(0).elements();
    int64_t known = 1, open = -1;
    for (size_t i = 0; i < to.size(); ++i) {
        check(to[i] >= -1 && (to[i] != -1 || open < 0), "the new shape is {}", to_string(to));
        if (to[i] == -1)
            open = static_cast<int64_t>(i);
        else if (to[i] != 0)
            check(known <= (int64_t{1} << 40) / to[i], "the new shape is {}", to_string(to)), known *= to[i];
        else
            known = 0;
    }
    if (open >= 0) {
        check(known > 0 && count % known == 0, "{} elements do not fit the shape {}", count, to_string(to));
        to[static_cast<size_t>(open)] = count / known;
    }
    return {Compose(r.b).reshape(r.operand(0), to)};
}

std::vector<Operand> expand_dims(NodeReader& r) {
    Shape to = r.shape(0);
    to.insert(to.begin() + normalized_axis(r.integer(1), r.rank(0) + 1), 1);
    return {Compose(r.b).reshape(r.operand(0), to)};
}

std::vector<Operand> squeeze(NodeReader& r) {
    const Ints axes = normalized_axes(r.integers("squeeze_dims", Ints{}), r.rank(0));
    Shape to;
    for (int64_t d = 0; d < r.rank(0); ++d) {
        const int64_t extent = r.shape(0)[static_cast<size_t>(d)];
        const bool named = std::count(axes.begin(), axes.end(), d) > 0;
        check(!named || extent == 1, "axis {} has the extent {}", d, extent);
        if (!named && !(axes.empty() && extent == 1)) to.push_back(extent);
    }
    return {Compose(r.b).reshape(r.operand(0), to)};
}

std::vector<Operand> transpose(NodeReader& r) {
    const Ints perm = normalized_axes(r.ints(1), r.rank(0));
    check(std::ssize(perm) == r.rank(0), "{} axes for {} dimensions", perm.size(), r.rank(0));
    return {Compose(r.b).transpose(r.operand(0), perm)};
}

namespace {

std::vector<Operand> joined(NodeReader& r, std::vector<ValueId> parts, int64_t axis) {
    check(!parts.empty(), "nothing to join");
    const int64_t along = normalized_axis(axis, r.b.type(parts[0]).rank());
    return {Compose(r.b).concat(std::move(parts), along)};
}

}  // namespace

std::vector<Operand> concat(NodeReader& r) { return joined(r, r.operands(0, -1), r.integer(r.in.size() - 1)); }
std::vector<Operand> concat_first_axis(NodeReader& r) { return joined(r, r.operands(1), r.integer(0)); }

std::vector<Operand> pack(NodeReader& r) {
    check(r.has(0), "nothing to stack");
    for (size_t i = 1; i < r.in.size(); ++i)
        check(r.shape(i) == r.shape(0), "operands of shape {} and {}", to_string(r.shape(0)), to_string(r.shape(i)));
    return {stack_steps(r.b, r.operands(), normalized_axis(r.integer("axis", 0), r.rank(0) + 1))};
}

std::vector<Operand> unpack(NodeReader& r) {
    Compose m{r.b};
    const int64_t axis = normalized_axis(r.integer("axis", 0), r.rank(0)), count = r.integer("num");
    Shape each = r.shape(0);
    check(each[static_cast<size_t>(axis)] == count && count < 65536, "{} parts of {}", count, to_string(r.type(0)));
    each.erase(each.begin() + axis);
    std::vector<Operand> out;
    for (ValueId part : m.split(r.operand(0), axis, Ints(static_cast<size_t>(count), 1)))
        out.emplace_back(m.reshape(part, each));
    return out;
}

namespace {

std::vector<Operand> parts(NodeReader& r, ValueId x, int64_t axis, const Ints& sizes) {
    const auto all = Compose(r.b).split(x, axis, sizes);
    return {all.begin(), all.end()};
}

}  // namespace

std::vector<Operand> split(NodeReader& r) {
    const int64_t axis = normalized_axis(r.integer(0), r.rank(1)), count = r.integer("num_split");
    const int64_t extent = r.shape(1)[static_cast<size_t>(axis)];
    check(count >= 1 && count < 65536 && extent % count == 0, "{} in {} parts", extent, count);
    return parts(r, r.operand(1), axis, Ints(static_cast<size_t>(count), extent / count));
}

std::vector<Operand> split_sizes(NodeReader& r) {
    const int64_t axis = normalized_axis(r.integer(2), r.rank(0));
    Ints sizes = r.ints(1);
    int64_t rest = r.shape(0)[static_cast<size_t>(axis)];
    for (int64_t size : sizes) {
        check(size >= -1 && size <= rest, "parts of {} of an extent of {}", to_string(sizes),
              r.shape(0)[static_cast<size_t>(axis)]);
        rest -= std::max<int64_t>(size, 0);
    }
    std::replace(sizes.begin(), sizes.end(), int64_t{-1}, rest);
    return parts(r, r.operand(0), axis, sizes);
}

std::vector<Operand> slice(NodeReader& r) {
    const Shape in = r.shape(0);
    const Ints begin = r.ints(1), sizes = r.ints(2);
    check(begin.size() == in.size() && sizes.size() == in.size(), "{} starts and {} sizes for {} dimensions", begin.size(),
          sizes.size(), in.size());
    ValueId x = r.operand(0);
    for (size_t d = 0; d < in.size(); ++d) {
        check(begin[d] >= 0 && begin[d] <= in[d], "from {} of an extent {}", begin[d], in[d]);
        const int64_t size = sizes[d] == -1 ? in[d] - begin[d] : sizes[d];
        check(size >= 0 && size <= in[d] - begin[d], "{} from {} of an extent {}", size, begin[d], in[d]);
        x = Compose(r.b).slice(x, static_cast<int64_t>(d), begin[d], begin[d] + size);
    }
    return {x};
}

std::vector<Operand> tile(NodeReader& r) { return {r.b.add(op::Tile, {r.operand(0)}, {{"repeats", r.ints(1)}})}; }
std::vector<Operand> broadcast_to(NodeReader& r) { return {Compose(r.b).expand(r.operand(0), r.ints(1))}; }

std::vector<Operand> reverse(NodeReader& r) {
    const Ints axes = normalized_axes(r.ints(1), r.rank(0));
    ValueId x = r.operand(0);
    for (int64_t axis : axes) x = r.b.add(op::Reverse, {x}, {{"axes", Ints{axis}}});
    return {x};
}

// One flag for each dimension.
std::vector<Operand> reverse_flags(NodeReader& r) {
    const Ints flags = r.ints(1);
    check(std::ssize(flags) == r.rank(0), "{} flags for {} dimensions", flags.size(), r.rank(0));
    ValueId x = r.operand(0);
    for (size_t d = 0; d < flags.size(); ++d)
        if (flags[d] != 0) x = r.b.add(op::Reverse, {x}, {{"axes", Ints{static_cast<int64_t>(d)}}});
    return {x};
}

std::vector<Operand> reverse_sequence(NodeReader& r) {
    return {r.b.add(op::ReverseSequence, {r.operand(0), r.operand(1)},
                    {{"seq_axis", r.integer("seq_dim")}, {"batch_axis", r.integer("batch_dim", 0)}})};
}

// The elements of each axis move up by its shift; those that leave come in again below.
std::vector<Operand> roll(NodeReader& r) {
    Compose m{r.b};
    const Ints shifts = r.ints(1);
    Ints axes = r.ints(2);
    check(shifts.size() == axes.size(), "{} shifts for {} axes", shifts.size(), axes.size());
    ValueId x = r.operand(0);
    for (size_t i = 0; i < axes.size(); ++i) {
        const int64_t axis = normalized_axis(axes[i], r.rank(0)), extent = m.shape(x)[static_cast<size_t>(axis)];
        const int64_t shift = extent == 0 ? 0 : (shifts[i] % extent + extent) % extent;
        if (shift != 0) x = m.concat({m.slice(x, axis, extent - shift, extent), m.slice(x, axis, 0, extent - shift)}, axis);
    }
    return {x};
}

namespace {

std::vector<Operand> blocks(NodeReader& r, const OpDef& op) {
    Compose m{r.b};
    const std::string layout = r.text("data_format", "NHWC");
    supported(layout == "NHWC" || layout == "NCHW", "the layout {}", layout);
    const ValueId x = layout == "NHWC" ? r.operand(0) : m.transpose(r.operand(0), {0, 2, 3, 1});
    const ValueId y = r.b.add(op, {x}, {{"blocksize", r.integer("block_size")}});
    return {layout == "NHWC" ? y : m.transpose(y, {0, 3, 1, 2})};
}

}  // namespace

std::vector<Operand> depth_to_space(NodeReader& r) { return blocks(r, op::DepthToSpace); }
std::vector<Operand> space_to_depth(NodeReader& r) { return blocks(r, op::SpaceToDepth); }

namespace {

// The first version has one block size for two axes, as an attribute.
SpaceBlocks space_blocks(NodeReader& r) {
    const bool first = !r.node.op.ends_with("ND");
    return {first ? Ints(2, r.integer("block_size")) : r.ints(1), r.ints(first ? 1 : 2), r.rank(0)};
}

}  // namespace

std::vector<Operand> space_to_batch(NodeReader& r) {
    Compose m{r.b};
    return {tinsmith::space_to_batch(m, r.operand(0), space_blocks(r))};
}

std::vector<Operand> batch_to_space(NodeReader& r) {
    Compose m{r.b};
    return {tinsmith::batch_to_space(m, r.operand(0), space_blocks(r))};
}

}  // namespace tinsmith::tensorflow::from_tensorflow
