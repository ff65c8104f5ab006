// The writer of one file: everything but payloads becomes one flatbuffer.
#pragma once

#include "backend/tflite/operator_writer.hpp"
#include "base/file.hpp"

#include <map>
#include <tuple>

namespace tinsmith::tflite {

class ModelWriter {
public:
    explicit ModelWriter(const Graph& main);
    void write(ByteSink& sink);

private:
    flatbuffers::Offset<SubGraph> build(const Graph& graph, bool is_main);
    flatbuffers::Offset<SubGraph> build(const TensorTable& tensors, const std::vector<int32_t>& inputs,
                                        const std::vector<int32_t>& outputs,
                                        const std::vector<flatbuffers::Offset<Operator>>& operators, std::string_view name);
    flatbuffers::Offset<Operator> build(const Graph& graph, const Node& node, TensorTable& tensors);
    flatbuffers::Offset<Operator> build(const Operation& operation, int version);
    flatbuffers::Offset<tflite::Tensor> build(const TensorEntry& entry);
    flatbuffers::Offset<QuantizationParameters> build(const Quant& quant);
    uint32_t operator_code(BuiltinOperator code, int version);
    // Puts operators that read the states in front of the others, and those that keep them behind.
    void add_states(const Graph& graph, TensorTable& tensors, std::vector<flatbuffers::Offset<Operator>>& operators);
    flatbuffers::Offset<SubGraph> build_initial(const Graph& graph);
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
    size_t initial_ = SIZE_MAX;  // which of them gives states their first contents; null there
    std::vector<std::pair<BuiltinOperator, int>> codes_;
    std::map<std::vector<int32_t>, flatbuffers::Offset<flatbuffers::Vector<int32_t>>> vectors_;
    std::map<std::vector<float>, flatbuffers::Offset<flatbuffers::Vector<float>>> scales_;
    std::map<std::vector<int64_t>, flatbuffers::Offset<flatbuffers::Vector<int64_t>>> zero_points_;
    std::map<std::tuple<std::vector<float>, std::vector<int64_t>, int>, flatbuffers::Offset<QuantizationParameters>> quants_;
    std::map<std::string, flatbuffers::Offset<void>> options_;  // by kind and content
    flatbuffers::Offset<SignatureDef> signature_;
    bool large_ = false;
};

}  // namespace tinsmith::tflite
