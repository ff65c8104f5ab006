#include "report/inspection.hpp"

#include "base/json.hpp"
#include "op/custom.hpp"
#include "ir/macs.hpp"
#include "plan/lifetimes.hpp"

#include <algorithm>
#include <map>

namespace tinsmith {

static constexpr size_t device_alignment = 16;

static void count_operators(const Graph& graph, std::map<std::string_view, OperatorFigures>& figures) {
    for (const Node& node : graph.nodes) {
        OperatorFigures& entry = figures[operator_name(node)];
        entry.name = operator_name(node);
        entry.count += 1;
        entry.macs += node_macs(graph, node);
        for (const auto& [name, value] : node.attrs)
            if (const GraphRef* body = std::get_if<GraphRef>(&value); body && *body) count_operators(**body, figures);
    }
}

static void count_tensors(const Graph& graph, Inspection& out) {
    std::vector<bool> used(graph.values.size(), false);
    const auto use = [&](ValueId id) {
        if (id != no_value) used[id] = true;
    };
    for (const Port& port : graph.inputs) use(port.value);
    for (const Port& port : graph.outputs) use(port.value);
    for (const State& state : graph.states) use(state.value);
    for (const Node& node : graph.nodes) {
        for (ValueId id : node.inputs) use(id);
        for (ValueId id : node.outputs) use(id);
        for (const auto& [name, value] : node.attrs)
            if (const GraphRef* body = std::get_if<GraphRef>(&value); body && *body) count_tensors(**body, out);
    }
    for (size_t id = 0; id < used.size(); ++id) {
        const Value& value = graph.values[id];
        if (!used[id]) continue;
        out.tensors.push_back({value.name, value.type, value.type.bytes(), value.is_constant()});
        if (!value.is_constant()) continue;
        out.constant_bytes += value.type.bytes();
        if (is_float(value.type.dtype) || value.type.quant) out.parameters += value.type.elements();
    }
}

Inspection inspect(const Graph& graph) {
    Inspection out;
    for (const Port& port : graph.inputs) out.inputs.push_back({port.name, graph.type(port.value), port.note});
    for (const Port& port : graph.outputs) out.outputs.push_back({port.name, graph.type(port.value), port.note});
    std::map<std::string_view, OperatorFigures> operators;
    count_operators(graph, operators);
    for (auto& [name, figures] : operators) {
        out.nodes += figures.count;
        out.macs += figures.macs;
        out.operators.push_back(figures);
    }
    std::stable_sort(out.operators.begin(), out.operators.end(),
                     [](const OperatorFigures& a, const OperatorFigures& b) { return a.count > b.count; });
    count_tensors(graph, out);
    std::stable_sort(out.tensors.begin(), out.tensors.end(),
                     [](const TensorFigures& a, const TensorFigures& b) { return a.bytes > b.bytes; });
    const std::vector<Lifetime> lives = value_lifetimes(graph);
    out.peak_activation_bytes = live_peak(lives, device_alignment);
    out.arena_bytes = place(lives, device_alignment).bytes;
    return out;
}

std::string numpy_name(DType dtype) {
    if (dtype == DType::boolean) return "bool";
    if (dtype == DType::bf16) return "bfloat16";
    const std::string_view kind = is_float(dtype) ? "float" : is_signed(dtype) ? "int" : "uint";
    return fmt::format("{}{}", kind, dtype_bits(dtype));
}

using Json = nlohmann::ordered_json;

static Json port_json(const PortFigures& port) {
    Json json{{"name", port.name}, {"dtype", numpy_name(port.type.dtype)}, {"shape", port.type.shape}};
    if (port.type.quant) {
        const Quant& quant = *port.type.quant;
        const bool single = quant.scale.size() == 1;
        json["scale"] = single ? Json(quant.scale[0]) : Json(quant.scale);
        json["zero_point"] = single ? Json(quant.zero_point[0]) : Json(quant.zero_point);
    } else {
        json["scale"] = nullptr;
        json["zero_point"] = nullptr;
    }
    if (!port.note.empty()) json["note"] = port.note;
    return json;
}

std::string inspection_json(const Inspection& inspection, size_t model_bytes) {
    Json json;
    json["model_size_bytes"] = model_bytes;
    json["model_size_kb"] = static_cast<double>(model_bytes) / 1024;
    if (!inspection.inputs.empty()) json["input_shape"] = inspection.inputs[0].type.shape;
    if (!inspection.outputs.empty()) json["output_shape"] = inspection.outputs[0].type.shape;
    if (!inspection.inputs.empty()) json["input_dtype"] = numpy_name(inspection.inputs[0].type.dtype);
    if (!inspection.outputs.empty()) json["output_dtype"] = numpy_name(inspection.outputs[0].type.dtype);
    json["inputs"] = Json::array();
    json["outputs"] = Json::array();
    for (const PortFigures& port : inspection.inputs) json["inputs"].push_back(port_json(port));
    for (const PortFigures& port : inspection.outputs) json["outputs"].push_back(port_json(port));
    json["nodes"] = inspection.nodes;
    json["parameters"] = inspection.parameters;
    json["constant_bytes"] = inspection.constant_bytes;
    json["macs"] = inspection.macs;
    json["peak_activation_bytes"] = inspection.peak_activation_bytes;
    json["arena_bytes"] = inspection.arena_bytes;
    json["operators"] = Json::array();
    for (const OperatorFigures& op : inspection.operators)
        json["operators"].push_back({{"name", op.name}, {"count", op.count}, {"macs", op.macs}});
    json["tensors"] = Json::array();
    for (const TensorFigures& tensor : inspection.tensors)
        json["tensors"].push_back({{"name", tensor.name},
                                   {"dtype", numpy_name(tensor.type.dtype)},
                                   {"shape", tensor.type.shape},
                                   {"bytes", tensor.bytes},
                                   {"constant", tensor.constant}});
    return json_text(json, 2);
}

}  // namespace tinsmith
