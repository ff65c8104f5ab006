// The writer of one file: everything but payloads becomes one flatbuffer.
#pragma once

#include "backend/tflite/operator_writer.hpp"
#include "backend/tflite/tflite.hpp"
#include "base/file.hpp"

#include <map>
#include <tuple>

namespace tinsmith::tflite {

// What a file says of an operator once for all its uses.
struct Code {
    BuiltinOperator builtin;
    int version = 1;
    std::string custom{};
    auto operator<=>(const Code&) const = default;
};

// Which of its versions the file needs too.
struct VersionedOperation {
    Operation operation;
    int version = 1;
    Code code() const { return {operation.code, version, operation.custom_code}; }
};

class ModelWriter {
public:
    // `offline`: where TFLite Micro lays each tensor, as micro_offline_offsets gives it; empty: it plans by itself.
    ModelWriter(const Graph& main, const TfliteOptions& options, std::vector<int32_t> offline = {});
    void write(ByteSink& sink);

private:
    flatbuffers::Offset<SubGraph> build(const Graph& graph, bool is_main);
    flatbuffers::Offset<SubGraph> build(const TensorTable& tensors, const std::vector<int32_t>& inputs,
                                        const std::vector<int32_t>& outputs, const std::vector<VersionedOperation>& operations,
                                        std::string_view name);
    VersionedOperation operation(const Graph& graph, const Node& node, TensorTable& tensors);
    flatbuffers::Offset<Operator> build(const VersionedOperation& operation);
    // The code that most operators have is the first, which they need not state.
    void number_codes(const std::vector<VersionedOperation>& operations);
    flatbuffers::Offset<tflite::Tensor> build(const TensorEntry& entry);
    flatbuffers::Offset<QuantizationParameters> build(const Quant& quant);
    uint32_t index_of(const Code& code);
    // Puts operators that read the states in front of the others, and those that keep them behind.
    void add_states(TensorTable& tensors, std::vector<VersionedOperation>& operations);
    flatbuffers::Offset<SubGraph> build_initial(const Graph& graph);
    void add_signature(const Graph& graph, TensorTable& tensors);
    flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<Metadata>>> add_offline_plan();
    std::vector<flatbuffers::Offset<tflite::Buffer>> placeholders();
    void finish(const std::vector<flatbuffers::Offset<SubGraph>>& built);
    void stream(ByteSink& sink);
    // Equal options, and equal vectors of integers, are stored once.
    void share(Options& options, flatbuffers::uoffset_t size_before);
    flatbuffers::Offset<flatbuffers::Vector<int32_t>> ints(const std::vector<int32_t>& values);

    const bool micro_;
    const std::vector<int32_t> offline_;
    std::vector<State> variables_;  // of the main graph: those that operators on variables read and assign
    flatbuffers::FlatBufferBuilder fbb_;
    BufferTable buffers_;
    std::vector<const Graph*> subgraphs_;
    size_t initial_ = SIZE_MAX;  // which of them gives states their first contents; null there
    std::vector<Code> codes_;
    std::map<std::vector<int32_t>, flatbuffers::Offset<flatbuffers::Vector<int32_t>>> vectors_;
    std::map<std::vector<float>, flatbuffers::Offset<flatbuffers::Vector<float>>> scales_;
    std::map<std::vector<int64_t>, flatbuffers::Offset<flatbuffers::Vector<int64_t>>> zero_points_;
    std::map<std::tuple<std::vector<float>, std::vector<int64_t>, int>, flatbuffers::Offset<QuantizationParameters>> quants_;
    std::map<std::string, flatbuffers::Offset<void>> options_;  // by kind and content
    flatbuffers::Offset<SignatureDef> signature_;
    bool large_ = false;
};

}  // namespace tinsmith::tflite
