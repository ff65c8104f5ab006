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

std::vector<Operand> variable_is_initialized(NodeReader& r) {
    r.resource(0);
    return {r.b.splat(1, {DType::boolean, {}, {}})};
}

std::vector<Operand> variable_shape(NodeReader& r) {
    const Shape shape = r.b.shape(r.graph.variable(r.resource(0)));
    return {integers(r.b, shape, {std::ssize(shape)}, DType::i32)};
}

// Prints, and passes on what it is given first.
std::vector<Operand> print(NodeReader& r) {
    check(r.has(0), "it has no inputs");
    return {r.in[0]};
}

std::vector<Operand> resource_gather(NodeReader& r) {
    const ValueId table = r.graph.variable(r.resource(0));
    return {r.b.add(op::Gather, {table, r.operand(1)}, {{"axis", int64_t{0}}, {"batch_dims", r.integer("batch_dims", 0)}})};
}

}  // namespace tinsmith::tensorflow::from_tensorflow
