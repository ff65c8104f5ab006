// What the operators that move elements about share: checks of ranks and lists, and the walk that the kernel takes.
#pragma once

#include "op/kernel_call.hpp"

namespace tinsmith {

// Element types of LiteRT kernels that look at the element's size only.
inline constexpr DTypes movable = dtypes(DType::f32, DType::f16, DType::bf16, DType::f64, DType::i8, DType::u8, DType::i16,
                                         DType::u16, DType::i32, DType::u32, DType::i64, DType::u64, DType::boolean);

int64_t element_size(const Type& type);  // bytes; 1 for bool
std::vector<int64_t> row_strides(const Shape& shape);

// The input's type for an operator that moves whole elements: rank at most 8, elements of whole bytes.
const Type& movable_input(const InferContext& c, size_t index = 0);
// An attribute with one entry per dimension. Throws Fault::input when there are more or fewer.
const Ints& per_dimension(const InferContext& c, std::string_view attribute, int64_t rank);
// The output shape that the source declares for a run-time parameter: `rank` extents, all >= 0.
const Ints& declared_shape(const InferContext& c, int64_t rank);
// The attribute 'axis', -rank..rank-1, as 0..rank-1.
int64_t axis_of(const Node& node, int64_t rank);
// A run-time list of integers: i32 or i64.
void check_integers(const InferContext& c, size_t operand);

// Reads element i of an i32 or i64 tensor.
inline int64_t index_at(const TensorView& t, int64_t i) {
    return t.type->dtype == DType::i64 ? t.as<int64_t>()[i] : t.as<int32_t>()[i];
}
// All of them.
Ints indices_of(const TensorView& t);
// All of them, read when the kernels run.
class RunTimeIndices {
public:
    RunTimeIndices(const EvalContext& c, const TensorView& t);
    const int64_t* data() const { return all_.data(); }

private:
    Scratch<int64_t> all_;
};
// The constant elements of an integer operand, or nothing when it is computed at run time.
std::optional<Ints> constant_operand(const InferContext& c, size_t operand);

// A walk under construction.
class Walk {
public:
    void axis(int64_t extent, int64_t from, int64_t to) { axes_.push_back({extent, from, to}); }
    void run(const EvalContext& c, const std::byte* x, std::byte* y, int64_t size) const {
        known(c, axes_);
        call(c, tin_move, x, y, static_cast<int32_t>(axes_.size()), axes_.data(), size);
    }

private:
    std::vector<tin_axis> axes_;
};

// Extents before, along and after an axis.
struct AroundAxis {
    int64_t outer = 1, extent = 1, inner = 1;
};
AroundAxis around(const Shape& shape, int64_t axis);

}  // namespace tinsmith
