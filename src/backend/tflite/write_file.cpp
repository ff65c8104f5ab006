// The file: one flatbuffer with everything but payloads, then the payloads, each preceded by its length and aligned to 16 bytes.
// The `data` field of each buffer points forward to its length, exactly as if the payload had been built into the flatbuffer,
// but no payload is ever copied. Beyond 2 GB, where such pointers end, the format's own `offset` and `size` say where it lies.
#include "backend/tflite/model_writer.hpp"
#include "backend/tflite/tflite.hpp"
#include "micro/offline.hpp"

#include <algorithm>
#include <cassert>
#include <map>

#ifndef TINSMITH_VERSION
#define TINSMITH_VERSION "0.1.0"
#endif

namespace tinsmith {

namespace tflite {

static constexpr uint64_t alignment = 16;
static constexpr uint64_t flatbuffer_limit = (uint64_t{1} << 31) - 1;

ModelWriter::ModelWriter(const Graph& main, const TfliteOptions& options, std::vector<int32_t> offline)
    : micro_(options.micro), offline_(std::move(offline)) {
    subgraphs_.push_back(&main);
    std::copy_if(main.states.begin(), main.states.end(), std::back_inserter(variables_),
                 [&](const State& state) { return !is_kept_inside(main, state); });
    if (variables_.empty()) return;
    initial_ = subgraphs_.size();
    subgraphs_.push_back(nullptr);
}

void ModelWriter::write(ByteSink& sink) {
    std::vector<flatbuffers::Offset<SubGraph>> built;
    for (size_t i = 0; i < subgraphs_.size(); ++i)  // grows while it is walked
        built.push_back(i == initial_ ? build_initial(*subgraphs_[0]) : build(*subgraphs_[i], i == 0));
    uint64_t payload_bytes = 0;
    for (const auto& payload : buffers_.payloads()) payload_bytes += payload.size() + 2 * alignment;
    large_ = payload_bytes + fbb_.GetSize() + (uint64_t{1} << 20) > flatbuffer_limit;
    finish(built);
    stream(sink);
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

// "OfflineMemoryAllocation": version, sub-graph, number of tensors, then an offset for each.
flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<Metadata>>> ModelWriter::add_offline_plan() {
    if (offline_.empty()) return {};
    std::vector<int32_t> words{1, 0, static_cast<int32_t>(offline_.size())};
    words.insert(words.end(), offline_.begin(), offline_.end());
    const uint32_t buffer = buffers_.add(tinsmith::Buffer::of(std::move(words)));
    return fbb_.CreateVector(std::vector{CreateMetadata(fbb_, fbb_.CreateString("OfflineMemoryAllocation"), buffer)});
}

void ModelWriter::finish(const std::vector<flatbuffers::Offset<SubGraph>>& built) {
    std::vector<flatbuffers::Offset<OperatorCode>> codes;
    for (const Code& code : codes_) {
        flatbuffers::Offset<flatbuffers::String> custom;
        if (!code.custom.empty()) custom = fbb_.CreateString(code.custom);
        codes.push_back(CreateOperatorCode(fbb_, deprecated_code(code.builtin), custom, code.version, code.builtin));
    }
    auto code_vector = fbb_.CreateVector(codes);
    auto subgraph_vector = fbb_.CreateVector(built);
    flatbuffers::Offset<flatbuffers::String> description;
    if (!micro_) description = fbb_.CreateString("tinsmith " TINSMITH_VERSION);
    const auto metadata = add_offline_plan();  // before the buffers: it is one of them
    auto buffer_vector = fbb_.CreateVector(placeholders());
    flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<SignatureDef>>> signatures;
    if (!micro_) signatures = fbb_.CreateVector(std::vector{signature_});
    constexpr uint32_t schema_version = 3;
    FinishModelBuffer(fbb_, CreateModel(fbb_, schema_version, code_vector, subgraph_vector, description, buffer_vector, 0,
                                        metadata, signatures));
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

}  // namespace tflite

namespace {

class MemorySink final : public ByteSink {
public:
    void write(std::span<const std::byte> bytes) override { content.insert(content.end(), bytes.begin(), bytes.end()); }
    std::vector<std::byte> content;
};

}  // namespace

// TFLite Micro's plan follows from the tensors and operators of the file: so the file is made once to see them.
static std::vector<int32_t> offline_plan(const Graph& graph, const TfliteOptions& options) {
    MemorySink sink;
    tflite::ModelWriter(graph, options).write(sink);
    return micro_offline_offsets(sink.content);
}

void write_tflite(const Graph& graph, const TfliteOptions& options, ByteSink& sink) {
    tflite::ModelWriter(graph, options, options.micro ? offline_plan(graph, options) : std::vector<int32_t>{}).write(sink);
}

}  // namespace tinsmith
