// Add of two tensors of one shape: the sums of residual blocks.
#include "op/list.hpp"
#include "op/quantised.hpp"
#include "run/integer_kernel.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

class IntegerAdd : public FastKernel {
public:
    explicit IntegerAdd(const IntegerIsa& isa) : isa_(isa) {}
    size_t scratch_bytes() const override { return 0; }
    size_t kept_bytes() const override { return 0; }
    bool holds(size_t) const override { return false; }
    void run(const EvalContext& c, std::byte*) const override {
        isa_.add(c.in[0].as<int8_t>(), c.in[1].as<int8_t>(), c.out[0].as<int8_t>(), c.out[0].type->elements(), sum_of(c));
    }

private:
    const IntegerIsa& isa_;
};

}  // namespace

std::unique_ptr<FastKernel> make_integer_add(const IntegerIsa& isa, const Graph& graph, const Node& node,
                                             const ConstantBytes&) {
    if (!node.is(op::Add)) return nullptr;
    const Type& y = graph.type(node.outputs[0]);
    const bool alike = std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
        const Type& x = graph.type(id);
        return x.dtype == DType::i8 && x.quant && x.quant->axis < 0 && x.shape == y.shape;
    });
    return alike ? std::make_unique<IntegerAdd>(isa) : nullptr;
}

}  // namespace tinsmith
