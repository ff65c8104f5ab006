#include "backend/tflite/operator_writer.hpp"

#include "ir/builder.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace tinsmith::tflite {

std::vector<int32_t> OperatorWriter::all_inputs() const {
    std::vector<int32_t> out;
    for (size_t i = 0; i < node.inputs.size(); ++i) out.push_back(in(i));
    return out;
}

int32_t OperatorWriter::ints(const Ints& values, Shape shape) const {
    std::vector<int32_t> narrow;
    for (int64_t v : values) {
        supported(v >= INT32_MIN && v <= INT32_MAX, "{} does not fit TFLite's 32-bit parameters", v);
        narrow.push_back(static_cast<int32_t>(v));
    }
    return tensors.constant({DType::i32, std::move(shape), {}}, tinsmith::Buffer::of(std::move(narrow)));
}

int32_t OperatorWriter::scalar(double value, DType dtype) const {
    Graph scratch;
    ValueId id = Builder(scratch).scalar(value, dtype);
    return tensors.constant(scratch.type(id), *scratch.value(id).data);
}

int32_t OperatorWriter::scalar_like(double value, const Type& type) const {
    if (!type.quant) return scalar(value, type.dtype);
    const double steps =
        std::round(value / static_cast<double>(type.quant->scale[0])) + static_cast<double>(type.quant->zero_point[0]);
    const double most = std::exp2(dtype_bits(type.dtype) - (type.dtype == DType::u8 ? 0 : 1)) - 1;
    Graph scratch;
    const ValueId id = Builder(scratch).scalar(std::clamp(steps, type.dtype == DType::u8 ? 0 : -most - 1, most), type.dtype);
    return tensors.constant({type.dtype, {}, type.quant}, *scratch.value(id).data);
}

ActivationFunctionType OperatorWriter::activation() const {
    auto type = activation_type(node.text("activation"));
    supported(type.has_value(), "TFLite cannot fuse the activation '{}'", node.text("activation"));
    return *type;
}

static Operation write_one_to_one(const OperatorWriter& w) {
    return {static_cast<BuiltinOperator>(w.node.op->tflite.builtin), w.all_inputs(), {}, {}};
}

WriteOperator writer_of(const OpDef& op) {
    const std::array families{elementwise_writers(), movement_writers(), reduction_writers(), spatial_writers(),
                              sequence_writers()};
    for (std::span<const WriteRow> family : families) {
        auto row = std::find_if(family.begin(), family.end(), [&](const WriteRow& r) { return r.op == op.name; });
        if (row != family.end()) return row->write;
    }
    return op.tflite.builtin >= 0 && op.attrs.empty() ? write_one_to_one : nullptr;
}

}  // namespace tinsmith::tflite
