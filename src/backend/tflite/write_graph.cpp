// Graphs: their tensors and operators, each equal part stored once.
#include "backend/tflite/model_writer.hpp"
#include "op/list.hpp"

#include <algorithm>
#include <cassert>

namespace tinsmith::tflite {

// Names of internal tensors help people who look into a file; they are kept where they are small beside the weights.
static constexpr uint64_t name_share = 64;

flatbuffers::Offset<flatbuffers::Vector<int32_t>> ModelWriter::ints(const std::vector<int32_t>& values) {
    auto [at, added] = vectors_.try_emplace(values);
    if (added) at->second = fbb_.CreateVector(values);
    return at->second;
}

// A table is a signed distance to its layout, then its fields; the builder stores equal layouts once. Options hold scalars only, so
// that layout and fields say all, and a table that is there already can be taken back from the end of the buffer.
void ModelWriter::share(Options& options, flatbuffers::uoffset_t size_before) {
    if (options.table.IsNull()) return;
    const uint8_t* table = fbb_.GetCurrentBufferPointer() + (fbb_.GetSize() - options.table.o);
    const uint8_t* layout = table - flatbuffers::ReadScalar<flatbuffers::soffset_t>(table);
    auto layout_at = static_cast<flatbuffers::uoffset_t>(fbb_.GetCurrentBufferPointer() + fbb_.GetSize() - layout);
    auto table_size = flatbuffers::ReadScalar<flatbuffers::voffset_t>(layout + sizeof(flatbuffers::voffset_t));
    std::string key = fmt::format("{} {} ", static_cast<int>(options.type), layout_at);
    key.append(reinterpret_cast<const char*>(table) + sizeof(flatbuffers::soffset_t),
               table_size - sizeof(flatbuffers::soffset_t));
    auto [at, added] = options_.try_emplace(std::move(key), options.table);
    if (added) return;
    options.table = at->second;
    fbb_.PopBytes(fbb_.GetSize() - size_before);
}

uint32_t ModelWriter::index_of(const Code& code) {
    auto at = std::find(codes_.begin(), codes_.end(), code);
    if (at == codes_.end()) at = codes_.insert(at, code);
    return static_cast<uint32_t>(at - codes_.begin());
}

void ModelWriter::number_codes(const std::vector<VersionedOperation>& operations) {
    std::map<Code, size_t> uses;
    for (const VersionedOperation& o : operations) ++uses[o.code()];
    const auto most = std::max_element(uses.begin(), uses.end(), [](auto& a, auto& b) { return a.second < b.second; });
    if (most != uses.end()) index_of(most->first);
    for (const VersionedOperation& o : operations) index_of(o.code());
}

// TFLite Micro takes one zero point for all scales; LiteRT wants as many.
flatbuffers::Offset<QuantizationParameters> ModelWriter::build(const Quant& quant) {
    const int axis = std::max(quant.axis, 0);
    std::vector<int64_t> zeros = quant.zero_point;
    if (micro_ && std::adjacent_find(zeros.begin(), zeros.end(), std::not_equal_to<>()) == zeros.end()) zeros.resize(1);
    auto [at, added] = quants_.try_emplace({quant.scale, zeros, axis});
    if (!added) return at->second;
    auto [scale, new_scale] = scales_.try_emplace(quant.scale);
    if (new_scale) scale->second = fbb_.CreateVector(quant.scale);
    auto [zero, new_zero] = zero_points_.try_emplace(zeros);
    if (new_zero) zero->second = fbb_.CreateVector(zeros);
    at->second = CreateQuantizationParameters(fbb_, 0, 0, scale->second, zero->second, QuantizationDetails::NONE, 0, axis);
    return at->second;
}

// Kernels with a scale for each channel take those of the weights and never look at the bias's, though delegates want it to have
// some: it refers to what the weights have stored. TFLite Micro asks for none.
static void share_scales(const Node& node, const Operation& operation, bool micro, TensorTable& tensors) {
    const bool weighted = node.is(op::Conv) || node.is(op::DepthwiseConv) || node.is(op::FullyConnected);
    if (!weighted || operation.inputs.size() < 3 || operation.inputs[2] < 0) return;
    const std::optional<Quant>& weights = tensors.type(operation.inputs[1]).quant;
    const Type& bias = tensors.type(operation.inputs[2]);
    if (!bias.quant || !weights || weights->scale.size() < 2 || weights->scale.size() != bias.quant->scale.size()) return;
    tensors.state_scales(operation.inputs[2],
                         micro ? std::nullopt : std::optional(Quant{weights->scale, weights->zero_point, 0}));
}

flatbuffers::Offset<tflite::Tensor> ModelWriter::build(const TensorEntry& entry) {
    std::vector<int32_t> extents;
    for (int64_t extent : entry.type.shape) {
        supported(extent <= INT32_MAX, "tensor '{}': extent {} does not fit TFLite's 32 bits", entry.name, extent);
        extents.push_back(static_cast<int32_t>(extent));
    }
    auto dtype = entry.is_handle ? TensorType::RESOURCE : tensor_type(entry.type.dtype);
    assert(dtype);
    auto shape = ints(extents);
    flatbuffers::Offset<flatbuffers::String> name;
    if (!entry.name.empty()) name = fbb_.CreateString(entry.name);
    flatbuffers::Offset<QuantizationParameters> quant;
    if (entry.type.quant) quant = build(*entry.type.quant);
    // A tensor without extents is of unknown rank unless it says otherwise.
    return CreateTensor(fbb_, shape, *dtype, entry.buffer, name, quant, entry.is_variable, 0, 0, extents.empty());
}

flatbuffers::Offset<Operator> ModelWriter::build(const VersionedOperation& versioned) {
    const Operation& operation = versioned.operation;
    const uint32_t code = index_of(versioned.code());
    auto inputs = ints(operation.inputs);
    auto outputs = ints(operation.outputs);
    flatbuffers::Offset<flatbuffers::Vector<int32_t>> intermediates;
    if (!operation.intermediates.empty()) intermediates = ints(operation.intermediates);
    flatbuffers::Offset<flatbuffers::Vector<uint8_t>> custom;
    if (const std::string& bytes = operation.custom_options; !bytes.empty())
        custom = fbb_.CreateVector(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    return CreateOperator(fbb_, code, inputs, outputs, operation.options.type, operation.options.table, custom,
                          CustomOptionsFormat::FLEXBUFFERS, 0, intermediates);
}

VersionedOperation ModelWriter::operation(const Graph& graph, const Node& node, TensorTable& tensors) {
    auto subgraph = [this](const Graph& body) {
        subgraphs_.push_back(&body);
        return static_cast<int32_t>(subgraphs_.size() - 1);
    };
    OperatorWriter writer{graph, node, fbb_, tensors, subgraph};
    WriteOperator write = writer_of(*node.op);
    assert(write);
    fbb_.Align(sizeof(flatbuffers::uoffset_t));  // equal options have equal layouts where they start alike
    flatbuffers::uoffset_t before = fbb_.GetSize();
    Operation operation = write(writer);
    share(operation.options, before);
    if (operation.outputs.empty())
        for (size_t i = 0; i < node.outputs.size(); ++i) operation.outputs.push_back(writer.out(i));
    const int version = operator_version(writer, operation);
    share_scales(node, operation, micro_, tensors);
    return {std::move(operation), version};
}

flatbuffers::Offset<SubGraph> ModelWriter::build(const TensorTable& tensors, const std::vector<int32_t>& inputs,
                                                 const std::vector<int32_t>& outputs,
                                                 const std::vector<VersionedOperation>& operations, std::string_view name) {
    number_codes(operations);
    std::vector<flatbuffers::Offset<Operator>> operators;
    for (const VersionedOperation& operation : operations) operators.push_back(build(operation));
    std::vector<flatbuffers::Offset<tflite::Tensor>> built;
    for (const TensorEntry& entry : tensors.entries()) built.push_back(build(entry));
    auto tensor_vector = fbb_.CreateVector(built);
    auto input_vector = ints(inputs);
    auto output_vector = ints(outputs);
    auto operator_vector = fbb_.CreateVector(operators);
    flatbuffers::Offset<flatbuffers::String> label;
    if (!name.empty()) label = fbb_.CreateString(name);
    return CreateSubGraph(fbb_, tensor_vector, input_vector, output_vector, operator_vector, label);
}

flatbuffers::Offset<SubGraph> ModelWriter::build(const Graph& graph, bool is_main) {
    TensorTable tensors(graph, buffers_);
    std::vector<int32_t> inputs, outputs;
    for (const Port& port : graph.inputs) inputs.push_back(tensors.of(port.value));
    std::vector<VersionedOperation> operations;
    for (const Node& node : graph.nodes)
        within(node.origin.empty() ? std::string(node.op->name) : fmt::format("node '{}' ({})", node.origin, node.op->name),
               [&] { operations.push_back(operation(graph, node, tensors)); });
    for (const Port& port : graph.outputs) outputs.push_back(tensors.of(port.value));
    if (is_main) add_states(tensors, operations);

    std::vector<bool> is_port(tensors.entries().size(), false);
    auto name_ports = [&](const std::vector<Port>& ports, const std::vector<int32_t>& of_port) {
        for (size_t i = 0; is_main && i < ports.size(); ++i) {
            tensors.name(of_port[i], ports[i].name);
            is_port[static_cast<size_t>(of_port[i])] = true;
        }
    };
    name_ports(graph.inputs, inputs);
    name_ports(graph.outputs, outputs);
    uint64_t name_bytes = 0, payload_bytes = 0;
    for (size_t i = 0; i < is_port.size(); ++i) name_bytes += is_port[i] ? 0 : tensors.entries()[i].name.size();
    for (const auto& payload : buffers_.payloads()) payload_bytes += payload.size();
    if (name_bytes * name_share > payload_bytes)
        for (size_t i = 0; i < is_port.size(); ++i)
            if (!is_port[i]) tensors.name(static_cast<int32_t>(i), {});
    if (is_main && !micro_) add_signature(graph, tensors);
    return build(tensors, inputs, outputs, operations, is_main && !micro_ ? "main" : "");
}

void ModelWriter::add_signature(const Graph& graph, TensorTable& tensors) {
    auto map = [&](const std::vector<Port>& ports) {
        std::vector<flatbuffers::Offset<TensorMap>> out;
        for (const Port& port : ports) {
            auto name = fbb_.CreateSharedString(port.name);
            out.push_back(CreateTensorMap(fbb_, name, static_cast<uint32_t>(tensors.of(port.value))));
        }
        return fbb_.CreateVector(out);
    };
    auto inputs = map(graph.inputs);
    auto outputs = map(graph.outputs);
    auto key = fbb_.CreateString("serving_default");
    signature_ = CreateSignatureDef(fbb_, inputs, outputs, key);
}

}  // namespace tinsmith::tflite
