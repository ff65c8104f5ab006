// Before: batches(Conv(blocks(x))), blocks a Reshape, a Transpose and a Reshape that move blocks of space into the batch (TensorFlow's
//         SpaceToBatchND), batches their inverse (BatchToSpaceND); Reshapes that add or drop an extent of 1 around the convolution
// After:  Conv(x) whose dilations are the blocks
// When:   the convolution takes every place and pads nothing. Each block's place is one phase of the dilated convolution.
#include "ir/permutation.hpp"
#include "op/list.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

// [batch, n1, b1, n2, b2, ..., channels] -> [b1, b2, ..., batch, n1, n2, ..., channels]
Ints block_perm(int64_t blocks) {
    Ints perm;
    for (int64_t i = 0; i < blocks; ++i) perm.push_back(2 * i + 2);
    perm.push_back(0);
    for (int64_t i = 0; i < blocks; ++i) perm.push_back(2 * i + 1);
    perm.push_back(2 * blocks + 1);
    return perm;
}

// What Reshapes below a value start from.
ValueId below_reshapes(const Rewriter& r, ValueId id) {
    while (const Node* reshape = r.only_producer(id, op::Reshape)) id = reshape->inputs[0];
    return id;
}

bool is_dense(const Node& conv) {
    auto all = [&](const char* name, int64_t value) {
        const Ints& list = conv.ints(name);
        return std::all_of(list.begin(), list.end(), [&](int64_t v) { return v == value; });
    };
    return all("strides", 1) && all("dilations", 1) && all("pads", 0);
}

struct Blocks {
    ValueId x = no_value;
    Ints block;   // of each axis of space
    Shape apart;  // of the blocks in the batch: [b1, b2, ..., batch, n1, n2, ..., channels]
};

// What a Transpose of blocks into the batch starts from.
std::optional<Blocks> match_blocks(const Rewriter& r, ValueId turned) {
    const Node* transpose = r.only_producer(turned, op::Transpose);
    const Node* split = transpose ? r.only_producer(transpose->inputs[0], op::Reshape) : nullptr;
    if (!split) return std::nullopt;
    const Shape& apart = r.shape(transpose->inputs[0]);
    const int64_t blocks = (std::ssize(apart) - 2) / 2;
    if (blocks < 1 || transpose->ints("perm") != block_perm(blocks)) return std::nullopt;
    Blocks found{split->inputs[0], {}, r.shape(turned)};
    Shape whole{apart[0]};
    for (size_t i = 1; i + 1 < apart.size(); i += 2) {
        whole.push_back(apart[i] * apart[i + 1]);
        found.block.push_back(apart[i + 1]);
    }
    whole.push_back(apart.back());
    return r.shape(found.x) == whole ? std::optional(found) : std::nullopt;
}

// The axes of the convolution that the blocks' axes are; those that are not theirs have an extent of 1 in both shapes.
std::optional<std::vector<size_t>> axes_of(const Blocks& z, const Shape& in, const Shape& kernel_extents) {
    const size_t count = z.block.size(), axes = in.size() - 2;
    const auto first = z.apart.begin() + static_cast<std::ptrdiff_t>(count) + 1;
    const Shape space(first, first + static_cast<std::ptrdiff_t>(count));
    if (in.back() != z.apart.back() || count > axes) return std::nullopt;
    std::vector<size_t> found;
    for (size_t axis = 0; axis < axes; ++axis) {
        const bool extra = axes - axis > count - found.size();  // there are axes to spare
        if (extra && in[axis + 1] == 1 && kernel_extents[axis] == 1) continue;
        if (found.size() == count || in[axis + 1] != space[found.size()]) return std::nullopt;
        found.push_back(axis);
    }
    return found.size() == count ? std::optional(found) : std::nullopt;
}

Shape kernel_extents(const Rewriter& r, const Node& conv) {
    const Shape& w = r.shape(conv.inputs[1]);
    return conv.is(op::Conv3D) ? Shape(w.begin(), w.begin() + 3) : Shape{w[1], w[2]};
}

// x with the extents of 1 that the convolution's shape has more: axis i of it becomes axis places[i]. A Pad stays right above the
// convolution, which takes it in.
ValueId with_extra_axes(Rewriter& r, ValueId x, const Shape& to, const std::vector<size_t>& places) {
    if (r.shape(x) == to) return x;
    const Node* pad = r.only_producer(x, op::Pad);
    if (!pad || !has_static_parameters(*pad)) return r.add(op::Reshape, {x}, {{"shape", to}});
    Shape inner(to.size(), 1);
    Ints before(to.size(), 0), after(before);
    for (size_t i = 0; i < places.size(); ++i) {
        inner[places[i]] = r.shape(pad->inputs[0])[i];
        before[places[i]] = pad->ints("before")[i];
        after[places[i]] = pad->ints("after")[i];
    }
    Attrs attrs = pad->attrs;
    attrs.set("before", before);
    attrs.set("after", after);
    const ValueId reshaped = r.add(op::Reshape, {pad->inputs[0]}, {{"shape", inner}});
    return r.add(op::Pad, {reshaped}, std::move(attrs));
}

// `node` is the Reshape that ends the inverse.
bool match(Rewriter& r, const Node& node) {
    const Node* turned = r.only_producer(node.inputs[0], op::Transpose);
    const Node* split = turned ? r.only_producer(turned->inputs[0], op::Reshape) : nullptr;
    if (!split) return false;
    const Ints back = turned->ints("perm");
    const Shape result = r.shape(node.outputs[0]), parts = r.shape(turned->inputs[0]);
    const ValueId y = below_reshapes(r, turned->inputs[0]);
    const Node* found = r.producer(y);
    const bool convolves = found && (found->is(op::Conv) || found->is(op::DepthwiseConv) || found->is(op::Conv3D));
    if (!convolves || r.uses(y) != 1 || !is_dense(*found)) return false;
    Node conv = *found;
    const auto z = match_blocks(r, below_reshapes(r, conv.inputs[0]));
    if (!z || back != inverse(block_perm(std::ssize(z->block)))) return false;
    const Shape in = r.shape(conv.inputs[0]), out = r.shape(y);
    const auto axes = axes_of(*z, in, kernel_extents(r, conv));
    if (!axes) return false;
    Ints dilated(in.size() - 2, 1);
    Shape whole_in(in.size(), 1), expected_parts(z->apart), expected{z->apart[z->block.size()]};
    const size_t count = z->block.size();
    whole_in[0] = expected[0];
    whole_in.back() = in.back();
    for (size_t i = 0; i < count; ++i) {
        const size_t axis = (*axes)[i] + 1;
        whole_in[axis] = in[axis] * z->block[i];
        dilated[axis - 1] = z->block[i];
        expected_parts[count + 1 + i] = out[axis];
        expected.push_back(out[axis] * z->block[i]);
    }
    expected_parts.back() = out.back();
    expected.push_back(out.back());
    if (parts != expected_parts || result != expected) return false;
    conv.attrs.set("dilations", dilated);
    std::vector<size_t> places{0};
    for (size_t axis : *axes) places.push_back(axis + 1);
    places.push_back(in.size() - 1);
    conv.inputs[0] = with_extra_axes(r, z->x, whole_in, places);
    const ValueId whole = r.add_like(conv, conv.inputs)[0];
    r.replace(node.outputs[0], r.shape(whole) == result ? whole : r.add(op::Reshape, {whole}, {{"shape", result}}));
    return true;
}

}  // namespace

int recognise_dilation(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) { return node.is(op::Reshape) && match(r, node); });
}

}  // namespace tinsmith
