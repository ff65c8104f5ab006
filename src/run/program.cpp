// Running a graph that was made ready.
#include "run/program.hpp"

#include "op/list.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace tinsmith {

static constexpr std::align_val_t arena_alignment{64};
// A loop that a hostile file or unlucky data keeps going must end.
static constexpr int64_t max_iterations = 1'000'000;

void Frame::Free::operator()(std::byte* memory) const { operator delete[](memory, arena_alignment); }

std::unique_ptr<Frame> Session::Program::take_frame() const {
    {
        std::lock_guard lock(mutex);
        if (!frames.empty()) {
            auto frame = std::move(frames.back());
            frames.pop_back();
            return frame;
        }
    }
    auto frame = std::make_unique<Frame>();
    frame->arena.reset(new (arena_alignment) std::byte[std::max<size_t>(arena_bytes, 64)]);
    std::byte* base = frame->arena.get();
    auto view = [&](ValueId id) {
        if (id == no_value) return TensorView{};
        return TensorView{&graph.type(id), graph.is_constant(id) ? constants[id] : base + offsets[id]};
    };
    for (const Port& port : graph.inputs) frame->inputs.push_back(base + offsets[port.value]);
    for (const Port& port : graph.outputs) frame->outputs.push_back(view(port.value).data);
    for (const State& state : graph.states) {
        frame->states.push_back(base + offsets[state.value]);
        frame->new_states.push_back(view(state.next).data);
    }
    for (size_t i = 0; i < steps.size(); ++i) {
        Frame::Operands operands;
        operands.empty = true;
        for (ValueId id : graph.nodes[i].inputs) operands.in.push_back(view(id));
        for (ValueId id : graph.nodes[i].outputs) {
            operands.out.push_back({&graph.type(id), base + offsets[id]});
            operands.empty = operands.empty && graph.type(id).elements() == 0;
        }
        operands.scratch = base + steps[i].scratch_offset;
        frame->steps.push_back(std::move(operands));
    }
    return frame;
}

void Session::Program::give_frame(std::unique_ptr<Frame> frame) const {
    std::lock_guard lock(mutex);
    frames.push_back(std::move(frame));
}

static void copy(std::byte* to, const std::byte* from, size_t bytes) {
    if (bytes != 0) std::memcpy(to, from, bytes);
}

void Session::Program::run(std::span<const std::byte* const> inputs, std::span<std::byte* const> outputs,
                           const Tap& tap) const {
    std::unique_lock<std::mutex> alone;
    if (!states.empty()) alone = std::unique_lock(running);
    std::unique_ptr<Frame> frame = take_frame();
    for (size_t i = 0; i < states.size(); ++i) tinsmith::copy(frame->states[i], states[i].data(), states[i].size());
    for (size_t i = 0; i < inputs.size(); ++i) copy(frame->inputs[i], inputs[i], graph.type(graph.inputs[i].value).bytes());
    for (size_t i = 0; i < steps.size(); ++i) {
        if (!frame->steps[i].empty) run_step(i, *frame);
        if (tap) tap({graph.nodes[i], frame->steps[i].in, frame->steps[i].out});
    }
    for (size_t i = 0; i < outputs.size(); ++i) copy(outputs[i], frame->outputs[i], graph.type(graph.outputs[i].value).bytes());
    for (size_t i = 0; i < states.size(); ++i) tinsmith::copy(states[i].data(), frame->new_states[i], states[i].size());
    give_frame(std::move(frame));
}

void Session::Program::run_step(size_t index, Frame& frame) const {
    const Step& step = steps[index];
    const Node& node = graph.nodes[index];
    const Frame::Operands& operands = frame.steps[index];
    const EvalContext context{node, operands.in, operands.out};
    if (step.fast)
        step.fast->run(context, operands.scratch);
    else if (!step.first)
        compute(context);
    else if (node.is(op::While))
        within(node.origin, [&] { run_while(step, operands); });
    else
        run_if(step, operands);
}

static std::vector<const std::byte*> addresses(std::span<const TensorView> views) {
    std::vector<const std::byte*> list;
    for (const TensorView& view : views) list.push_back(view.data);
    return list;
}

static std::vector<std::byte*> addresses(std::span<const TensorSlot> slots) {
    std::vector<std::byte*> list;
    for (const TensorSlot& slot : slots) list.push_back(slot.data);
    return list;
}

// while (condition(state)) state = body(state); the state lives in the outputs.
void Session::Program::run_while(const Step& step, const Frame::Operands& operands) const {
    for (size_t i = 0; i < operands.out.size(); ++i)
        copy(operands.out[i].data, operands.in[i].data, operands.out[i].type->bytes());
    const std::vector<std::byte*> state = addresses(operands.out);
    const std::vector<const std::byte*> read(state.begin(), state.end());
    for (int64_t iteration = 0;; ++iteration) {
        std::byte go{};
        std::byte* answer = &go;
        step.first->program_->run(read, std::span(&answer, 1), {});
        if (go == std::byte{0}) return;
        check(iteration < max_iterations, "the loop did not end after {} iterations", max_iterations);
        step.second->program_->run(read, state, {});
    }
}

void Session::Program::run_if(const Step& step, const Frame::Operands& operands) const {
    const bool condition = *operands.in[0].as<uint8_t>() != 0;
    const Session& branch = condition ? *step.first : *step.second;
    branch.program_->run(addresses(std::span(operands.in).subspan(1)), addresses(operands.out), {});
}

}  // namespace tinsmith
