// What a session holds: the graph after folding, a step for each node, and where every value lies.
#pragma once

#include "run/fast_kernel.hpp"
#include "run/session.hpp"

#include <mutex>

namespace tinsmith {

// The memory of one run, with the operands of every step laid out in it.
struct Frame {
    struct Free {
        void operator()(std::byte* memory) const;
    };
    std::unique_ptr<std::byte[], Free> arena;
    std::vector<std::byte*> inputs;
    std::vector<const std::byte*> outputs;
    std::vector<std::byte*> states;            // where a run finds them
    std::vector<const std::byte*> new_states;  // and where it leaves them
    struct Operands {
        std::vector<TensorView> in;
        std::vector<TensorSlot> out;
        std::byte* scratch = nullptr;
        bool empty = false;  // all outputs have no elements: nothing to compute
    };
    std::vector<Operands> steps;
};

struct Step {
    std::unique_ptr<FastKernel> fast;        // else compute()
    std::unique_ptr<Session> first, second;  // While: condition, body; If: then, else
    size_t scratch_offset = 0;
};

struct Session::Program {
    Graph graph;
    std::vector<Step> steps;                  // one for each node
    std::vector<const std::byte*> constants;  // by value: aligned bytes, or null
    std::vector<Buffer> keep;                 // owners of what `constants` points to
    std::vector<size_t> offsets;              // by value: where it lies in the arena
    size_t arena_bytes = 0;
    mutable std::mutex mutex;
    mutable std::vector<std::unique_ptr<Frame>> frames;  // idle ones
    mutable std::mutex running;                          // held while a graph with states runs
    mutable std::vector<std::vector<std::byte>> states;  // of the graph, as the last run left them

    void fold_constants(size_t budget, const Tap& folded);
    void choose_kernels(const SessionOptions& options);
    void lay_out_constants();
    void plan();

    std::unique_ptr<Frame> take_frame() const;
    void give_frame(std::unique_ptr<Frame> frame) const;
    // Inputs and outputs may be the same memory.
    void run(std::span<const std::byte* const> inputs, std::span<std::byte* const> outputs, const Tap& tap) const;
    void run_step(size_t index, Frame& frame) const;
    void run_while(const Step& step, const Frame::Operands& operands) const;
    void run_if(const Step& step, const Frame::Operands& operands) const;
};

}  // namespace tinsmith
