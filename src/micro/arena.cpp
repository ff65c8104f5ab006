// The interpreter takes what lives on from the arena's end and what does not from its beginning: requests for scratch and
// temporary views of tensors while kernels are prepared, then the planner's tables, at last the activations. The arena must
// hold both ends at every moment.
#include "micro/arena.hpp"

#include "format/tflite/wire.hpp"
#include "micro/kernels.hpp"
#include "micro/lifetimes.hpp"
#include "micro/planner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tinsmith {

namespace {

constexpr size_t alignment = 16, scratch_requests_ahead = 12;
// What rounding may add at places that are not followed: two steps of the alignment.
constexpr size_t reserve = 2 * alignment;
// Of the greedy planner for each buffer: requirements, two lists of integers, a list entry and an offset.
constexpr size_t planner_bytes_per_buffer = 40;

size_t rounded(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

// Sizes of the interpreter's own structures.
struct Sizes {
    explicit Sizes(const MicroBuild& build) {
        const bool wide = build.pointer_bytes == 8;
        pointer = build.pointer_bytes;
        arena_allocator = wide ? 72 : 40;
        allocator = wide ? 72 : 36;
        planner = wide ? 72 : 44;
        if (build.recording) {
            arena_allocator += 4 * pointer;
            allocator += pointer + 8 * (3 * pointer);
        }
        tensor = wide ? 64 : 40;
        evaluated_tensor = wide ? 24 : 12;
        quantization = wide ? 24 : 12;
        node = wide ? 64 : 32;
        subgraph = (build.recording ? 3 : 2) * pointer;
        data_allocator = 2 * pointer;
        scratch_request = wide ? 16 : 12;
        allocation = wide ? 32 : 24;
    }
    size_t pointer, arena_allocator, allocator, planner, tensor, evaluated_tensor, quantization, node, subgraph, data_allocator,
        scratch_request, allocation;
};

// Both ends of the arena, and the most that they took together.
class Ends {
public:
    void keep(size_t bytes, size_t align) {
        tail_ = rounded(tail_ + bytes, align);
        most_ = std::max(most_, head_ + tail_);
    }
    void hold(size_t bytes) {
        head_ = bytes;
        most_ = std::max(most_, head_ + tail_);
    }
    size_t kept() const { return tail_; }
    size_t most() const { return most_; }

private:
    size_t head_ = 0, tail_ = 0, most_ = 0;
};

class Interpreter {
public:
    Interpreter(const tflite::Model& model, const MicroBuild& build) : model_(model), build_(build), sizes_(build) {}

    MicroArena run() {
        start();
        prepare();
        commit();
        finish();
        MicroArena arena;
        arena.bytes = rounded(ends_.most(), alignment) + reserve;
        arena.activation_bytes = planned_;
        arena.persistent_bytes = ends_.kept();
        arena.unknown = std::move(unknown_);
        return arena;
    }

private:
    const tflite::SubGraph& graph(size_t index) const {
        return *model_.subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(index));
    }
    size_t graphs() const { return model_.subgraphs()->size(); }
    static size_t count(const flatbuffers::Vector<int32_t>* list) { return list ? list->size() : 0; }

    template <class Body>
    void each_operator(Body&& body) const {
        for (size_t g = 0; g < graphs(); ++g)
            for (flatbuffers::uoffset_t i = 0; graph(g).operators() && i < graph(g).operators()->size(); ++i)
                body(g, i, micro_operator(model_, g, i));
    }

    void start() {
        ends_.keep(sizes_.arena_allocator, 8);
        ends_.keep(sizes_.planner, sizes_.pointer);
        ends_.keep(sizes_.allocator, sizes_.pointer);
        ends_.keep(sizes_.data_allocator, sizes_.pointer);
        ends_.hold(sizes_.scratch_request * scratch_requests_ahead);
        ends_.keep(sizes_.subgraph * graphs(), sizes_.pointer);
        for (size_t g = 0; g < graphs(); ++g) ends_.keep(sizes_.evaluated_tensor * graph(g).tensors()->size(), sizes_.pointer);
        for (size_t g = 0; g < graphs(); ++g)
            ends_.keep(sizes_.node * (graph(g).operators() ? graph(g).operators()->size() : 0), sizes_.pointer);
    }

    void prepare() {
        each_operator([&](size_t, flatbuffers::uoffset_t, const MicroOperator& o) {
            const MicroNeeds needs = micro_needs(o, build_);
            if (needs.parameters != 0) ends_.keep(needs.parameters, needs.parameters_align);
            if (!needs.known) note_unknown(o);
        });
        each_operator([&](size_t, flatbuffers::uoffset_t, const MicroOperator& o) {
            for (size_t bytes : micro_needs(o, build_).initial) ends_.keep(bytes, alignment);
        });
        each_operator([&](size_t g, flatbuffers::uoffset_t i, const MicroOperator& o) {
            const MicroNeeds needs = micro_needs(o, build_);
            for (size_t bytes : needs.prepared) ends_.keep(bytes, alignment);
            keep_resource(g, o);
            for (size_t bytes : needs.scratch) scratch_.push_back({bytes, g, i});
            const size_t requests = sizes_.scratch_request * (scratch_.size() + scratch_requests_ahead);
            ends_.hold(requests + static_cast<size_t>(needs.tensors_twice) * temporary_views(o));
            ends_.hold(requests);
        });
    }

    // A resource is made by the first node that reads or assigns it, whichever handle leads to it.
    void keep_resource(size_t g, const MicroOperator& o) {
        const bool reads = o.code == tflite::BuiltinOperator::READ_VARIABLE;
        if (!reads && o.code != tflite::BuiltinOperator::ASSIGN_VARIABLE) return;
        const tflite::Tensor* value = reads ? o.output(0) : o.input(1);
        if (!value || count(o.op.inputs()) == 0) return;
        const std::string name = resource_name(g, o.op.inputs()->Get(0));
        if (!resources_.insert(name).second) return;
        ends_.keep(micro_tensor_bytes(*value), alignment);
        ends_.keep(3 * sizes_.pointer,
                   alignment);  // its entry in the list of resources
    }
    std::string resource_name(size_t g, int32_t handle) const {
        for (flatbuffers::uoffset_t i = 0; i < graph(g).operators()->size(); ++i) {
            const MicroOperator o = micro_operator(model_, g, i);
            const auto* options = o.op.builtin_options_as_VarHandleOptions();
            const bool its = options && count(o.op.outputs()) == 1 && o.op.outputs()->Get(0) == handle;
            if (its && options->shared_name()) return options->shared_name()->str();
        }
        return fmt::format("{} of {}", handle, g);
    }

    // Views of all operands, alive together while a node is prepared.
    size_t temporary_views(const MicroOperator& o) const {
        size_t bytes = 0;
        for (size_t i = 0; i < count(o.op.inputs()); ++i)
            if (const tflite::Tensor* tensor = o.input(i)) bytes += view_bytes(*tensor);
        for (size_t i = 0; i < count(o.op.outputs()); ++i)
            if (const tflite::Tensor* tensor = o.output(i)) bytes += view_bytes(*tensor);
        return bytes;
    }
    size_t view_bytes(const tflite::Tensor& tensor) const {
        const size_t channels = quantised_channels(tensor);
        return sizes_.tensor + (channels == 0 ? 0 : sizes_.quantization + rounded((channels + 1) * sizeof(int32_t), 8));
    }
    static size_t quantised_channels(const tflite::Tensor& tensor) {
        const auto* q = tensor.quantization();
        const bool has = q && q->scale() && q->scale()->size() > 0 && q->zero_point() && q->zero_point()->size() > 0;
        return has ? q->scale()->size() : 0;
    }

    void note_unknown(const MicroOperator& o) {
        const std::string name = o.custom.empty() ? tflite::operator_name(o.code) : o.custom;
        if (std::find(unknown_.begin(), unknown_.end(), name) == unknown_.end()) unknown_.push_back(name);
    }

    void commit() {
        ends_.keep(sizes_.pointer * scratch_.size(), sizes_.pointer);
        const std::vector<MicroBuffer> buffers = micro_buffers(model_, scratch_);
        const size_t requests = sizes_.scratch_request * (scratch_.size() + scratch_requests_ahead);
        size_t tensors = 0;
        for (size_t g = 0; g < graphs(); ++g) tensors += graph(g).tensors()->size();
        const size_t tables =
            rounded(requests, 8) + sizes_.pointer * graphs() + sizes_.allocation * (tensors + scratch_.size());
        for (size_t g = 0; g < graphs(); ++g)
            for (const tflite::Tensor* tensor : *graph(g).tensors())
                if (tensor->is_variable()) ends_.keep(micro_tensor_bytes(*tensor), alignment);
        // The tables of the planner lie between both ends, at multiples of 16.
        ends_.hold(rounded(tables, alignment) + planner_bytes_per_buffer * buffers.size() + rounded(ends_.kept(), alignment) -
                   ends_.kept());
        planned_ = micro_plan(buffers);
        ends_.hold(planned_);
    }

    void finish() {
        for (const auto* list : {graph(0).inputs(), graph(0).outputs()}) {
            ends_.keep(sizes_.pointer * count(list), alignment);
            for (size_t i = 0; i < count(list); ++i) {
                const tflite::Tensor& tensor = *graph(0).tensors()->Get(
                    static_cast<flatbuffers::uoffset_t>(list->Get(static_cast<flatbuffers::uoffset_t>(i))));
                ends_.keep(sizes_.tensor, sizes_.pointer);
                const size_t channels = quantised_channels(tensor);
                if (channels == 0) continue;
                ends_.keep(sizes_.quantization, sizes_.pointer);
                ends_.keep((channels + 1) * sizeof(int32_t), sizeof(int32_t));
            }
        }
    }

    const tflite::Model& model_;
    const MicroBuild& build_;
    Sizes sizes_;
    Ends ends_;
    size_t planned_ = 0;
    std::vector<MicroScratch> scratch_;
    std::vector<std::string> unknown_;
    std::set<std::string> resources_;
};

}  // namespace

MicroArena micro_arena(std::span<const std::byte> file, const MicroBuild& build) {
    return Interpreter(micro_model(file), build).run();
}

}  // namespace tinsmith
