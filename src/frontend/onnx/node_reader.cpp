#include "frontend/onnx/node_reader.hpp"

#include "frontend/onnx/tensor.hpp"

namespace tinsmith {

using onnx::Attribute;

ValueId NodeReader::operand(size_t i) const {
    check(has(i), "input {} is missing", i);
    return in[i];
}

bool NodeReader::wants(size_t output) const { return output < node.outputs.size() && !node.outputs[output].empty(); }

static const Attribute* find(const onnx::Node& node, std::string_view name, Attribute::Kind kind, const char* kind_name) {
    const Attribute* attribute = node.attribute(name);
    if (attribute) check(attribute->kind == kind, "attribute '{}' should be {}", name, kind_name);
    return attribute;
}

int64_t NodeReader::integer(std::string_view name, int64_t fallback) const {
    auto* attribute = find(node, name, Attribute::Kind::integer, "an integer");
    return attribute ? attribute->integer : fallback;
}

int64_t NodeReader::integer(std::string_view name) const {
    check(has_attribute(name), "attribute '{}' is missing", name);
    return integer(name, 0);
}

double NodeReader::real(std::string_view name, double fallback) const {
    auto* attribute = find(node, name, Attribute::Kind::real, "a float");
    return attribute ? attribute->real : fallback;
}

std::string NodeReader::text(std::string_view name, std::string_view fallback) const {
    auto* attribute = find(node, name, Attribute::Kind::text, "a string");
    return attribute ? attribute->text : std::string(fallback);
}

std::optional<Ints> NodeReader::integers(std::string_view name) const {
    auto* attribute = find(node, name, Attribute::Kind::integers, "a list of integers");
    return attribute ? std::optional(attribute->integers) : std::nullopt;
}

Ints NodeReader::integers(std::string_view name, Ints fallback) const { return integers(name).value_or(std::move(fallback)); }

std::vector<float> NodeReader::reals(std::string_view name) const {
    auto* attribute = find(node, name, Attribute::Kind::reals, "a list of floats");
    return attribute ? attribute->reals : std::vector<float>{};
}

ValueId NodeReader::tensor(std::string_view name) const {
    check(has_attribute(name), "attribute '{}' is missing", name);
    return add_tensor(b, find(node, name, Attribute::Kind::tensor, "a tensor")->tensors.at(0));
}

const onnx::Graph& NodeReader::graph(std::string_view name) const {
    check(has_attribute(name), "attribute '{}' is missing", name);
    return *find(node, name, Attribute::Kind::graph, "a graph")->graphs.at(0);
}

static void require_constant(const NodeReader& r, size_t i) {
    supported(r.is_constant(i),
              "input {} ('{}') is computed at run time, but decides the shape or kind of the computation; if it comes from an "
              "input of the model, fix that input with --set NAME=VALUE",
              i, r.node.inputs[i]);
}

std::optional<Ints> NodeReader::constant_ints(size_t i) const {
    if (!has(i)) return std::nullopt;
    require_constant(*this, i);
    return b.graph.constant_ints(in[i]);
}

std::optional<std::vector<float>> NodeReader::constant_floats(size_t i) const {
    if (!has(i)) return std::nullopt;
    require_constant(*this, i);
    return b.graph.constant_floats(in[i]);
}

}  // namespace tinsmith
