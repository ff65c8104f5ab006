// Whatever computes a model's outputs from its inputs: a session here, or another runtime.
#pragma once

#include "run/session.hpp"

namespace tinsmith {

class Runner {
public:
    virtual ~Runner() = default;
    // Its inputs and outputs; a runner need not keep nodes and constants.
    virtual const Graph& graph() const = 0;
    // As Session::run. May be called by several threads at once.
    virtual std::vector<Buffer> run(std::span<const Buffer> inputs) const = 0;
};

// A session as a runner. Throws as Session does.
std::unique_ptr<Runner> session_runner(Graph graph, const SessionOptions& options);

}  // namespace tinsmith
