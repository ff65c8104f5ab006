#include "frontend/tensorflow/interface.hpp"

#include "base/nearest.hpp"
#include "frontend/compose/set_value.hpp"
#include "frontend/tensorflow/element.hpp"

#include <algorithm>

namespace tinsmith::tensorflow {

namespace {

std::string dims_text(const OpenShape& shape) {
    if (!shape) return "of unknown rank";
    std::string text;
    for (int64_t extent : *shape) text += (text.empty() ? "" : "x") + (extent < 0 ? "?" : std::to_string(extent));
    return text.empty() ? "scalar" : text;
}

// A shape that the user can copy and correct.
std::string example_shape(const OpenShape& shape) {
    if (!shape) return "1x224x224x3";
    std::string text;
    for (size_t i = 0; i < shape->size(); ++i) {
        const int64_t extent = (*shape)[i] >= 0 ? (*shape)[i] : i == 0 ? 1 : shape->size() == 4 ? 224 : 16;
        text += (i ? "x" : "") + std::to_string(extent);
    }
    return text;
}

// Nothing where a dimension stays open.
std::optional<Shape> static_shape(const OpenInput& input, const ReadOptions& options, std::vector<std::string>& notes) {
    if (auto given = options.shapes.find(input.name); given != options.shapes.end()) {
        check(!input.shape || input.shape->size() == given->second.size(), "--shape gives it {} dimensions, it has {}: {}",
              given->second.size(), input.shape ? input.shape->size() : 0, dims_text(input.shape));
        for (size_t i = 0; input.shape && i < input.shape->size(); ++i) {
            const int64_t extent = (*input.shape)[i];
            check(extent < 0 || extent == given->second[i], "--shape makes it {}, the model has {}", to_string(given->second),
                  dims_text(input.shape));
        }
        return given->second;
    }
    if (!input.shape) return std::nullopt;
    Shape shape = *input.shape;
    const bool batch = !shape.empty() && shape[0] < 0;
    if (batch) shape[0] = 1;
    if (std::any_of(shape.begin(), shape.end(), [](int64_t extent) { return extent < 0; })) return std::nullopt;
    if (batch) notes.push_back(fmt::format("input '{}': the open batch became 1", input.name));
    return shape;
}

// The shape that an input set to a value has to have; nothing where the value says it.
std::optional<Shape> known_shape(const OpenInput& input, const ReadOptions& options) {
    if (auto given = options.shapes.find(input.name); given != options.shapes.end()) return given->second;
    const bool open = !input.shape || std::any_of(input.shape->begin(), input.shape->end(), [](int64_t n) { return n < 0; });
    return open ? std::nullopt : std::optional<Shape>(*input.shape);
}

}  // namespace

Bindings add_inputs(Graph& graph, const std::vector<OpenInput>& inputs, const ReadOptions& options,
                    std::vector<std::string>& notes) {
    std::vector<std::string> names;
    for (const OpenInput& input : inputs) names.push_back(input.name);
    const bool keeps = options.allow_custom || options.allow_select_tf_ops;  // then --shape may name a node
    for (const auto& [name, shape] : options.shapes)
        check(keeps || std::find(names.begin(), names.end(), name) != names.end(),
              "--shape names '{}', which is no input of the model; its inputs are {}", name, nearest_names(name, names));
    for (const auto& [name, value] : options.values)
        check(std::find(names.begin(), names.end(), name) != names.end(),
              "--set names '{}', which is no input of the model; its inputs are {}", name, nearest_names(name, names));
    Bindings bound;
    std::string open;
    for (const OpenInput& input : inputs) {
        within(fmt::format("input '{}'", input.name), [&] {
            const DType dtype = dtype_of(input.type);
            const auto set = options.values.find(input.name);
            if (set != options.values.end()) {
                SetValue value = parse_set_value(set->second, dtype, known_shape(input, options));
                bound[{input.node, input.output}] =
                    graph.add_constant(input.name, {dtype, std::move(value.shape), {}}, std::move(value.data));
                return;
            }
            const auto shape = static_shape(input, options, notes);
            if (!shape) {
                open += fmt::format("\n  input '{}' is {}: give for example --shape {}={}", input.name, dims_text(input.shape),
                                    input.name, example_shape(input.shape));
                return;
            }
            if (is_float(dtype) && input.type != DataType::f32)
                notes.push_back(fmt::format("input '{}': {} became float32", input.name, data_type_name(input.type)));
            check(element_count(*shape) < int64_t{1} << 31, "its shape {} has more than 2^31 elements", to_string(*shape));
            const ValueId id = graph.add_value(input.name, {dtype, *shape, {}});
            graph.inputs.push_back({input.name, id, ""});
            bound[{input.node, input.output}] = id;
        });
    }
    if (!open.empty()) fail(Fault::input, "these inputs have dimensions that are not static:{}", open);
    return bound;
}

void add_outputs(Graph& graph, GraphReader& reader, const Body& body, const Bindings& inputs,
                 const std::vector<NamedOutput>& outputs) {
    check(!outputs.empty(), "the model has no outputs");
    std::vector<std::string_view> wanted;
    for (const NamedOutput& output : outputs) wanted.push_back(output.tensor);
    const std::vector<Operand> results = reader.read(body, inputs, wanted);
    reader.report();
    for (size_t i = 0; i < outputs.size(); ++i) {
        const ValueId* id = std::get_if<ValueId>(&results[i]);
        check(id != nullptr, "output '{}' is no tensor", outputs[i].name);
        graph.outputs.push_back({outputs[i].name, *id, ""});
    }
}

}  // namespace tinsmith::tensorflow
