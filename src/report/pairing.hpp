// Two models on the same samples: what each computes, output by output, in the source's layout.
#pragma once

#include "report/interface.hpp"
#include "run/runner.hpp"

namespace tinsmith {

// One output of both models for one sample: the same elements in the same order, each in its own type.
struct OutputPair {
    Type type;
    Buffer expected;
    const Type* other = nullptr;  // `actual` holds elements of this type
    Buffer actual;
};

class Pairing {
public:
    // Throws Fault::input when the interfaces do not match.
    Pairing(const Runner& source, const Runner& result);

    // Of the pairs that run() returns: the source's output, or the result's where it is a part of one.
    const std::vector<std::string>& names() const { return names_; }
    const Graph& source() const { return source_.graph(); }
    const Graph& result() const { return result_.graph(); }

    // `inputs` in the source's layout and types. May be called by several threads at once.
    std::vector<OutputPair> run(std::span<const Buffer> inputs) const;
    // The inputs of the result for those of the source.
    std::vector<Buffer> adapted_inputs(std::span<const Buffer> inputs) const;

private:
    const Runner& source_;
    const Runner& result_;
    std::vector<PortPair> inputs_, outputs_;
    std::vector<std::string> names_;
};

}  // namespace tinsmith
