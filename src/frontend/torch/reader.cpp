// From a .pt2 to a graph: interface, weights, nodes.
#include "frontend/torch/reader.hpp"

#include "base/file.hpp"
#include "frontend/torch/graph_reader.hpp"
#include "frontend/torch/interface.hpp"
#include "frontend/torch/torch.hpp"

#include <algorithm>
#include <set>

namespace tinsmith {

namespace torch {

namespace {

// A fake quantisation with its observer off (its converter insists on that) returns the ranges that it was given.
bool writes_what_it_read(const Program& program, const ProgramOutput& output) {
    if (output.value.names.size() != 1) return false;
    return std::any_of(program.nodes.begin(), program.nodes.end(), [&](const ProgramNode& node) {
        return node.target.starts_with("aten._fused_moving_avg_obs_fq_helper_functional.") &&
               std::find(node.outputs.begin(), node.outputs.end(), output.value.names[0]) != node.outputs.end();
    });
}

// All at once: what the program's interface has that no TFLite model does.
void check_interface(const Program& program) {
    std::string refused;
    for (const ProgramOutput& output : program.outputs)
        if (!output.mutates.empty() && !writes_what_it_read(program, output))
            refused += fmt::format(
                "\n  it writes {}, and a TFLite model keeps nothing between runs; export it in eval mode, or return "
                "what it writes",
                output.mutates);
    for (const ProgramInput& input : program.inputs)
        if (input.kind == ProgramInput::Kind::other)
            refused += fmt::format("\n  input '{}' is {}; export the model with that fixed", input.name,
                                   input.field.starts_with("as_sym") ? "a number" : "a " + input.field);
    if (!refused.empty()) fail(Fault::unsupported, "the model's interface cannot be expressed:{}", refused);
}

void define_weights(GraphReader& reader, const Exported& exported, std::vector<std::string>& notes) {
    std::map<std::string, int64_t> wide;
    for (const ProgramInput& input : exported.program.inputs) {
        using Kind = ProgramInput::Kind;
        if (input.kind != Kind::parameter && input.kind != Kind::buffer && input.kind != Kind::constant) continue;
        const auto in_state = exported.weights.find(input.source), in_constants = exported.constants.find(input.source);
        const std::string_view what = input.kind == Kind::parameter ? "parameter"
                                      : input.kind == Kind::buffer  ? "buffer"
                                                                    : "constant";
        const auto part = exported.weights.lower_bound(input.source + ".");
        if (in_state == exported.weights.end() && part != exported.weights.end() &&
            part->first.starts_with(input.source + ".")) {
            reader.define_parts(input.name, input.source);
            continue;
        }
        check(in_state != exported.weights.end() || in_constants != exported.constants.end(),
              "{} '{}' is not among the weights of the archive", what, input.source);
        const Tensor& tensor = in_state != exported.weights.end() ? in_state->second : in_constants->second;
        if (is_float(tensor.dtype) && tensor.dtype != DType::f32) ++wide[std::string(dtype_name(tensor.dtype))];
        reader.define_weight(input.name, tensor, input.source, what);
    }
    for (const auto& [name, count] : wide) notes.push_back(fmt::format("{} {} weights became float32", count, name));
}

void define_numbers(GraphReader& reader, const Program& program) {
    for (const ProgramInput& input : program.inputs) {
        if (input.kind != ProgramInput::Kind::number || input.name.empty()) continue;
        if (input.value.kind != Argument::Kind::number) continue;
        const Argument::Number& n = input.value.numbers[0];
        reader.define(input.name, Number{n.real, n.integer, n.is_integer});
    }
}

// Names of outputs are unique: one tensor may be returned twice.
std::string unique(std::set<std::string>& taken, const std::string& wanted) {
    std::string name = wanted;
    for (int i = 1; !taken.insert(name).second; ++i) name = fmt::format("{}_{}", wanted, i);
    return name;
}

void define_results(GraphReader& reader, const Program& program, ReadResult& result) {
    std::set<std::string> taken;
    for (const ProgramOutput& output : program.outputs) {
        if (!output.mutates.empty()) continue;
        if (output.value.kind != Argument::Kind::tensor) {
            result.notes.push_back("an output that is no tensor is left out");
            continue;
        }
        const std::string& name = output.value.names[0];
        const Operand& operand = reader.find(name);
        const ValueId* value = std::get_if<ValueId>(&operand);
        check(value != nullptr, "output '{}' is no tensor", name);
        result.graph.outputs.push_back({unique(taken, output.name.empty() ? name : output.name), *value, ""});
    }
    check(!result.graph.outputs.empty(), "the model has no outputs");
}

}  // namespace

ReadResult read_program(const Exported& exported, const ReadOptions& options) {
    ReadResult result;
    const Program& program = exported.program;
    result.format = fmt::format("pt2 schema {}", program.version);
    check_interface(program);
    const Interface interface = read_interface(program, options, result.notes);
    Graph& graph = result.graph;
    Builder builder(graph);
    GraphReader reader(exported, builder, options);
    reader.trust_declared = interface.declared_holds;
    for (const Input& input : interface.inputs) {
        const ValueId id =
            input.value ? graph.add_constant(input.name, input.type, *input.value) : graph.add_value(input.name, input.type);
        if (!input.value) graph.inputs.push_back({input.name, id, ""});
        reader.define(input.name, id);
    }
    define_weights(reader, exported, result.notes);
    define_numbers(reader, program);
    reader.read_nodes();
    reader.report();
    define_results(reader, program, result);
    return result;
}

}  // namespace torch

static ReadResult read_file(const std::string& path, const ReadOptions& options) {
    return within(fmt::format("reading {}", path),
                  [&] { return torch::read_program(torch::read_exported(map_file(path)), options); });
}

Frontend torch_frontend() { return {"pt2", {".pt2"}, torch::looks_like_exported, read_file}; }

}  // namespace tinsmith
