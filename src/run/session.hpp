// Runs a graph on the host: any sample, with sight of every tensor.
#pragma once

#include "ir/op_def.hpp"

#include <functional>
#include <memory>

namespace tinsmith {

// Sees every node right after it was computed, with its operands and results; the views are valid during the call. A constant
// that a fast kernel keeps in an order of its own has no data.
using Tap = std::function<void(const EvalContext& computed)>;

struct SessionOptions {
    // oneDNN for heavy operators, and no Pad before a convolution (taps do not see it); false: every node with the C99 kernel,
    // which defines what is right
    bool fast = true;
    int64_t runs = 1;  // how often the session will run, roughly: whether making fast kernels pays
    Tap folded{};      // sees the nodes that are computed once, while the session is made
};

// A graph made ready to run: memory planned, constants laid out, kernels chosen. Nodes whose operands are all constant are
// computed here, once. Threads may share a session: runs change nothing but the states of a graph that has some, and those of such
// a graph go on where the last one ended.
class Session {
public:
    // Throws Fault::unsupported when a run needs more memory than this machine has.
    explicit Session(Graph graph, const SessionOptions& options = {});
    ~Session();
    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;

    const Graph& graph() const;
    // Memory of one run beside constants: the arena with all activations and work space.
    size_t arena_bytes() const;

    // One sample: the inputs in the order of graph().inputs, each with exactly the bytes of its type. Returns the outputs in
    // the order of graph().outputs. Throws Fault::input when the inputs do not fit.
    std::vector<Buffer> run(std::span<const Buffer> inputs, const Tap& tap = {}) const;

private:
    struct Program;
    std::unique_ptr<Program> program_;
};

}  // namespace tinsmith
