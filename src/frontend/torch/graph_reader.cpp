#include "frontend/torch/graph_reader.hpp"

#include "frontend/torch/numbers.hpp"
#include "frontend/torch/ops.hpp"

#include <algorithm>
#include <new>

namespace tinsmith::torch {

std::string node_label(const ProgramNode& node) {
    const std::string where = node.module.empty() ? "" : fmt::format(" of module '{}'", node.module);
    return fmt::format("node '{}' ({}){}", node.name, node.target, where);
}

GraphReader::GraphReader(const Exported& exported, Builder& builder, const ReadOptions& options)
    : exported_(exported), b_(builder), options_(options) {
    const auto& nodes = exported.program.nodes;
    for (size_t i = 0; i < nodes.size(); ++i)
        for (const std::string& name : names_in(nodes[i])) last_use_[name] = i;
    reals_for_integers_ = std::any_of(nodes.begin(), nodes.end(), [](const ProgramNode& node) {
        return node.target.starts_with("aten._int_mm.") || node.target.starts_with("torchao.choose_qparams_affine.");
    });
    for (const ProgramOutput& output : exported.program.outputs)
        for (const std::string& name : output.value.names) last_use_[name] = nodes.size();
}

std::vector<std::string> GraphReader::names_in(const ProgramNode& node) const {
    std::vector<std::string> out;
    for (const auto& [argument, value] : node.inputs) {
        for (const std::string& name : value.names)
            if (!name.empty()) out.push_back(name);
        for (const auto& number : value.numbers)
            if (!number.symbol.empty()) out.push_back(number.symbol);
    }
    return out;
}

void GraphReader::define(const std::string& name, Operand value) {
    check(!name.empty() && scope_.emplace(name, value).second, "the name '{}' is defined twice", name);
    root_[name] = name;
}

void GraphReader::define_weight(const std::string& name, const Tensor& tensor, std::string source, std::string_view what) {
    check(!name.empty() && weights_.emplace(name, Weight{&tensor, source}).second, "the name '{}' is defined twice", name);
    read_only_[name] = fmt::format("{} '{}'", what, source);
    root_[name] = name;
}

const Operand& GraphReader::find(const std::string& name) {
    auto found = scope_.find(name);
    if (found != scope_.end()) return found->second;
    const auto weight = weights_.find(name);
    check(weight != weights_.end(), "'{}' is computed by no node before it", name);
    const Weight& w = weight->second;
    const ValueId id = within(fmt::format("tensor '{}'", w.source), [&] {
        const std::string origin = std::exchange(b_.origin, w.source);
        const ValueId stored = b_.constant(w.tensor->type(), w.tensor->elements(), w.source);
        const bool wide = is_float(w.tensor->dtype) && w.tensor->dtype != DType::f32;
        const ValueId value = wide ? Compose(b_).cast(stored, DType::f32) : stored;
        b_.origin = origin;
        return value;
    });
    return scope_.emplace(name, id).first->second;
}

void GraphReader::bring_in(const ProgramNode& node) {
    for (const std::string& name : names_in(node)) find(name);
}

void GraphReader::add_problem(const ProgramNode& node, std::string why) {
    problems_.add(node.target, node_label(node), std::move(why));
}

void GraphReader::report() const {
    if (problems_.empty()) return;
    throw Error(Fault::unsupported, problems_.text());
}

std::optional<Type> GraphReader::declared(const std::string& name) const {
    const auto found = exported_.program.tensors.find(name);
    if (!trust_declared || found == exported_.program.tensors.end()) return std::nullopt;
    Type type{dtype_of(found->second.scalar_type), {}, std::nullopt};
    for (const Extent& extent : found->second.sizes) {
        if (!extent.value || *extent.value < 0 || *extent.value > int64_t{1} << 40) return std::nullopt;
        type.shape.push_back(*extent.value);
    }
    return type;
}

void GraphReader::read_nodes() {
    for (size_t i = 0; i < exported_.program.nodes.size(); ++i) read_node(i);
}

static bool is_unknown(const Scope& scope, const std::string& name) {
    const auto found = scope.find(name);
    return found != scope.end() && std::holds_alternative<Unknown>(found->second);
}

void GraphReader::read_node(size_t index) {
    const ProgramNode& node = exported_.program.nodes[index];
    const OpName op = parse_target(node.target);
    if (is_assertion(op.base)) return;
    if (within(node_label(node), [&] { return read_part(node); })) return;
    within(node_label(node), [&] {
        bring_in(node);
        for (const std::string& output : node.outputs)
            check(!scope_.contains(output), "the name '{}' is defined twice", output);
    });
    const auto names = names_in(node);
    if (std::any_of(names.begin(), names.end(), [&](const std::string& name) { return is_unknown(scope_, name); })) {
        for (const std::string& output : node.outputs)
            if (!output.empty()) define(output, Unknown{});
        return;
    }
    b_.origin = node.module.empty() ? node.name : node.module + "/" + node.name;
    try {
        within(node_label(node), [&] {
            if (read_number(node)) return;
            const Convert converter = find_op(op.base);
            supported(converter != nullptr, "{}", refusal(node.target));
            NodeReader r(b_, node, scope_);
            r.unroll_rnn = options_.unroll_rnn;
            r.real_scales = &real_scales_;
            for (const std::string& output : node.outputs) {
                r.declared.push_back(declared(output));
                r.wanted.push_back(last_use_.contains(output));
            }
            const std::vector<ValueId> values = convert(r, converter);
            if (op.in_place) {
                check(!node.inputs.empty() && node.inputs[0].second.kind == Argument::Kind::tensor && !values.empty(),
                      "it writes to no tensor");
                write_in_place(index, node.inputs[0].second.names[0], values[0]);
            }
            check_declared(node, r, values);
            define_outputs(node, values);
        });
    } catch (const Error& e) {
        if (e.fault != Fault::unsupported) throw;
        const std::string label = node_label(node) + ": ", what = e.what();
        add_problem(node, what.starts_with(label) ? what.substr(label.size()) : what);
        for (const std::string& output : node.outputs)
            if (!output.empty() && !scope_.contains(output)) define(output, Unknown{});
    }
    if ((is_view(op.base) || op.in_place) && !names.empty())
        for (const std::string& output : node.outputs) {
            if (op.base == "aten.to" && dtype_of_name(output) != dtype_of_name(names[0])) continue;
            root_[output] = root_[names[0]];
            view_[output] = {index, names[0]};
        }
}

std::optional<DType> GraphReader::dtype_of_name(const std::string& name) const {
    const auto found = scope_.find(name);
    const ValueId* id = found == scope_.end() ? nullptr : std::get_if<ValueId>(&found->second);
    return id ? std::optional(b_.type(*id).dtype) : std::nullopt;
}

bool GraphReader::read_number(const ProgramNode& node) {
    const auto number = number_of(node, scope_, b_);
    if (!number) return false;
    check(node.outputs.size() == 1, "it has {} outputs", node.outputs.size());
    if (!node.outputs[0].empty()) define(node.outputs[0], *number);
    return true;
}

// What torch.export writes where a weight is an object of several tensors (torchao's): access_subclass_inner_tensor(w, "scale").
bool GraphReader::read_part(const ProgramNode& node) {
    if (parse_target(node.target).base != "export.access_subclass_inner_tensor") return false;
    check(node.inputs.size() >= 2 && node.outputs.size() == 1, "it has {} arguments", node.inputs.size());
    const Argument &of = node.inputs[0].second, &part = node.inputs[1].second;
    check(of.kind == Argument::Kind::tensor && part.kind == Argument::Kind::text, "it names no part of a tensor");
    const auto whole = parts_.find(of.names[0]);
    check(whole != parts_.end(), "'{}' has no parts", of.names[0]);
    const std::string source = whole->second + "." + part.texts[0];
    for (const auto* tensors : {&exported_.weights, &exported_.constants}) {
        if (const auto found = tensors->find(source); found != tensors->end()) {
            define_weight(node.outputs[0], found->second, source, "parameter");
            return true;
        }
    }
    define_parts(node.outputs[0], source);  // parts of parts; one that is not there is missed where it is read
    return true;
}

std::vector<ValueId> GraphReader::convert(NodeReader& r, Convert converter) {
    try {
        return converter(r);
    } catch (const std::bad_alloc&) {
        fail(Fault::input, "converting it needs more memory than there is");
    } catch (const std::length_error&) {
        fail(Fault::input, "converting it needs more memory than there is");
    }
}

void GraphReader::define_outputs(const ProgramNode& node, const std::vector<ValueId>& values) {
    for (size_t i = 0; i < node.outputs.size(); ++i) {
        if (node.outputs[i].empty()) continue;
        if (i >= values.size() || values[i] == no_value) {
            supported(!last_use_.contains(node.outputs[i]), "its output {} is not computed here", i);
            continue;
        }
        std::string& name = b_.graph.values[values[i]].name;
        if (name.empty()) name = node.outputs[i];
        define(node.outputs[i], values[i]);
    }
}

// What the exporter saw each result to be is a witness of what is computed here.
void GraphReader::check_declared(const ProgramNode& node, NodeReader& r, const std::vector<ValueId>& values) const {
    for (size_t i = 0; i < std::min(values.size(), node.outputs.size()); ++i) {
        if (values[i] == no_value || i >= r.declared.size() || !r.declared[i]) continue;
        const Type& is = b_.type(values[i]);
        const bool real = reals_for_integers_ && is.dtype == DType::f32 && !is_float(r.declared[i]->dtype);
        check(is.shape == r.declared[i]->shape && (real || is.dtype == r.declared[i]->dtype),
              "its output '{}' is declared as {}, but computed as {}", node.outputs[i], to_string(*r.declared[i]),
              to_string(is));
    }
}

}  // namespace tinsmith::torch
