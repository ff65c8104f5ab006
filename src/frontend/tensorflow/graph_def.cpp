// From a frozen graph to a graph: what feeds it and what it computes are chosen, or proposed.
#include "frontend/tensorflow/graph_def.hpp"

#include "base/file.hpp"
#include "base/nearest.hpp"
#include "frontend/tensorflow/front_end.hpp"
#include "frontend/tensorflow/interface.hpp"
#include "frontend/tensorflow/tensorflow.hpp"
#include "ir/extract.hpp"

#include <algorithm>
#include <set>

namespace tinsmith::tensorflow {

namespace {

OpenShape declared_shape(const GraphDef& graph, const Node& node) {
    for (std::string_view name : {"shape", "_output_shapes"}) {
        const Attribute* found = node.attribute(name);
        if (!found) continue;
        const AttributeValue value = decode_attribute(found->value, graph.file);
        if (value.kind == AttributeValue::Kind::shape) return value.shape;
        if (!value.shapes.empty()) return value.shapes[0];
    }
    return std::nullopt;
}

DataType declared_type(const GraphDef& graph, const Node& node) {
    for (std::string_view name : {"dtype", "DstT", "T", "output_type"})
        if (const Attribute* found = node.attribute(name))
            return static_cast<DataType>(decode_attribute(found->value, graph.file).integer);
    return DataType::f32;
}

// The nodes that another one reads.
std::set<std::string_view> read_nodes(const Body& body) {
    std::set<std::string_view> read;
    for (const Node& node : body.nodes())
        for (std::string_view input : node.inputs) read.insert(body.parse(input).node);
    return read;
}

// Nodes that nobody reads and that compute something.
std::vector<std::string> proposed_outputs(const Body& body) {
    static const std::set<std::string_view> idle{"NoOp", "Const", "Placeholder", "Assert", "SaveV2", "RestoreV2", "Assign"};
    const std::set<std::string_view> read = read_nodes(body);
    std::vector<std::string> out;
    for (const Node& node : body.nodes())
        if (!read.contains(node.name) && !idle.contains(node.op) && !node.inputs.empty()) out.emplace_back(node.name);
    return out;
}

struct Cut {
    std::vector<OpenInput> inputs;
    std::vector<NamedOutput> outputs;
    std::vector<std::string> names;  // of the outputs' tensors: what `outputs` views
    bool done = true;                // --inputs named nodes, all of them found here
};

// An input that the user names: a node whose shape is declared, or given by --shape.
bool add_named_input(Cut& cut, const GraphDef& graph, const Body& body, const CutName& name, const ReadOptions& options) {
    const TensorName tensor = body.parse(name.source);
    auto node = body.find(tensor.node);
    if (!node) return false;
    const OpenShape shape = declared_shape(graph, body.nodes()[*node]);
    if (!shape && !options.shapes.contains(name.name)) return false;
    const Node& found = body.nodes()[*node];
    cut.inputs.push_back({name.name, found.name, tensor.output, declared_type(graph, found), shape});
    return true;
}

void propose_inputs(Cut& cut, const GraphDef& graph, const Body& body, std::vector<std::string>& notes) {
    const std::vector<FrontEnd> sounds = front_ends(graph, body);
    std::set<std::string_view> cut_off;
    for (const FrontEnd& sound : sounds) {
        cut.inputs.push_back({std::string(sound.node), sound.node, 0, DataType::f32, sound.shape});
        cut_off.insert(sound.behind.begin(), sound.behind.end());
        notes.push_back(
            fmt::format("what turns sound into features ({}) was cut off: the input is '{}'", sound.operators, sound.node));
    }
    for (const Node& node : body.nodes())
        if (node.op == "Placeholder" && !cut_off.contains(node.name))
            cut.inputs.push_back(
                {std::string(node.name), node.name, 0, declared_type(graph, node), declared_shape(graph, node)});
}

Cut cut_of(const GraphDef& graph, const Body& body, const ReadOptions& options, std::vector<std::string>& notes) {
    Cut cut;
    for (const std::string& text : options.inputs)
        cut.done = cut.done && add_named_input(cut, graph, body, parse_cut_name(text), options);
    if (options.inputs.empty() || !cut.done) {
        cut.inputs.clear();
        propose_inputs(cut, graph, body, notes);
    }
    std::vector<std::string> outputs;
    if (cut.done)
        for (const std::string& text : options.outputs) {
            const CutName name = parse_cut_name(text);
            if (!body.find(body.parse(name.source).node)) cut.done = false;
            cut.names.push_back(name.source);
            outputs.push_back(name.name);
        }
    if (cut.names.empty() || !cut.done) cut.names = outputs = proposed_outputs(body);
    for (size_t i = 0; i < outputs.size(); ++i) cut.outputs.push_back({outputs[i], cut.names[i]});
    return cut;
}

// Inputs that no output needs are none.
void drop_unneeded(Graph& graph) {
    std::set<ValueId> used;
    for (const tinsmith::Node& node : graph.nodes) used.insert(node.inputs.begin(), node.inputs.end());
    for (const Port& output : graph.outputs) used.insert(output.value);
    std::erase_if(graph.inputs, [&](const Port& input) { return !used.contains(input.value); });
}

}  // namespace

ReadResult read_graph(const Buffer& file, const ReadOptions& options) {
    ReadResult result;
    result.format = "graphdef";
    const GraphDef graph = decode_graph(file);
    const Body body(graph.nodes);
    const Cut cut = cut_of(graph, body, options, result.notes);
    result.extracted = cut.done;
    const Bindings bound = add_inputs(result.graph, cut.inputs, options, result.notes);
    Builder builder(result.graph);
    Variables variables;
    GraphReader reader(graph, variables, builder, options);
    add_outputs(result.graph, reader, body, bound, cut.outputs);
    if (options.inputs.empty()) drop_unneeded(result.graph);
    return result;
}

static ReadResult read_graphdef(const std::string& path, const ReadOptions& options) {
    return within(fmt::format("reading {}", path), [&] { return read_graph(map_file(path), options); });
}

}  // namespace tinsmith::tensorflow

namespace tinsmith {

Frontend graphdef_frontend() { return {"graphdef", {".pb"}, tensorflow::looks_like_graph, tensorflow::read_graphdef}; }

}  // namespace tinsmith
