// Writes in place, as functions: what a write through one name means for the other names of the same memory.
#include "frontend/torch/graph_reader.hpp"
#include "frontend/torch/operand.hpp"

#include <algorithm>
#include <set>

namespace tinsmith::torch {

namespace {

constexpr std::string_view reshaping[] = {"aten.view",      "aten.view_as",    "aten.squeeze",    "aten.unsqueeze",
                                          "aten.unflatten", "aten.atleast_1d", "aten.atleast_2d", "aten.atleast_3d"};
constexpr std::string_view swapping[] = {"aten.transpose", "aten.t", "aten.numpy_T", "aten.swapaxes", "aten.swapdims"};
// Results that are their operand, or a copy where its elements lie in another order than its dimensions say.
constexpr std::string_view perhaps_copies[] = {"aten.contiguous", "aten.reshape", "aten.reshape_as", "aten.flatten",
                                               "aten.ravel"};
constexpr std::string_view same[] = {"aten.alias", "aten.detach", "aten.dropout", "aten.to", "aten.lift_fresh"};

template <class List>
bool among(const List& list, std::string_view name) {
    return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

bool is_itself(const OpName& op) { return op.in_place || among(same, op.base); }

ValueId permuted_back(NodeReader& r, ValueId y) {
    const Ints dims = normalized_axes(r.integers("dims"), std::ssize(r.m.shape(y)));
    Ints back(dims.size());
    for (size_t d = 0; d < dims.size(); ++d) back[static_cast<size_t>(dims[d])] = static_cast<int64_t>(d);
    return r.m.transpose(y, back);
}

}  // namespace

// The memory that the view `name` looks at, after what the name stands for was put there; nothing where no formula is known.
std::optional<ValueId> GraphReader::put_back(const std::string& name) {
    const View& view = view_.at(name);
    const ProgramNode& node = exported_.program.nodes[view.node];
    const OpName op = parse_target(node.target);
    const ValueId* value = std::get_if<ValueId>(&scope_.at(name));
    const ValueId* below = std::get_if<ValueId>(&scope_.at(view.of));
    if (!value || !below || node.inputs.empty()) return std::nullopt;
    NodeReader r(b_, node, scope_);
    if (is_itself(op)) return *value;
    if (among(reshaping, op.base)) return r.m.reshape(*value, r.m.shape(*below));
    if (op.base == "aten.permute") return permuted_back(r, *value);
    if (among(swapping, op.base)) {
        const Scope turned{{view.of, *value}};
        NodeReader inner(b_, node, turned);
        return find_op(op.base)(inner)[0];
    }
    if (op.base != "aten.slice" && op.base != "aten.select") return std::nullopt;
    ProgramNode scatter = node;
    Argument source;
    source.kind = Argument::Kind::tensor;
    source.names = {name};
    scatter.inputs.emplace_back("src", source);
    NodeReader inner(b_, scatter, scope_);
    return find_op(op.base == "aten.slice" ? "aten.slice_scatter" : "aten.select_scatter")(inner)[0];
}

// The view `name` of what its memory holds now; nothing where it may be a copy from before the write.
std::optional<ValueId> GraphReader::viewed_again(const std::string& name) {
    const View& view = view_.at(name);
    const ProgramNode& node = exported_.program.nodes[view.node];
    const OpName op = parse_target(node.target);
    const ValueId* below = std::get_if<ValueId>(&scope_.at(view.of));
    const Convert convert = find_op(op.base);
    if (!below || !convert || among(perhaps_copies, op.base)) return std::nullopt;
    if (is_itself(op)) return *below;
    NodeReader r(b_, node, scope_);
    const auto values = convert(r);
    const auto at = static_cast<size_t>(std::find(node.outputs.begin(), node.outputs.end(), name) - node.outputs.begin());
    return at < values.size() ? std::optional(values[at]) : std::nullopt;
}

// Other names of the memory that nodes after this one read, directly or through views made before it; those closest to the memory first.
std::vector<std::string> GraphReader::stale_names(size_t index, const std::string& written) const {
    const std::string& root = root_.at(written);
    std::set<std::pair<size_t, std::string>> stale;  // by the node that made them
    auto made_by = [&](const std::string& name) { return view_.contains(name) ? view_.at(name).node + 1 : 0; };
    for (const auto& [name, of] : root_) {
        const auto use = last_use_.find(name);
        if (of != root || name == written || !scope_.contains(name) || use == last_use_.end() || use->second <= index) continue;
        for (std::string at = name; stale.insert({made_by(at), at}).second && view_.contains(at);) at = view_.at(at).of;
    }
    std::vector<std::string> out;
    for (const auto& [made, name] : stale) out.push_back(name);
    return out;
}

// From here on the name stands for what was written, and so does every other name that is still read for what it sees of that.
void GraphReader::write_in_place(size_t index, const std::string& written, ValueId value) {
    const ValueId* old = std::get_if<ValueId>(&scope_.at(written));
    if (old && *old == value) return;
    const std::string root = root_[written];
    const auto held = read_only_.find(root);
    supported(held == read_only_.end(), "it writes to {}, which a TFLite model does not keep; export the model in eval mode",
              held == read_only_.end() ? "" : held->second);
    for (const ProgramInput& input : exported_.program.inputs)
        supported(input.name != root, "it writes to input '{}'; copy it first: {} = {}.clone()", root, root, root);
    const std::vector<std::string> stale = stale_names(index, written);
    scope_[written] = value;
    if (stale.empty()) return;

    auto refuse = [&](const std::string& name) {
        fail(Fault::unsupported,
             "it writes into '{}', which '{}' shares and later nodes read; exported.run_decompositions() writes such programs "
             "without that",
             written, name);
    };
    std::set<std::string> fresh{written};
    for (std::string name = written; view_.contains(name); name = view_.at(name).of) {
        const std::string& below = view_.at(name).of;
        const auto memory = put_back(name);
        if (!memory) refuse(below);
        scope_[below] = *memory;
        fresh.insert(below);
    }
    for (const std::string& name : stale) {
        if (fresh.contains(name)) continue;
        const auto again = viewed_again(name);
        if (!again) refuse(name);
        scope_[name] = *again;
    }
}

}  // namespace tinsmith::torch
