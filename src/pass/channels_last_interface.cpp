// Before: an input that is read only through Transposes to channels-last; an output that is a Transpose to channels-first
// After:  the input or output itself channels-last, and a note on its port that says so
// When:   images and volumes (rank 4 and 5) that meet an operator of channels-last layout, unless --keep-nchw; any input or output
//         that the command names: name=nhwc turns it (sequences of rank 3 too), name=nchw keeps it.
#include "ir/permutation.hpp"
#include "op/list.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

bool is_spatial(const Node& n) {
    return n.is(op::Conv) || n.is(op::DepthwiseConv) || n.is(op::ConvTranspose) || n.is(op::Conv3D) ||
           n.is(op::ConvTranspose3D) || n.is(op::MaxPool) || n.is(op::AveragePool) || n.is(op::ResizeBilinear) ||
           n.is(op::ResizeNearest) || n.is(op::DepthToSpace) || n.is(op::SpaceToDepth) || n.is(op::LRN);
}

// Values from which a spatial operator is reached, and values that one leads to.
std::vector<bool> above_spatial(const Graph& g) {
    std::vector<bool> above(g.values.size(), false);
    for (size_t n = g.nodes.size(); n-- > 0;) {
        const Node& node = g.nodes[n];
        bool leads =
            is_spatial(node) || std::any_of(node.outputs.begin(), node.outputs.end(), [&](ValueId id) { return above[id]; });
        for (ValueId id : node.inputs)
            if (leads && id != no_value) above[id] = true;
    }
    return above;
}

std::vector<bool> below_spatial(const Graph& g) {
    std::vector<bool> below(g.values.size(), false);
    for (const Node& node : g.nodes) {
        bool follows = is_spatial(node) || std::any_of(node.inputs.begin(), node.inputs.end(),
                                                       [&](ValueId id) { return id != no_value && below[id]; });
        for (ValueId id : node.outputs) below[id] = follows;
    }
    return below;
}

// The node is Transpose(x, perm), or the Reshape that this is when only ones move.
bool does_transpose(const Graph& g, const Node& n, const Ints& perm) {
    if (n.inputs.size() != 1 || g.type(n.inputs[0]).rank() != std::ssize(perm)) return false;
    if (n.is(op::Transpose)) return n.ints("perm") == perm;
    const Shape& shape = g.type(n.inputs[0]).shape;
    return n.is(op::Reshape) && moves_only_units(shape, perm) && n.ints("shape") == permuted(shape, perm);
}

enum class Wish { automatic, keep, turn };

Wish wish_for(const std::string& name, const PassOptions& options) {
    for (const auto& [port, layout] : options.layouts)
        if (port == name) return layout == "nhwc" ? Wish::turn : Wish::keep;
    return options.keep_channels_first ? Wish::keep : Wish::automatic;
}

std::string note_of(const Shape& now, const Shape& source) {
    return fmt::format("channels-last: {} (source {})", to_string(now), to_string(source));
}

void check_layouts(const Graph& g, const PassOptions& options) {
    for (const auto& [name, layout] : options.layouts) {
        check(layout == "nhwc" || layout == "nchw", "layout '{}' of '{}': nhwc and nchw are known", layout, name);
        bool found = false;
        std::string names;
        for (const auto* ports : {&g.inputs, &g.outputs})
            for (const Port& port : *ports) {
                found = found || port.name == name;
                names += (names.empty() ? "" : ", ") + port.name;
            }
        check(found, "there is no input or output '{}' to lay out; there are {}", name, names);
    }
}

class Interface {
public:
    Interface(Graph& g, const PassOptions& o)
        : graph(g), options(o), readers_(g.values.size()), above_(above_spatial(g)), below_(below_spatial(g)) {
        for (size_t n = 0; n < g.nodes.size(); ++n)
            for (ValueId id : g.nodes[n].inputs)
                if (id != no_value) readers_[id].push_back(n);
        for (const Port& port : g.outputs) is_output_.push_back(port.value);
    }

    bool turn_input(Port& port) {
        const Shape source = graph.type(port.value).shape;
        int64_t rank = std::ssize(source);
        Wish wish = wish_for(port.name, options);
        if (wish == Wish::keep || rank < 3 || (wish == Wish::automatic && (rank > 5 || rank == 3)) ||
            is_read_outside(port.value))
            return false;
        const Ints perm = channels_last_perm(rank);
        const auto& readers = readers_[port.value];
        bool all = !readers.empty() && above_[port.value] && std::all_of(readers.begin(), readers.end(), [&](size_t n) {
            return does_transpose(graph, graph.nodes[n], perm);
        });
        if (wish == Wish::automatic && !all) return false;
        ValueId old = port.value;
        Type type = graph.type(old);
        type.shape = permuted(source, perm);
        port.note = note_of(type.shape, source);
        port.value = graph.add_value(std::exchange(graph.values[old].name, ""), std::move(type));
        // Readers of the source's layout get it from one Transpose, which cancels with theirs.
        Node back{&op::Transpose, {port.value}, {old}, {{"perm", channels_first_perm(rank)}}, port.name};
        graph.nodes.insert(graph.nodes.begin(), std::move(back));
        for (auto& list : readers_)
            for (size_t& n : list) ++n;
        return true;
    }

    bool turn_output(Port& port) {
        const Shape source = graph.type(port.value).shape;
        int64_t rank = std::ssize(source);
        Wish wish = wish_for(port.name, options);
        if (wish == Wish::keep || rank < 3 || (wish == Wish::automatic && (rank > 5 || rank == 3))) return false;
        const Node* made = nullptr;
        for (const Node& n : graph.nodes)
            if (n.outputs[0] == port.value) made = &n;
        bool transposed_last = made && below_[port.value] && does_transpose(graph, *made, channels_first_perm(rank));
        if (wish == Wish::automatic && !(transposed_last && readers_[port.value].empty())) return false;
        port.note = note_of(permuted(source, channels_last_perm(rank)), source);
        Type type = graph.type(port.value);
        type.shape = permuted(source, channels_last_perm(rank));
        ValueId turned = graph.add_value(graph.values[port.value].name, std::move(type));
        graph.nodes.push_back({&op::Transpose, {port.value}, {turned}, {{"perm", channels_last_perm(rank)}}, port.name});
        port.value = turned;
        return true;
    }

private:
    bool is_read_outside(ValueId id) const { return std::find(is_output_.begin(), is_output_.end(), id) != is_output_.end(); }

    Graph& graph;
    const PassOptions& options;
    std::vector<std::vector<size_t>> readers_;
    std::vector<bool> above_, below_;
    std::vector<ValueId> is_output_;
};

}  // namespace

int channels_last_interface(Graph& graph, const PassOptions& options) {
    check_layouts(graph, options);
    Interface interface(graph, options);
    int turned = 0;
    for (Port& port : graph.inputs) turned += interface.turn_input(port) ? 1 : 0;
    for (Port& port : graph.outputs) turned += interface.turn_output(port) ? 1 : 0;
    // What was put in meets what was there.
    if (turned > 0)
        rewrite(graph, [](Rewriter& r, const Node& node) {
            bool reshapes = node.is(op::Reshape) && has_static_parameters(node);
            if (!reshapes && !node.is(op::Transpose)) return false;
            r.replace(node.outputs[0], reshapes ? reshaped(r, node.inputs[0], Shape(r.shape(node.outputs[0])))
                                                : transposed(r, node.inputs[0], node.ints("perm")));
            return true;
        });
    return turned;
}

}  // namespace tinsmith
