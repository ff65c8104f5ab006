#include "micro/lifetimes.hpp"

#include "format/tflite/wire.hpp"

#include <algorithm>
#include <cstring>

namespace tinsmith {

namespace {

size_t count(const flatbuffers::Vector<int32_t>* list) { return list ? list->size() : 0; }

// A small file could call its sub-graphs two to the power of their number times.
constexpr int most_steps = 1'000'000, deepest = 64;

struct Life {
    int first = -1, last = -1;
    void begin(int step) { first = first < 0 ? step : first; }
    void use(int step) { last = step; }
};

class Lifetimes {
public:
    Lifetimes(const tflite::Model& model, std::span<const MicroScratch> scratch)
        : model_(model), scratch_(scratch), scratch_lives_(scratch.size()), visiting_(graphs(), false) {
        for (size_t g = 0; g < graphs(); ++g) lives_.emplace_back(graph(g).tensors()->size());
        follow(0);
    }

    std::vector<MicroBuffer> buffers() const {
        const std::vector<int32_t> offline = offline_offsets();
        std::vector<MicroBuffer> buffers;
        size_t index = 0;
        for (size_t g = 0; g < graphs(); ++g)
            for (flatbuffers::uoffset_t t = 0; t < graph(g).tensors()->size(); ++t, ++index) {
                const tflite::Tensor& tensor = *graph(g).tensors()->Get(t);
                const size_t bytes = micro_tensor_bytes(tensor);
                const int64_t fixed = index < offline.size() ? offline[index] : -1;
                if (is_constant(tensor) || bytes == 0 || (tensor.is_variable() && fixed < 0)) continue;
                buffers.push_back({bytes, lives_[g][t].first, lives_[g][t].last, fixed, static_cast<int64_t>(index)});
            }
        for (size_t i = 0; i < scratch_.size(); ++i)
            buffers.push_back({scratch_[i].bytes, scratch_lives_[i].first, scratch_lives_[i].last, -1, -1});
        return buffers;
    }

private:
    const tflite::SubGraph& graph(size_t index) const {
        return *model_.subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(index));
    }
    size_t graphs() const { return model_.subgraphs()->size(); }

    bool is_constant(const tflite::Tensor& tensor) const {
        const auto* buffers = model_.buffers();
        if (!buffers || tensor.buffer() >= buffers->size()) return false;
        const auto* data = buffers->Get(tensor.buffer())->data();
        return data && data->size() > 0;
    }

    void follow(size_t g) {
        if (g >= graphs() || visiting_[g]) return;  // one that calls itself: TFLite Micro refuses it
        check(scope_ < most_steps && depth_ < deepest, "sub-graphs call each other too often");
        ++depth_;
        visiting_[g] = true;
        std::vector<Life>& lives = lives_[g];
        const auto each = [&](const flatbuffers::Vector<int32_t>* list, auto&& body) {
            for (size_t i = 0; i < count(list); ++i) {
                const int32_t t = list->Get(static_cast<flatbuffers::uoffset_t>(i));
                if (t >= 0 && static_cast<size_t>(t) < lives.size()) body(lives[static_cast<size_t>(t)]);
            }
        };
        each(graph(g).inputs(), [&](Life& life) {
            life.begin(scope_);
            life.use(scope_);
        });
        for (flatbuffers::uoffset_t i = 0; graph(g).operators() && i < graph(g).operators()->size(); ++i) {
            const MicroOperator o = micro_operator(model_, g, i);
            const int start = ++scope_;
            each(o.op.outputs(), [&](Life& life) { life.begin(scope_); });
            follow_called(o);
            each(o.op.inputs(), [&](Life& life) { life.use(scope_); });
            each(o.op.outputs(), [&](Life& life) { life.use(scope_); });
            for (size_t s = 0; s < scratch_.size(); ++s)
                if (scratch_[s].graph == g && scratch_[s].node == i) {
                    scratch_lives_[s].begin(start);
                    scratch_lives_[s].use(scope_);
                }
        }
        each(graph(g).outputs(), [&](Life& life) {
            life.begin(scope_);
            life.use(scope_);
        });
        visiting_[g] = false;
        --depth_;
    }

    void follow_called(const MicroOperator& o) {
        std::vector<int32_t> called;
        if (const auto* branches = o.op.builtin_options_as_IfOptions())
            called = {branches->then_subgraph_index(), branches->else_subgraph_index()};
        if (const auto* loop = o.op.builtin_options_as_WhileOptions())
            called = {loop->cond_subgraph_index(), loop->body_subgraph_index()};
        if (const auto* once = o.op.builtin_options_as_CallOnceOptions()) called = {once->init_subgraph_index()};
        for (int32_t g : called) {
            ++scope_;
            if (g >= 0) follow(static_cast<size_t>(g));
        }
    }

    // Metadata "OfflineMemoryAllocation": version, sub-graph, number of tensors,
    // then an offset for each or -1.
    std::vector<int32_t> offline_offsets() const {
        if (!model_.metadata()) return {};
        for (const tflite::Metadata* entry : *model_.metadata()) {
            if (!entry->name() || entry->name()->str() != "OfflineMemoryAllocation") continue;
            if (!model_.buffers() || entry->buffer() >= model_.buffers()->size()) continue;
            const auto* data = model_.buffers()->Get(entry->buffer())->data();
            if (!data || data->size() < 12) continue;
            std::vector<int32_t> words(data->size() / 4);
            std::memcpy(words.data(), data->data(), words.size() * 4);
            return {words.begin() + 3, words.end()};
        }
        return {};
    }

    const tflite::Model& model_;
    std::span<const MicroScratch> scratch_;
    std::vector<std::vector<Life>> lives_;  // by sub-graph and tensor
    std::vector<Life> scratch_lives_;
    std::vector<bool> visiting_;
    int scope_ = 0, depth_ = 0;
};

}  // namespace

const tflite::Model& micro_model(std::span<const std::byte> file) {
    flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(file.data()), file.size());
    check(tflite::VerifyModelBuffer(verifier), "the flatbuffer is damaged");
    const tflite::Model& model = *tflite::GetModel(file.data());
    check(model.subgraphs() && model.subgraphs()->size() > 0, "the model has no sub-graph");
    for (const tflite::SubGraph* graph : *model.subgraphs()) check(graph->tensors() != nullptr, "a sub-graph has no tensors");
    const tflite::SubGraph& main = *model.subgraphs()->Get(0);
    for (const auto* list : {main.inputs(), main.outputs()})
        for (size_t i = 0; i < count(list); ++i) {
            const int32_t t = list->Get(static_cast<flatbuffers::uoffset_t>(i));
            check(t >= 0 && t < static_cast<int32_t>(main.tensors()->size()), "the interface names no tensor");
        }
    return model;
}

MicroOperator micro_operator(const tflite::Model& model, size_t g, flatbuffers::uoffset_t i) {
    const tflite::SubGraph& graph = *model.subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(g));
    const tflite::Operator& op = *graph.operators()->Get(i);
    check(model.operator_codes() && op.opcode_index() < model.operator_codes()->size(), "operator {} has no code", i);
    const tflite::OperatorCode& code = *model.operator_codes()->Get(op.opcode_index());
    for (const auto* list : {op.inputs(), op.outputs()})
        for (size_t k = 0; k < count(list); ++k)
            check(list->Get(static_cast<flatbuffers::uoffset_t>(k)) < static_cast<int32_t>(graph.tensors()->size()),
                  "operator {} has a tensor that is none", i);
    return {graph, op, tflite::builtin_of(code), code.custom_code() ? code.custom_code()->str() : std::string()};
}

std::vector<MicroBuffer> micro_buffers(const tflite::Model& model, std::span<const MicroScratch> scratch) {
    return Lifetimes(model, scratch).buffers();
}

}  // namespace tinsmith
