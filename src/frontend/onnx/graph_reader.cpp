#include "frontend/onnx/graph_reader.hpp"

#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/order.hpp"
#include "frontend/onnx/origin.hpp"
#include "frontend/onnx/q_linear.hpp"
#include "frontend/onnx/refusal.hpp"
#include "frontend/onnx/same_op.hpp"

#include <algorithm>
#include <new>

namespace tinsmith {

namespace {

// Functions that call functions, and unrolled loops, may write out far more nodes than the file has.
constexpr size_t expansion_limit = 200'000;
constexpr int depth_limit = 40;
constexpr int64_t newest_opset = 24;

// Thrown through a converter when one of its sub-graphs has an output that cannot be computed: the reason is already on the list.
struct Unknown {};

// The node with the attributes that refer to the calling function's replaced by those.
onnx::Node resolved(const onnx::Node& node, const Surroundings& around) {
    onnx::Node out = node;
    out.attributes.clear();
    for (const onnx::Attribute& attribute : node.attributes) {
        if (attribute.reference.empty()) {
            out.attributes.push_back(attribute);
        } else if (auto found = around.attributes.find(attribute.reference); found != around.attributes.end()) {
            out.attributes.push_back(*found->second);
            out.attributes.back().name = attribute.name;
        }
    }
    return out;
}

bool refers_to_function(const onnx::Node& node) {
    return std::any_of(node.attributes.begin(), node.attributes.end(), [](const auto& a) { return !a.reference.empty(); });
}

// A function that does not name a domain's version means the model's.
int64_t opset_of(const onnx::Node& node, const Surroundings& around, const onnx::Model& model) {
    for (const auto* opsets : {around.opsets, &model.opsets})
        if (auto found = opsets->find(node.domain); found != opsets->end()) return found->second;
    return 0;
}

}  // namespace

void GraphReader::add_problem(const onnx::Node& node, std::string why) {
    problems_.add(node.op_type, node_label(node), std::move(why));
}

void GraphReader::report() const {
    if (problems_.empty()) return;
    throw Error(Fault::unsupported, problems_.text());
}

const onnx::Function* GraphReader::function_of(const onnx::Node& node) const {
    for (const onnx::Function& f : model_.functions)
        if (f.name == node.op_type && f.domain == node.domain && f.overload == node.overload) return &f;
    return nullptr;
}

void GraphReader::read_nodes(const std::vector<onnx::Node>& nodes, Scope& scope, const Surroundings& around) {
    check(around.depth < depth_limit, "functions and sub-graphs nest deeper than {} levels", depth_limit);
    for (size_t index : reading_order(nodes)) {
        const onnx::Node& node = nodes[index];
        supported(++expanded_ <= expansion_limit + model_.graph.nodes.size(),
                  "written out, the functions and loops of the model have more than {} nodes", expansion_limit);
        if (refers_to_function(node))
            read_node(resolved(node, around), scope, around);
        else
            read_node(node, scope, around);
    }
}

void GraphReader::read_node(const onnx::Node& node, Scope& scope, const Surroundings& around) {
    try {
        std::vector<ValueId> in;
        bool unknown = false;
        for (const std::string& name : node.inputs) {
            auto value = name.empty() ? std::optional(no_value) : scope.find(name);
            if (!value) fail(Fault::input, "its input '{}' is neither an input, an initialiser nor computed by a node", name);
            unknown = unknown || *value == unknown_value;
            in.push_back(*value);
        }
        if (!unknown) return define_outputs(node, convert(node, scope, around, std::move(in)), scope);
        bool known = function_of(node) || find_onnx_op(node.domain, node.op_type) || find_same_op(node.domain, node.op_type);
        if (!known) add_problem(node, refusal(node.domain, node.op_type));
    } catch (const Error& e) {
        // After the first problem types may be guesses from declarations: what looks wrong then may be their fault.
        if (e.fault == Fault::unsupported)
            add_problem(node, e.what());
        else if (e.fault != Fault::input || problems_.empty())
            throw Error(e.fault, node_label(node) + ": " + e.what());
    } catch (const Unknown&) {
    } catch (const std::bad_alloc&) {
        fail(Fault::input, "{}: converting it needs more memory than there is", node_label(node));
    } catch (const std::length_error&) {
        fail(Fault::input, "{}: converting it needs more memory than there is", node_label(node));
    }
    define_unknown(node, scope, around);
}

// So that what follows can be looked at too, the outputs take their declared types; nothing of this graph is used in the end.
void GraphReader::define_unknown(const onnx::Node& node, Scope& scope, const Surroundings& around) {
    for (const std::string& name : node.outputs) {
        if (name.empty() || scope.defines(name)) continue;
        auto type = around.depth == 0 ? declared.find(name) : declared.end();
        scope.define(name, type == declared.end() ? unknown_value : scope.b.graph.add_value(name, type->second));
    }
}

void GraphReader::define_outputs(const onnx::Node& node, const std::vector<ValueId>& values, Scope& scope) {
    for (size_t i = 0; i < node.outputs.size(); ++i) {
        if (node.outputs[i].empty()) continue;
        supported(i < values.size() && values[i] != no_value, "output {} ('{}') is not computed", i, node.outputs[i]);
        scope.define(node.outputs[i], values[i]);
    }
}

std::vector<ValueId> GraphReader::convert(const onnx::Node& node, Scope& scope, const Surroundings& around,
                                          std::vector<ValueId> in) {
    std::string outer_origin = scope.b.origin;
    scope.b.origin = around.origin + origin_of(node);
    struct Restore {
        std::string& place;
        std::string& text;
        ~Restore() { place.swap(text); }
    } restore{scope.b.origin, outer_origin};

    if (const onnx::Function* function = function_of(node)) return call(*function, node, in, scope, around);
    const OnnxOp* op = find_onnx_op(node.domain, node.op_type);
    const OpDef* same = op ? nullptr : find_same_op(node.domain, node.op_type);
    supported(op || same, "{}", refusal(node.domain, node.op_type));
    int64_t opset = opset_of(node, around, model_);
    check(opset > 0, "the model does not say which version of the operators of '{}' it uses",
          node.domain.empty() ? "ai.onnx" : node.domain);
    supported(opset <= newest_opset,
              "opset {} is newer than {}, the newest that is known; export the model with opset_version={}", opset,
              newest_opset, newest_opset);
    supported(!op || opset >= op->since,
              "in opset {} it meant something else than from opset {} on; export the model with a newer opset", opset,
              op ? op->since : 0);

    NodeReader reader{scope.b, node, static_cast<int>(opset), std::move(in), {}, {}, {}, unroll_rnn};
    for (const std::string& name : node.outputs) {
        auto type = around.depth == 0 ? declared.find(name) : declared.end();
        reader.declared.push_back(type == declared.end() ? std::nullopt : std::optional(type->second));
    }
    Surroundings inner = around;
    ++inner.depth;
    auto known = [](std::vector<ValueId> values) {
        if (std::count(values.begin(), values.end(), unknown_value)) throw Unknown{};
        return values;
    };
    reader.inline_graph = [&](const onnx::Graph& graph, const std::vector<ValueId>& args) {
        Scope body(scope.b, &scope);
        return known(read_subgraph(graph, args, body, inner));
    };
    reader.separate_graph = [&](const onnx::Graph& graph, const std::vector<Type>& types) {
        SeparateGraph out;
        out.graph.name = graph.name;
        Builder builder(out.graph, scope.b);
        Scope body(builder, &scope);
        std::vector<ValueId> args;
        for (const Type& type : types) {
            args.push_back(out.graph.add_value("", type));
            out.graph.inputs.push_back({"", args.back(), ""});
        }
        for (ValueId value : known(read_subgraph(graph, args, body, inner))) out.graph.outputs.push_back({"", value, ""});
        for (const Scope::Capture& capture : body.captures()) {
            out.captured.push_back(capture.outer);
            out.graph.inputs.push_back({"", capture.inner, ""});
        }
        return out;
    };
    const auto write = [&](NodeReader& r) { return op ? op->convert(r) : convert_same(r, *same); };
    return moves_stored(reader) ? move_as_reals(reader, write) : write(reader);
}

std::vector<ValueId> GraphReader::read_subgraph(const onnx::Graph& graph, const std::vector<ValueId>& args, Scope& scope,
                                                const Surroundings& around) {
    check(args.size() == graph.inputs.size(), "its sub-graph '{}' has {} inputs, not {}", graph.name, graph.inputs.size(),
          args.size());
    for (size_t i = 0; i < args.size(); ++i) scope.define(graph.inputs[i].name, args[i]);
    for (const onnx::Tensor& tensor : graph.initializers)
        if (!scope.defines(tensor.name)) scope.define(tensor);
    read_nodes(graph.nodes, scope, around);
    std::vector<ValueId> out;
    for (const onnx::ValueInfo& output : graph.outputs) {
        auto value = scope.find(output.name);
        check(value.has_value(), "output '{}' of its sub-graph '{}' is not computed", output.name, graph.name);
        out.push_back(*value);
    }
    return out;
}

std::vector<ValueId> GraphReader::call(const onnx::Function& function, const onnx::Node& node, const std::vector<ValueId>& in,
                                       Scope& scope, const Surroundings& around) {
    check(in.size() <= function.inputs.size(), "function '{}' takes {} inputs, not {}", function.name, function.inputs.size(),
          in.size());
    Surroundings inside{&function.opsets, {}, scope.b.origin + "/", around.depth + 1};
    for (const onnx::Attribute& attribute : function.default_attributes) inside.attributes[attribute.name] = &attribute;
    for (const onnx::Attribute& attribute : node.attributes) inside.attributes[attribute.name] = &attribute;
    Scope body(scope.b);
    for (size_t i = 0; i < function.inputs.size(); ++i) body.define(function.inputs[i], i < in.size() ? in[i] : no_value);
    read_nodes(function.nodes, body, inside);
    std::vector<ValueId> out;
    for (const std::string& name : function.outputs) {
        auto value = body.find(name);
        check(value.has_value(), "output '{}' of function '{}' is not computed", name, function.name);
        if (*value == unknown_value) throw Unknown{};
        out.push_back(*value);
    }
    return out;
}

}  // namespace tinsmith
