// From an ONNX file to a graph: interface, weights, nodes.
#include "frontend/onnx/reader.hpp"
#include "frontend/onnx/class_names.hpp"
#include "frontend/onnx/cut.hpp"
#include "frontend/onnx/dynamic_products.hpp"
#include "frontend/onnx/graph_reader.hpp"
#include "frontend/onnx/interface.hpp"
#include "frontend/onnx/onnx.hpp"
#include "frontend/onnx/tensor.hpp"
#include "frontend/onnx/unread.hpp"

#include <algorithm>
#include <filesystem>

namespace tinsmith {

namespace {

void note_wide_weights(const onnx::Graph& graph, std::vector<std::string>& notes) {
    for (auto type : {onnx::ElementType::f16, onnx::ElementType::bf16, onnx::ElementType::f64}) {
        auto count =
            std::count_if(graph.initializers.begin(), graph.initializers.end(), [&](const auto& t) { return t.type == type; });
        if (count > 0) notes.push_back(fmt::format("{} {} weights became float32", count, onnx::element_type_name(type)));
    }
}

// The exporter's declaration of an output against what was inferred. A wrong extent is common (a batch that was fixed by hand), a
// wrong element type is not.
void compare_with_declared(const std::string& name, const Type& inferred, const std::optional<Type>& declared,
                           std::vector<std::string>& notes) {
    if (!declared || *declared == inferred) return;
    check(declared->dtype == inferred.dtype, "output '{}' is declared as {}, but computed as {}", name, to_string(*declared),
          to_string(inferred));
    notes.push_back(fmt::format("output '{}' is declared as {}, but computed as {}", name, to_string(declared->shape),
                                to_string(inferred.shape)));
}

void check_output_types(const onnx::Graph& graph) {
    std::string refused;
    for (const onnx::ValueInfo& output : graph.outputs)
        if (!output.not_a_tensor.empty())
            refused +=
                fmt::format("\n  output '{}' is a {}, which has no counterpart in TFLite", output.name, output.not_a_tensor);
    if (!refused.empty()) fail(Fault::unsupported, "the model's interface cannot be expressed:{}", refused);
}

std::map<std::string, int64_t> opsets_of(const onnx::Model& model) {
    std::map<std::string, int64_t> opsets = model.opsets;
    if (model.ir_version < 3) opsets.emplace("", 1);  // files of those versions do not say
    return opsets;
}

}  // namespace

ReadResult read_onnx(onnx::Model model, const ReadOptions& options) {
    ReadResult result;
    std::map<std::string, int64_t> opsets = opsets_of(model);
    result.format = opsets.contains("") ? fmt::format("onnx opset {}", opsets[""]) : "onnx";
    result.classes = class_names_of(model.metadata);
    Renames renames = cut_graph(model.graph, options);
    result.extracted = renames.done;
    check_output_types(model.graph);
    forget_unread_outputs(model.graph);
    if (const int products = read_dynamic_products(model.graph); products > 0)
        result.notes.push_back(
            fmt::format("{} product{} quantise{} what enters while the model runs: read as real numbers, of which --method "
                        "dynamic_range does the same",
                        products, products == 1 ? "" : "s", products == 1 ? "s" : ""));
    Interface interface(model.graph, options, result.notes);
    note_wide_weights(model.graph, result.notes);

    Graph& graph = result.graph;
    graph.name = model.graph.name;
    Builder builder(graph);
    Scope scope(builder);
    for (const Interface::Input& input : interface.inputs()) {
        ValueId id =
            input.value ? graph.add_constant(input.name, input.type, *input.value) : graph.add_value(input.name, input.type);
        if (!input.value) graph.inputs.push_back({renames.of(input.name), id, ""});
        scope.define(input.name, id);
    }
    for (const onnx::Tensor& tensor : model.graph.initializers) scope.define(tensor);

    GraphReader reader(model);
    reader.unroll_rnn = options.unroll_rnn;
    for (const auto* list : {&model.graph.values, &model.graph.outputs})
        for (const onnx::ValueInfo& info : *list)
            if (auto type = interface.declared(info)) reader.declared.emplace(info.name, std::move(*type));
    reader.read_nodes(model.graph.nodes, scope, Surroundings{&opsets, {}, {}, 0});
    reader.report();

    check(!model.graph.outputs.empty(), "the model has no outputs");
    for (const onnx::ValueInfo& output : model.graph.outputs) {
        auto value = scope.find(output.name);
        check(value.has_value(), "output '{}' is computed by no node", output.name);
        supported(*value < unknown_value, "output '{}' is an absent optional value", output.name);
        compare_with_declared(output.name, graph.type(*value), interface.declared(output), result.notes);
        graph.outputs.push_back({renames.of(output.name), *value, ""});
    }
    return result;
}

static ReadResult read_file(const std::string& path, const ReadOptions& options) {
    return within(fmt::format("reading {}", path), [&] {
        onnx::Model model = onnx::read_model(path);
        std::vector<std::string> beside;
        for (const std::string& location : model.external)
            beside.push_back((std::filesystem::path(path).parent_path() / location).string());
        ReadResult result = read_onnx(std::move(model), options);
        result.beside = std::move(beside);
        return result;
    });
}

Frontend onnx_frontend() { return {"onnx", {".onnx"}, onnx::looks_like_onnx, read_file}; }

}  // namespace tinsmith
