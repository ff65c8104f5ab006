#include "kernel/cast.h"

#include "op/infer.hpp"
#include "op/kernel_call.hpp"
#include "op/list.hpp"

#include <cassert>

namespace tinsmith {

using Kernel = void (*)(const void* x, void* y, int64_t n);

// The kernel from one element type to another, or null.
static Kernel cast_kernel(DType from, DType to) {
    struct Row {
        std::string_view from, to;
        Kernel kernel;
    };
    static constexpr Row rows[] = {
#define ROW(from, S, to, T) {#from, #to, tin_cast_##from##_##to},
#define ROW_TO_BOOL(name, from, S, W) {#from, "bool", tin_cast_##from##_bool},
        TIN_EACH_CAST(ROW) TIN_EACH_NUMBER(ROW_TO_BOOL, ) ROW(bool, , bool, ) ROW(f16, , f32, )
#undef ROW
#undef ROW_TO_BOOL
    };
    for (const Row& row : rows)
        if (row.from == dtype_name(from) && row.to == dtype_name(to)) return row.kernel;
    return nullptr;
}

static std::vector<Type> infer(const InferContext& c) {
    const std::string& name = c.node.text("to");
    const std::optional<DType> to = dtype_from_name(name);
    check(to.has_value(), "Cast to '{}', which is no element type", name);
    supported(cast_kernel(c.type(0).dtype, *to) != nullptr, "Cast from {} to {} is not supported", dtype_name(c.type(0).dtype),
              name);
    return {Type{*to, c.type(0).shape, std::nullopt}};
}

static void eval(const EvalContext& c) {
    const Kernel kernel = cast_kernel(c.in[0].type->dtype, c.out[0].type->dtype);
    assert(kernel);
    call(c, kernel, c.in[0].data, c.out[0].data, c.out[0].type->elements());
}

const OpDef op::Cast{
    .name = "Cast",
    .says = "x in element type `to`: floats truncated and limited to its range, integers modulo its size, bool is x != 0",
    .operands = {{"x"}},
    .attrs = {{"to", std::string(), true}},
    .infer = infer,
    .eval = eval,
    .elementwise = true,
    .tflite = {.builtin = 53,
               .accepts = dtypes(DType::f32, DType::i8, DType::u8, DType::i16, DType::u16, DType::i32, DType::u32, DType::i64,
                                 DType::boolean)},
};

}  // namespace tinsmith
