// MaxPool, with the places of the maxima where the model asks for them, and MaxUnpool.
#include "frontend/compose/pool.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/spatial.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

std::vector<ValueId> max_pool(NodeReader& r) {
    Compose m{r.b};
    const bool column_major = r.integer("storage_order", 0) != 0;
    const PoolInput p = pool_input(r, m);
    if (r.wants(1)) return max_pool_with_places(m, p, column_major);
    return {max_pool(m, p)};
}

std::vector<ValueId> max_unpool(NodeReader& r) {
    Compose m{r.b};
    const Shape x = r.shape(0);
    const Ints kernel = pool_kernel(r);
    const size_t n = kernel.size();
    const Ints strides = r.integers("strides", Ints(n, 1)), pads = r.integers("pads", Ints(2 * n, 0));
    check(strides.size() == n && pads.size() == 2 * n && r.shape(1) == x, "strides, pads or indices do not fit the input");
    Shape out(x);
    for (size_t i = 0; i < n; ++i) {
        supported(strides[i] >= kernel[i], "windows of {} cells every {} may share maxima; TFLite adds what meets in one place",
                  kernel[i], strides[i]);
        check(kernel[i] >= 1 && strides[i] < (int64_t{1} << 31) && pads[i] >= 0 && pads[i + n] >= 0, "strides or pads");
        out[i + 2] = (x[i + 2] - 1) * strides[i] - pads[i] - pads[i + n] + kernel[i];
    }
    const int64_t count = r.type(0).elements();
    // Positions count within `out`, whatever the final shape is.
    const ValueId at = m.reshape(m.cast(r.operand(1), DType::i32), {count, 1});
    const int64_t total = element_count(out);
    check(total < INT32_MAX, "an output of shape {}", to_string(out));
    ValueId y = m.reshape(m.b.add(op::ScatterND, {at, m.reshape(r.operand(0), {count})}, {{"shape", Ints{total}}}), out);
    const bool declared = r.has(2) && !r.is_constant(2) && !r.declared.empty() && r.declared[0];
    if (auto wanted = declared ? std::optional<Ints>(r.declared[0]->shape) : r.constant_ints(2)) {
        check(wanted->size() == out.size(), "the output shape has {} numbers", wanted->size());
        Ints after(out.size());
        for (size_t i = 0; i < out.size(); ++i) {
            after[i] = (*wanted)[i] - out[i];
            check(after[i] >= 0, "the output shape is smaller than what the pool implies, {}", to_string(out));
        }
        y = m.pad(y, Ints(out.size(), 0), after);
    }
    return {y};
}

}  // namespace tinsmith::from_onnx
