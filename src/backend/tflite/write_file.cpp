// The file: one flatbuffer with everything but payloads, then the payloads, each preceded by its length and aligned to 16 bytes.
// The `data` field of each buffer points forward to its length, exactly as if the payload had been built into the flatbuffer,
// but no payload is ever copied. Beyond 2 GB, where such pointers end, the format's own `offset` and `size` say where it lies.
#include "backend/tflite/operator_writer.hpp"
#include "backend/tflite/tflite.hpp"

#include <algorithm>
#include <cassert>
#include <map>

#ifndef TINSMITH_VERSION
#define TINSMITH_VERSION "0.1.0"
#endif

namespace tinsmith {

namespace tflite {
namespace {

constexpr uint64_t alignment = 16;
constexpr uint64_t flatbuffer_limit = (uint64_t{1} << 31) - 1;
// Names of internal tensors help people who look into a file; they are kept where they are small beside the weights.
constexpr uint64_t name_share = 64;

class ModelWriter {
public:
    explicit ModelWriter(const Graph& main) { subgraphs_.push_back(&main); }

    void write(ByteSink& sink) {
        std::vector<flatbuffers::Offset<SubGraph>> built;
        for (size_t i = 0; i < subgraphs_.size(); ++i)
            built.push_back(build(*subgraphs_[i], i == 0));  // grows while it is walked
        uint64_t payload_bytes = 0;
        for (const auto& payload : buffers_.payloads()) payload_bytes += payload.size() + 2 * alignment;
        large_ = payload_bytes + fbb_.GetSize() + (uint64_t{1} << 20) > flatbuffer_limit;
        finish(built);
        stream(sink);
    }

private:
    flatbuffers::Offset<SubGraph> build(const Graph& graph, bool is_main);
    flatbuffers::Offset<Operator> build(const Graph& graph, const Node& node, TensorTable& tensors);
    flatbuffers::Offset<tflite::Tensor> build(const TensorEntry& entry);
    flatbuffers::Offset<QuantizationParameters> build(const Quant& quant);
    uint32_t operator_code(BuiltinOperator code, int version);
    void add_signature(const Graph& graph, TensorTable& tensors);
    std::vector<flatbuffers::Offset<tflite::Buffer>> placeholders();
    void finish(const std::vector<flatbuffers::Offset<SubGraph>>& built);
    void stream(ByteSink& sink);
    // Equal options, and equal vectors of integers, are stored once.
    void share(Options& options, flatbuffers::uoffset_t size_before);
    flatbuffers::Offset<flatbuffers::Vector<int32_t>> ints(const std::vector<int32_t>& values);

    flatbuffers::FlatBufferBuilder fbb_;
    BufferTable buffers_;
    std::vector<const Graph*> subgraphs_;
    std::vector<std::pair<BuiltinOperator, int>> codes_;
    std::map<std::vector<int32_t>, flatbuffers::Offset<flatbuffers::Vector<int32_t>>> vectors_;
    std::map<std::string, flatbuffers::Offset<void>> options_;  // by kind and content
    flatbuffers::Offset<SignatureDef> signature_;
    bool large_ = false;
};

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

uint32_t ModelWriter::operator_code(BuiltinOperator code, int version) {
    auto at = std::find(codes_.begin(), codes_.end(), std::pair(code, version));
    if (at == codes_.end()) at = codes_.insert(at, {code, version});
    return static_cast<uint32_t>(at - codes_.begin());
}

flatbuffers::Offset<QuantizationParameters> ModelWriter::build(const Quant& quant) {
    auto scale = fbb_.CreateVector(quant.scale);
    auto zero_point = fbb_.CreateVector(quant.zero_point);
    return CreateQuantizationParameters(fbb_, 0, 0, scale, zero_point, QuantizationDetails::NONE, 0, std::max(quant.axis, 0));
}

flatbuffers::Offset<tflite::Tensor> ModelWriter::build(const TensorEntry& entry) {
    std::vector<int32_t> extents;
    for (int64_t extent : entry.type.shape) {
        supported(extent <= INT32_MAX, "tensor '{}': extent {} does not fit TFLite's 32 bits", entry.name, extent);
        extents.push_back(static_cast<int32_t>(extent));
    }
    auto dtype = tensor_type(entry.type.dtype);
    assert(dtype);
    auto shape = ints(extents);
    flatbuffers::Offset<flatbuffers::String> name;
    if (!entry.name.empty()) name = fbb_.CreateString(entry.name);
    flatbuffers::Offset<QuantizationParameters> quant;
    if (entry.type.quant) quant = build(*entry.type.quant);
    // A tensor without extents is of unknown rank unless it says otherwise.
    return CreateTensor(fbb_, shape, *dtype, entry.buffer, name, quant, entry.is_variable, 0, 0, extents.empty());
}

flatbuffers::Offset<Operator> ModelWriter::build(const Graph& graph, const Node& node, TensorTable& tensors) {
    auto subgraph = [this](const Graph& body) {
        subgraphs_.push_back(&body);
        return static_cast<int32_t>(subgraphs_.size() - 1);
    };
    OperatorWriter writer{graph, node, fbb_, tensors, subgraph};
    WriteOperator write = writer_of(*node.op);
    assert(write);
    flatbuffers::uoffset_t before = fbb_.GetSize();
    Operation operation = write(writer);
    share(operation.options, before);
    uint32_t code = operator_code(operation.code, operator_version(writer, operation));
    if (operation.outputs.empty())
        for (size_t i = 0; i < node.outputs.size(); ++i) operation.outputs.push_back(writer.out(i));
    auto inputs = ints(operation.inputs);
    auto outputs = ints(operation.outputs);
    return CreateOperator(fbb_, code, inputs, outputs, operation.options.type, operation.options.table);
}

flatbuffers::Offset<SubGraph> ModelWriter::build(const Graph& graph, bool is_main) {
    TensorTable tensors(graph, buffers_);
    std::vector<int32_t> inputs, outputs;
    for (const Port& port : graph.inputs) inputs.push_back(tensors.of(port.value));
    std::vector<flatbuffers::Offset<Operator>> operators;
    for (const Node& node : graph.nodes)
        within(node.origin.empty() ? std::string(node.op->name) : fmt::format("node '{}' ({})", node.origin, node.op->name),
               [&] { operators.push_back(build(graph, node, tensors)); });
    for (const Port& port : graph.outputs) outputs.push_back(tensors.of(port.value));

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
    bool keep_names = name_bytes * name_share <= payload_bytes;

    std::vector<flatbuffers::Offset<tflite::Tensor>> built;
    for (size_t i = 0; i < is_port.size(); ++i) {
        TensorEntry entry = tensors.entries()[i];
        if (!keep_names && !is_port[i]) entry.name.clear();
        built.push_back(build(entry));
    }
    if (is_main) add_signature(graph, tensors);
    auto tensor_vector = fbb_.CreateVector(built);
    auto input_vector = ints(inputs);
    auto output_vector = ints(outputs);
    auto operator_vector = fbb_.CreateVector(operators);
    flatbuffers::Offset<flatbuffers::String> name;
    if (is_main) name = fbb_.CreateString("main");
    return CreateSubGraph(fbb_, tensor_vector, input_vector, output_vector, operator_vector, name);
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

// Buffer tables whose fields hold room for what is known only when the size of the flatbuffer is.
std::vector<flatbuffers::Offset<tflite::Buffer>> ModelWriter::placeholders() {
    std::vector<flatbuffers::Offset<tflite::Buffer>> out;
    for (size_t i = 0; i < buffers_.payloads().size(); ++i) {
        auto start = fbb_.StartTable();
        if (i > 0 && large_) {
            fbb_.AddElement<uint64_t>(tflite::Buffer::VT_OFFSET, 1, 0);
            fbb_.AddElement<uint64_t>(tflite::Buffer::VT_SIZE, 1, 0);
        } else if (i > 0) {
            fbb_.AddElement<flatbuffers::uoffset_t>(tflite::Buffer::VT_DATA, 1, 0);
        }
        out.push_back(flatbuffers::Offset<tflite::Buffer>(fbb_.EndTable(start)));
    }
    return out;
}

void ModelWriter::finish(const std::vector<flatbuffers::Offset<SubGraph>>& built) {
    std::vector<flatbuffers::Offset<OperatorCode>> codes;
    for (auto [code, version] : codes_) codes.push_back(CreateOperatorCode(fbb_, deprecated_code(code), 0, version, code));
    auto code_vector = fbb_.CreateVector(codes);
    auto subgraph_vector = fbb_.CreateVector(built);
    auto description = fbb_.CreateString("tinsmith " TINSMITH_VERSION);
    auto buffer_vector = fbb_.CreateVector(placeholders());
    auto signatures = fbb_.CreateVector(std::vector{signature_});
    constexpr uint32_t schema_version = 3;
    FinishModelBuffer(
        fbb_, CreateModel(fbb_, schema_version, code_vector, subgraph_vector, description, buffer_vector, 0, 0, signatures));
}

void ModelWriter::stream(ByteSink& sink) {
    const auto& payloads = buffers_.payloads();
    const auto* tables = GetModel(fbb_.GetBufferPointer())->buffers();
    std::vector<uint64_t> gaps;  // zeros in front of each payload's length
    uint64_t at = fbb_.GetSize();
    uint64_t prefix = large_ ? 0 : sizeof(flatbuffers::uoffset_t);
    for (size_t i = 1; i < payloads.size(); ++i) {
        uint64_t gap = (alignment - (at + prefix) % alignment) % alignment;
        uint64_t data = at + gap + prefix;
        auto* table = reinterpret_cast<flatbuffers::Table*>(const_cast<tflite::Buffer*>(tables->Get(static_cast<uint32_t>(i))));
        if (large_) {
            table->SetField<uint64_t>(tflite::Buffer::VT_OFFSET, data, 0);
            table->SetField<uint64_t>(tflite::Buffer::VT_SIZE, payloads[i].size(), 0);
        } else {
            uint8_t* field = table->GetAddressOf(tflite::Buffer::VT_DATA);
            uint64_t position = static_cast<uint64_t>(field - fbb_.GetBufferPointer());
            flatbuffers::WriteScalar(field, static_cast<flatbuffers::uoffset_t>(data - prefix - position));
        }
        gaps.push_back(gap);
        at = data + payloads[i].size();
    }
    assert(large_ || at <= flatbuffer_limit);
    sink.write(std::as_bytes(std::span(fbb_.GetBufferPointer(), fbb_.GetSize())));
    for (size_t i = 1; i < payloads.size(); ++i) {
        sink.write_zeros(gaps[i - 1]);
        auto length = static_cast<flatbuffers::uoffset_t>(payloads[i].size());
        if (!large_) sink.write(std::as_bytes(std::span(&length, 1)));
        sink.write_buffer(payloads[i]);
    }
}

}  // namespace
}  // namespace tflite

void write_tflite(const Graph& graph, const TfliteOptions&, ByteSink& sink) { tflite::ModelWriter(graph).write(sink); }

}  // namespace tinsmith
