#include "op/infer.hpp"

namespace tinsmith {

std::vector<Type> infer_same(const InferContext& c) { return {Type{c.type(0).dtype, c.type(0).shape, c.type(0).quant}}; }

static Type broadcast_all(const InferContext& c) {
    Type out{c.type(0).dtype, c.type(0).shape, std::nullopt};
    for (size_t i = 1; i < c.in.size(); ++i) {
        if (c.type(i).dtype != out.dtype)
            fail(Fault::input, "operands have different element types: {} and {}", to_string(c.type(0)), to_string(c.type(i)));
        out.shape = broadcast(out.shape, c.type(i).shape);
    }
    return out;
}

std::vector<Type> infer_broadcast(const InferContext& c) { return {broadcast_all(c)}; }

std::vector<Type> infer_compare(const InferContext& c) { return {Type{DType::boolean, broadcast_all(c).shape, std::nullopt}}; }

}  // namespace tinsmith
