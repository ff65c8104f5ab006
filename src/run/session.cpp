// Making a graph ready: folding, kernels, constants, memory. Running it is in program.cpp.
#include "base/sizes.hpp"
#include "ir/macs.hpp"
#include "op/hybrid.hpp"
#include "op/list.hpp"
#include "plan/fold_pads.hpp"
#include "plan/lifetimes.hpp"
#include "run/available_memory.hpp"
#include "run/hybrid_kernel.hpp"
#include "run/integer_kernel.hpp"
#include "run/program.hpp"

#include <algorithm>

namespace tinsmith {

static constexpr size_t alignment = 64;

// How many multiply-accumulates the C99 kernels do (measured: 5 a nanosecond) while oneDNN is loaded and makes its first kernel
// (15 ms), and while it makes one more (0.3 to 0.8 ms).
static constexpr double loading_cost = 75e6, making_cost = 2.5e6;
// The same for a kernel on stored integers, which packs its weights and needs no library.
static constexpr double packing_cost = 1e5;

static bool empty(const Type& type) { return type.elements() == 0; }

// An address for constants without bytes: null would mean an absent operand.
static const std::byte* no_bytes() {
    alignas(alignment) static const std::byte none[alignment] = {};
    return none;
}

// The constant's bytes at an address that suits every element type; `keep` becomes their owner.
static const std::byte* laid_out(const Value& value, std::vector<Buffer>& keep) {
    if (value.data->size() == 0) return no_bytes();
    keep.push_back(value.data->aligned(8));
    return keep.back().bytes().data();
}

void Session::Program::fold_constants(size_t budget, const Tap& tap) {
    size_t folded = 0;
    std::vector<Node> left;
    for (Node& node : graph.nodes) {
        size_t bytes = 0;
        for (ValueId id : node.outputs) bytes += graph.type(id).bytes();
        const bool ready = node.op->eval && std::all_of(node.inputs.begin(), node.inputs.end(),
                                                        [&](ValueId id) { return id == no_value || graph.is_constant(id); });
        if (!ready || folded + bytes > budget) {
            left.push_back(std::move(node));
            continue;
        }
        folded += bytes;
        std::vector<Buffer> owners;
        std::vector<TensorView> in;
        std::vector<TensorSlot> out;
        for (ValueId id : node.inputs)
            in.push_back(id == no_value ? TensorView{} : TensorView{&graph.type(id), laid_out(graph.value(id), owners)});
        for (ValueId id : node.outputs) {
            const size_t size = std::max(graph.type(id).bytes(), size_t{1});
            std::shared_ptr<std::byte[]> memory(new (std::align_val_t(alignment)) std::byte[size],
                                                [](std::byte* p) { operator delete[](p, std::align_val_t(alignment)); });
            out.push_back({&graph.type(id), memory.get()});
            owners.push_back(Buffer(memory, memory.get(), graph.type(id).bytes()));
        }
        const bool nothing = std::all_of(out.begin(), out.end(), [](const TensorSlot& slot) { return empty(*slot.type); });
        if (!nothing) compute({node, in, out});
        if (tap) tap({node, in, out});
        for (size_t i = 0; i < node.outputs.size(); ++i)
            graph.values[node.outputs[i]].data = owners[owners.size() - node.outputs.size() + i];
    }
    graph.nodes = std::move(left);
}

void Session::Program::choose_kernels(const SessionOptions& options) {
    steps.resize(graph.nodes.size());
    // Multiply-accumulates that a fast kernel takes off the C99 kernels over all runs; 0 where making it costs more.
    const auto saved = [&](const Node& node, double cost) -> double {
        const double macs =
            static_cast<double>(node_macs(graph, node)) * static_cast<double>(std::max<int64_t>(options.runs, 1));
        return options.fast && macs > cost ? macs : 0;
    };
    double heavy = 0;
    for (const Node& node : graph.nodes)
        heavy += is_quantised(graph, node) || is_hybrid(graph, node) ? 0 : saved(node, making_cost);
    const ConstantBytes constant = [&](ValueId id) -> const std::byte* {
        return graph.is_constant(id) ? graph.value(id).data->bytes().data() : nullptr;
    };
    SessionOptions inner = options;
    inner.folded = {};  // its ids are the inner graph's
    for (size_t i = 0; i < steps.size(); ++i) {
        const Node& node = graph.nodes[i];
        if (node.is(op::While)) {
            steps[i].first = std::make_unique<Session>(node.graph("cond"), inner);
            steps[i].second = std::make_unique<Session>(node.graph("body"), inner);
        } else if (node.is(op::If)) {
            steps[i].first = std::make_unique<Session>(node.graph("then"), inner);
            steps[i].second = std::make_unique<Session>(node.graph("else"), inner);
        } else if (is_quantised(graph, node)) {
            const bool pays = node.op->macs ? saved(node, packing_cost) > 0 : options.fast;
            if (pays) steps[i].fast = make_integer_kernel(graph, node, constant);
        } else if (is_hybrid(graph, node)) {
            if (saved(node, packing_cost) > 0) steps[i].fast = make_hybrid_kernel(graph, node, constant);
        } else if (heavy > loading_cost && saved(node, making_cost) > 0) {
            steps[i].fast = make_fast_kernel(graph, node, constant);
        }
        if (node.is(op::Custom))
            fail(Fault::unsupported, "the custom operator '{}' ('{}') runs in a runtime that has it registered, not here",
                 node.text("code"), node.origin);
        if (!steps[i].fast && !steps[i].first && !node.op->eval)
            fail(Fault::internal, "'{}' ({}): no kernel runs it", node.origin, node.op->name);
    }
}

void Session::Program::lay_out_constants() {
    constants.assign(graph.values.size(), nullptr);
    auto need = [&](ValueId id) {
        if (graph.is_constant(id) && !constants[id]) constants[id] = laid_out(graph.value(id), keep);
    };
    for (size_t i = 0; i < steps.size(); ++i)
        for (size_t operand = 0; operand < graph.nodes[i].inputs.size(); ++operand)
            if (!steps[i].fast || !steps[i].fast->holds(operand)) need(graph.nodes[i].inputs[operand]);
    for (const Port& port : graph.outputs) need(port.value);
    for (const State& state : graph.states) need(state.next);
    // From here on only `keep` owns constant bytes: what fast kernels hold in their own order is let go.
    for (Value& value : graph.values)
        if (value.data) value.data = Buffer();
}

void Session::Program::plan() {
    std::vector<Lifetime> lives = value_lifetimes(graph);
    for (size_t i = 0; i < steps.size(); ++i) {
        const auto when = static_cast<uint32_t>(i + 1);
        lives.push_back({steps[i].fast ? steps[i].fast->scratch_bytes() : 0, when, when});
    }
    Placement placement = place(lives, alignment);
    arena_bytes = placement.bytes;
    for (size_t i = 0; i < steps.size(); ++i) steps[i].scratch_offset = placement.offsets[graph.values.size() + i];
    placement.offsets.resize(graph.values.size());
    offsets = std::move(placement.offsets);
}

Session::Session(Graph graph, const SessionOptions& options) : program_(std::make_unique<Program>()) {
    Program& p = *program_;
    p.graph = std::move(graph);
    const size_t available = available_memory();
    size_t need = 0, largest = 0;
    for (const Value& value : p.graph.values) {
        if (!value.data) largest = std::max(largest, value.type.bytes());
        if (value.data) need += value.data->size();  // laid out anew, or brought into a fast kernel's order
    }
    // A single tensor that is too large settles it; sums of smaller ones cannot overflow.
    need = largest > available ? largest : need + live_peak(value_lifetimes(p.graph), alignment);
    supported(need <= available,
              "running this model takes {} of memory for its tensors and this machine has {} left: skip the proof "
              "(--no-verify) or use a machine with more memory",
              human_bytes(need), human_bytes(available));
    p.fold_constants((available - need) / 2, options.folded);
    if (options.fast) fold_pads(p.graph, dtype_bit(DType::f32));
    p.choose_kernels(options);
    p.lay_out_constants();
    p.plan();
    for (const State& state : p.graph.states) {
        std::span<const std::byte> bytes = state.initial.bytes();
        p.states.emplace_back(bytes.begin(), bytes.end());
    }
}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

const Graph& Session::graph() const { return program_->graph; }
size_t Session::arena_bytes() const { return program_->arena_bytes; }

std::vector<Buffer> Session::run(std::span<const Buffer> inputs, const Tap& tap) const {
    const Graph& g = program_->graph;
    check(inputs.size() == g.inputs.size(), "the model has {} inputs, {} were given", g.inputs.size(), inputs.size());
    std::vector<const std::byte*> from;
    std::vector<Buffer> owners;
    for (size_t i = 0; i < inputs.size(); ++i) {
        const Type& type = g.type(g.inputs[i].value);
        check(inputs[i].size() == type.bytes(), "input '{}' is {}, {} bytes; {} bytes were given", g.inputs[i].name,
              to_string(type), type.bytes(), inputs[i].size());
        from.push_back(inputs[i].bytes().data());
    }
    std::vector<std::byte*> to;
    std::vector<Buffer> outputs;
    for (const Port& port : g.outputs) {
        std::vector<std::byte> bytes(g.type(port.value).bytes());
        to.push_back(bytes.data());
        outputs.push_back(Buffer::of(std::move(bytes)));
    }
    program_->run(from, to, tap);
    return outputs;
}

}  // namespace tinsmith
