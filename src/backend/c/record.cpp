#include "backend/c/record.hpp"

#include "backend/c/kernel_source.hpp"
#include "op/hybrid.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>

namespace tinsmith::c99 {

namespace {

constexpr size_t alignment = 16;

size_t rounded_up(size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

// Memory that stands for the operands and results of a node while its calls are recorded.
class Recorder : public KernelCalls {
public:
    // Computed operands and results hold `pattern` everywhere.
    Recorder(const Graph& graph, const Node& node, std::byte pattern) : node_(node), pattern_(pattern) {
        for (ValueId id : node.inputs) in_.push_back(view(graph, id));
        for (ValueId id : node.outputs) out_.push_back({&graph.type(id), memory(id, graph.type(id).bytes())});
    }

    NodeCalls run() {
        record_calls({node_, in_, out_}, *this);
        // What was written was not computed by a kernel.
        for (const Area& area : areas_)
            supported(area.constant ||
                          std::all_of(area.owner->begin(), area.owner->end(), [&](std::byte b) { return b == pattern_; }),
                      "it has no C kernel");
        return std::move(calls_);
    }

    void add(KernelCall call) override {
        const std::string_view name = kernel_name(call.kernel);
        supported(!name.empty(), "its kernel has no C name");
        Call out{std::string(name), {}};
        for (const KernelArgument& argument : call.arguments) out.arguments.push_back(resolved(argument));
        calls_.calls.push_back(std::move(out));
    }

    void know(const void* data, size_t bytes, KernelArgument array) override {
        calls_.lists.push_back(resolved(array));
        known_.push_back({static_cast<const std::byte*>(data), bytes, static_cast<uint32_t>(calls_.lists.size() - 1)});
    }

    std::byte* scratch(size_t bytes) override {
        scratches_.push_back({std::make_unique<std::vector<std::byte>>(bytes), calls_.scratch_bytes});
        calls_.scratch_bytes += rounded_up(bytes);
        return scratches_.back().bytes->data();
    }

private:
    struct Area {
        ValueId id;
        bool constant;
        std::shared_ptr<std::vector<std::byte>> owner;  // of computed values
        const std::byte* data;
        size_t bytes;
    };
    struct Known {
        const std::byte* data;
        size_t bytes;
        uint32_t list;
    };
    struct Scratch {
        std::unique_ptr<std::vector<std::byte>> bytes;
        size_t offset;
    };

    std::byte* memory(ValueId id, size_t bytes) {
        for (const Area& area : areas_)
            if (area.id == id) return area.owner->data();
        auto owner = std::make_shared<std::vector<std::byte>>(std::max<size_t>(bytes, 1), pattern_);
        areas_.push_back({id, false, owner, owner->data(), owner->size()});
        return owner->data();
    }

    TensorView view(const Graph& graph, ValueId id) {
        if (id == no_value) return {};
        const Type& type = graph.type(id);
        if (!graph.is_constant(id)) return {&type, memory(id, type.bytes())};
        if (type.bytes() == 0) return {&type, reinterpret_cast<const std::byte*>(&nothing_)};
        keep_.push_back(graph.value(id).data->aligned(alignment));
        const std::byte* data = keep_.back().bytes().data();
        areas_.push_back({id, true, nullptr, data, type.bytes()});
        return {&type, data};
    }

    Place place_of(const void* pointer) const {
        const auto* p = static_cast<const std::byte*>(pointer);
        if (!p || p == reinterpret_cast<const std::byte*>(&nothing_)) return {};
        for (size_t i = known_.size(); i-- > 0;)
            if (p >= known_[i].data && p < known_[i].data + known_[i].bytes)
                return {Place::Kind::list, known_[i].list, static_cast<size_t>(p - known_[i].data)};
        for (const Area& area : areas_)
            if (p >= area.data && p < area.data + area.bytes)
                return {Place::Kind::value, area.id, static_cast<size_t>(p - area.data)};
        for (const Scratch& scratch : scratches_)
            if (p >= scratch.bytes->data() && p < scratch.bytes->data() + scratch.bytes->size())
                return {Place::Kind::scratch, 0, scratch.offset + static_cast<size_t>(p - scratch.bytes->data())};
        return {Place::Kind::structure, 0, 0};
    }

    Argument resolved(const KernelArgument& a) const {
        Argument out{a.kind, a.type, a.integer, a.real, {}, {}};
        if (a.kind == KernelArgument::Kind::pointer) out.place = place_of(a.pointer);
        const bool described = !a.members.empty();
        supported(out.place.kind != Place::Kind::structure || described, "it is not computed by C kernels alone");
        if (a.kind != KernelArgument::Kind::pointer || out.place.kind == Place::Kind::structure)
            for (const KernelArgument& member : a.members) out.members.push_back(resolved(member));
        return out;
    }

    const Node& node_;
    const std::byte pattern_;
    const uint64_t nothing_ = 0;
    std::vector<TensorView> in_;
    std::vector<TensorSlot> out_;
    std::vector<Area> areas_;
    std::vector<Buffer> keep_;
    std::vector<Known> known_;
    std::vector<Scratch> scratches_;
    NodeCalls calls_;
};

}  // namespace

bool Argument::operator==(const Argument& other) const {
    return kind == other.kind && type == other.type && integer == other.integer &&
           std::bit_cast<uint64_t>(real) == std::bit_cast<uint64_t>(other.real) && place == other.place &&
           members == other.members;
}

NodeCalls record(const Graph& graph, const Node& node) {
    supported(node.op->eval || node.op->integer.eval, "it has no C kernel");
    supported(!is_hybrid(graph, node),
              "it computes floats with stored weights (hybrid); --method float32 writes it with floats");
    // What depends on the operands' contents differs between two of them.
    NodeCalls zeros = Recorder(graph, node, std::byte{0}).run();
    const NodeCalls ones = Recorder(graph, node, std::byte{1}).run();
    supported(zeros == ones, "what it calls depends on numbers that are computed at run time");
    return zeros;
}

}  // namespace tinsmith::c99
