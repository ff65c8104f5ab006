#include "quant/split_outputs.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"
#include "quant/stored.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

namespace tinsmith {

namespace {

// Consecutive indices of an axis that hold one kind of number.
struct Part {
    int64_t extent = 0;
    Range range;
};
using Parts = std::vector<Part>;

class Split {
public:
    Split(Graph& graph, Ranges& ranges)
        : graph_(graph), ranges_(ranges), producer_(graph.values.size(), UINT32_MAX), uses_(graph.values.size(), 0) {
        for (uint32_t n = 0; n < graph.nodes.size(); ++n) {
            for (ValueId id : graph.nodes[n].outputs) producer_[id] = n;
            for (ValueId id : graph.nodes[n].inputs)
                if (id != no_value) ++uses_[id];
        }
        for (const Port& port : graph.outputs) ++uses_[port.value];
    }

    std::vector<std::string> run() {
        std::vector<Port> outputs;
        for (const Port& port : graph_.outputs) split(port, outputs);
        graph_.outputs = std::move(outputs);
        if (!notes_.empty()) drop_dead_nodes();
        return std::move(notes_);
    }

private:
    // The node that computes the value, when nothing else needs it and it is of one of the kinds that parts can be traced through.
    const Node* mover(ValueId id) const {
        if (id >= producer_.size() || producer_[id] == UINT32_MAX || uses_[id] != 1) return nullptr;
        const Node& node = graph_.nodes[producer_[id]];
        return node.is(op::Concat) || node.is(op::Reshape) || node.is(op::Transpose) ? &node : nullptr;
    }

    // The axis of a Reshape's operand that is `axis` of its result; nothing where the Reshape divides or merges it.
    std::optional<int64_t> axis_before(const Node& reshape, int64_t axis) const {
        const Shape &x = graph_.type(reshape.inputs[0]).shape, &y = graph_.type(reshape.outputs[0]).shape;
        const auto behind = [](const Shape& shape, int64_t a) {
            return std::accumulate(shape.begin() + a + 1, shape.end(), int64_t{1}, std::multiplies<>());
        };
        for (int64_t a = 0; a < std::ssize(x); ++a)
            if (x[static_cast<size_t>(a)] == y[static_cast<size_t>(axis)] && behind(x, a) == behind(y, axis)) return a;
        return std::nullopt;
    }

    // The axis of the operand of a Reshape or Transpose.
    std::optional<int64_t> axis_of_operand(const Node& node, int64_t axis) const {
        return node.is(op::Transpose) ? std::optional(node.ints("perm")[static_cast<size_t>(axis)]) : axis_before(node, axis);
    }

    Range range_of(ValueId id) const {
        const Observation* seen = ranges_.of(id);
        return seen ? seen->range : Range{};
    }

    Parts parts(ValueId id, int64_t axis) const {
        Parts whole{{graph_.type(id).shape[static_cast<size_t>(axis)], range_of(id)}};
        const Node* node = mover(id);
        if (!node) return whole;
        if (!node->is(op::Concat)) {
            const auto before = axis_of_operand(*node, axis);
            return before ? parts(node->inputs[0], *before) : whole;
        }
        const bool along = normalized_axis(node->integer("axis"), graph_.type(id).rank()) == axis;
        Parts all;
        for (ValueId x : node->inputs) {
            Parts own = parts(x, axis);
            if (along || all.empty()) {
                all.insert(all.end(), own.begin(), own.end());
                continue;
            }
            const bool alike =
                own.size() == all.size() && std::equal(own.begin(), own.end(), all.begin(),
                                                       [](const Part& a, const Part& b) { return a.extent == b.extent; });
            if (!alike) return whole;
            for (size_t i = 0; i < own.size(); ++i) all[i].range = united(all[i].range, own[i].range);
        }
        return all;
    }

    // Neighbours that may share a scale become one.
    static Parts grouped(const Parts& parts) {
        Parts groups;
        for (const Part& part : parts) {
            const float wide = width(united(part.range, {})),
                        last = groups.empty() ? 0 : width(united(groups.back().range, {}));
            const bool joins = !groups.empty() && std::max(wide, last) <= most_range_ratio * std::min(wide, last);
            if (!joins) {
                groups.push_back(part);
                continue;
            }
            groups.back().extent += part.extent;
            groups.back().range = united(groups.back().range, part.range);
        }
        return groups;
    }

    void split(const Port& port, std::vector<Port>& outputs) {
        const Type type = graph_.type(port.value);
        Parts groups;
        int64_t axis = type.rank() - 1;
        for (; type.dtype == DType::f32 && axis >= 0; --axis)
            if (groups = grouped(parts(port.value, axis)); groups.size() > 1) break;
        constexpr size_t most_outputs = 16;
        if (groups.size() < 2 || groups.size() > most_outputs) {
            outputs.push_back(port);
            return;
        }
        const bool detector = groups.size() == 2 && groups[0].extent == 4;
        std::string names;
        int64_t from = 0;
        for (size_t i = 0; i < groups.size(); ++i) {
            Port part = port;
            part.name += detector ? (i == 0 ? "_boxes" : "_scores") : fmt::format("_{}", i);
            part.value = cut(port.value, axis, from, from + groups[i].extent);
            graph_.values[part.value].name = part.name;
            names += fmt::format("{}'{}' ({} of {} along dimension {}, {:.4g} to {:.4g})", i == 0 ? "" : ", ", part.name,
                                 groups[i].extent, type.shape[static_cast<size_t>(axis)], axis, groups[i].range.min,
                                 groups[i].range.max);
            from += groups[i].extent;
            outputs.push_back(std::move(part));
        }
        notes_.push_back(
            fmt::format("output '{}' holds parts whose ranges differ by more than {:.0f} times, and one scale would leave "
                        "nothing of the small ones: "
                        "it became {}",
                        port.name, most_range_ratio, names));
    }

    // Values keep their ids: ranges are kept by id.
    void drop_dead_nodes() {
        std::vector<bool> live(graph_.values.size(), false);
        for (const Port& port : graph_.outputs) live[port.value] = true;
        std::vector<Node> kept;
        for (size_t n = graph_.nodes.size(); n-- > 0;) {
            Node& node = graph_.nodes[n];
            if (std::none_of(node.outputs.begin(), node.outputs.end(), [&](ValueId id) { return live[id]; })) continue;
            for (ValueId id : node.inputs)
                if (id != no_value) live[id] = true;
            kept.push_back(std::move(node));
        }
        std::reverse(kept.begin(), kept.end());
        graph_.nodes = std::move(kept);
    }

    ValueId add(const Node& like, std::vector<ValueId> inputs, Attrs attrs, Range range) {
        Builder b(graph_);
        b.origin = like.origin;
        const ValueId id = b.add(*like.op, std::move(inputs), std::move(attrs), graph_.value(like.outputs[0]).name);
        ranges_.tensors.resize(graph_.values.size());
        Observation seen;
        seen.range = seen.seen = range;
        ranges_.tensors[id] = seen;
        return id;
    }

    // Indices from..to-1 of the axis.
    ValueId cut(ValueId id, int64_t axis, int64_t from, int64_t to) {
        const Shape shape = graph_.type(id).shape;
        if (from == 0 && to == shape[static_cast<size_t>(axis)]) return id;
        const Node node = graph_.nodes[producer_[id]];
        if (node.is(op::Concat)) return cut_concat(node, axis, from, to);
        const ValueId x = cut(node.inputs[0], *axis_of_operand(node, axis), from, to);
        Attrs attrs = node.attrs;
        if (node.is(op::Reshape)) {
            Shape smaller = shape;
            smaller[static_cast<size_t>(axis)] = to - from;
            attrs.set("shape", smaller);
        }
        return add(node, {x}, std::move(attrs), range_of(x));
    }

    ValueId cut_concat(const Node& node, int64_t axis, int64_t from, int64_t to) {
        const bool along = normalized_axis(node.integer("axis"), graph_.type(node.outputs[0]).rank()) == axis;
        std::vector<ValueId> inputs;
        Range range;
        int64_t at = 0;
        for (ValueId x : node.inputs) {
            const int64_t extent = graph_.type(x).shape[static_cast<size_t>(axis)];
            const int64_t first = along ? std::max<int64_t>(from - at, 0) : from, last = along ? std::min(to - at, extent) : to;
            at += extent;
            if (first >= last) continue;
            inputs.push_back(cut(x, axis, first, last));
            range = united(range, range_of(inputs.back()));
        }
        return inputs.size() == 1 ? inputs[0] : add(node, std::move(inputs), node.attrs, range);
    }

    Graph& graph_;
    Ranges& ranges_;
    std::vector<uint32_t> producer_;
    std::vector<int> uses_;
    std::vector<std::string> notes_;
};

}  // namespace

std::vector<std::string> split_outputs(Graph& graph, Ranges& ranges) { return Split(graph, ranges).run(); }

}  // namespace tinsmith
