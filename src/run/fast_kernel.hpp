// Kernels for the host that are faster than the C99 ones, made ready for one node of one graph.
#pragma once

#include "ir/op_def.hpp"

#include <functional>
#include <memory>

namespace tinsmith {

// Bytes of work space up to the next 64-byte boundary.
constexpr size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }

class FastKernel {
public:
    virtual ~FastKernel() = default;
    // Work space that run needs, at a 64-byte boundary; not kept between runs.
    virtual size_t scratch_bytes() const = 0;
    // Bytes that the kernel itself keeps (weights in its own order).
    virtual size_t kept_bytes() const = 0;
    // Constant operands that are kept inside: `in` need not have them.
    virtual bool holds(size_t operand) const = 0;
    // May be called by several threads at once, each with its own scratch.
    virtual void run(const EvalContext& context, std::byte* scratch) const = 0;
};

// The bytes of an operand that is constant, or null. They need to live only while the kernel is made.
using ConstantBytes = std::function<const std::byte*(ValueId)>;

// A fast kernel for the node on real numbers, or null when there is none for its operator, types or attributes.
std::unique_ptr<FastKernel> make_fast_kernel(const Graph& graph, const Node& node, const ConstantBytes& constant);

}  // namespace tinsmith
