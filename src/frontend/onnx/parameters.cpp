#include "frontend/onnx/parameters.hpp"

namespace tinsmith {

const Shape* declared_shape(const NodeReader& r, size_t output) {
    return output < r.declared.size() && r.declared[output] ? &r.declared[output]->shape : nullptr;
}

Ints required_ints(const NodeReader& r, size_t i) {
    r.operand(i);
    return *r.constant_ints(i);
}

int64_t scalar_int(const NodeReader& r, size_t i, int64_t fallback) {
    auto list = r.constant_ints(i);
    if (!list) return fallback;
    check(list->size() == 1, "input {} should be one number, it has {} elements", i, list->size());
    return (*list)[0];
}

std::optional<ValueId> empty_result(NodeReader& r, size_t output) {
    const Shape* shape = declared_shape(r, output);
    if (!shape || element_count(*shape) != 0) return std::nullopt;
    return r.b.splat(0, *r.declared[output]);
}

}  // namespace tinsmith
