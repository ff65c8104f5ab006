// Constants, variables, and nodes that pass on what they are given.
#include "frontend/tensorflow/element.hpp"
#include "frontend/tensorflow/graph_reader.hpp"
#include "frontend/tensorflow/ops.hpp"

namespace tinsmith::tensorflow::from_tensorflow {

std::vector<Operand> constant(NodeReader& r) {
    auto value = r.attribute("value");
    check(value && value->kind == AttributeValue::Kind::tensor, "it has no value");
    const Tensor tensor = r.graph.tensor(value->tensor);
    if (tensor.type != DataType::string) return {add_tensor(r.b, tensor, std::string(r.node.name))};
    return {Strings{{tensor.strings.begin(), tensor.strings.end()}}};
}

std::vector<Operand> identity(NodeReader& r) { return r.in; }

// Runs for its effect, of which a file of TFLite has none.
std::vector<Operand> no_op(NodeReader&) { return {Dead{}}; }

std::vector<Operand> var_handle(NodeReader& r) {
    const std::string name(r.node.name);
    const std::string shared = r.text("shared_name", name);
    return {Resource{name, shared.empty() ? name : shared}};
}

std::vector<Operand> read_variable(NodeReader& r) { return {r.graph.variable(r.resource(0))}; }

// A variable of the first version is its value.
std::vector<Operand> ref_variable(NodeReader& r) {
    const std::string name(r.node.name);
    return {r.graph.variable({name, name})};
}

std::vector<Operand> resource_gather(NodeReader& r) {
    const ValueId table = r.graph.variable(r.resource(0));
    return {r.b.add(op::Gather, {table, r.operand(1)}, {{"axis", int64_t{0}}, {"batch_dims", r.integer("batch_dims", 0)}})};
}

}  // namespace tinsmith::tensorflow::from_tensorflow
