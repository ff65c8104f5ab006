// Sizes of the structures that kernels keep, on machines with pointers of 64 and of 32 bits, and what depends on the tensors:
// one multiplier and one shift a channel, accumulators, columns of an image for CMSIS-NN's products. Where versions differ, the
// largest.
#include "micro/kernels.hpp"

#include "format/tflite/wire.hpp"
#include "micro/esp_nn.hpp"

#include <algorithm>
#include <array>

namespace tinsmith {

using tflite::BuiltinOperator;
using tflite::Tensor;
using tflite::TensorType;

namespace {

const Tensor* tensor_at(const tflite::SubGraph& graph, const flatbuffers::Vector<int32_t>* list, size_t index) {
    if (!list || index >= list->size()) return nullptr;
    const int32_t at = list->Get(static_cast<flatbuffers::uoffset_t>(index));
    return at < 0 ? nullptr : graph.tensors()->Get(static_cast<flatbuffers::uoffset_t>(at));
}

size_t extent(const Tensor* tensor, int64_t dim) {
    if (!tensor || !tensor->shape() || dim < 0 || dim >= static_cast<int64_t>(tensor->shape()->size())) return 1;
    return static_cast<size_t>(std::max(0, tensor->shape()->Get(static_cast<flatbuffers::uoffset_t>(dim))));
}

size_t rank(const Tensor* tensor) { return tensor && tensor->shape() ? tensor->shape()->size() : 0; }

size_t elements(const Tensor* tensor) {
    size_t count = 1;
    for (size_t d = 0; d < rank(tensor); ++d) count *= extent(tensor, static_cast<int64_t>(d));
    return count;
}

bool stored(const Tensor* tensor) {
    return tensor && (tensor->type() == TensorType::INT8 || tensor->type() == TensorType::INT16);
}

size_t scales(const Tensor* tensor) {
    return tensor && tensor->quantization() && tensor->quantization()->scale() ? tensor->quantization()->scale()->size() : 0;
}

// What is kept whatever the tensors are: options, and the kernel's own record with 64-bit and 32-bit pointers and in CMSIS-NN's
// form.
struct Record {
    BuiltinOperator code;
    size_t options, wide, narrow, cmsis_nn;
};

constexpr Record records[]{
    {BuiltinOperator::ADD, 8, 60, 60, 60},
    {BuiltinOperator::SUB, 8, 52, 52, 52},
    {BuiltinOperator::MUL, 4, 36, 36, 36},
    {BuiltinOperator::DIV, 4, 28, 28, 28},
    {BuiltinOperator::SQUARED_DIFFERENCE, 0, 112, 112, 112},
    {BuiltinOperator::CONV_2D, 28, 72, 56, 60},
    {BuiltinOperator::DEPTHWISE_CONV_2D, 28, 72, 56, 60},
    {BuiltinOperator::TRANSPOSE_CONV, 20, 88, 76, 80},
    {BuiltinOperator::FULLY_CONNECTED, 16, 96, 64, 88},
    {BuiltinOperator::AVERAGE_POOL_2D, 40, 32, 32, 36},
    {BuiltinOperator::MAX_POOL_2D, 40, 32, 32, 36},
    {BuiltinOperator::L2_POOL_2D, 40, 0, 0, 0},
    {BuiltinOperator::SOFTMAX, 4, 80, 56, 64},
    {BuiltinOperator::LOG_SOFTMAX, 0, 40, 28, 28},
    {BuiltinOperator::LOGISTIC, 0, 16, 16, 16},
    {BuiltinOperator::TANH, 0, 16, 16, 16},
    {BuiltinOperator::RELU, 0, 48, 48, 48},
    {BuiltinOperator::RELU6, 0, 8, 8, 8},
    {BuiltinOperator::LEAKY_RELU, 4, 24, 24, 24},
    {BuiltinOperator::PRELU, 0, 28, 28, 28},
    {BuiltinOperator::ELU, 0, 256, 256, 256},
    {BuiltinOperator::HARD_SWISH, 0, 20, 20, 20},
    {BuiltinOperator::ABS, 0, 28, 28, 28},
    {BuiltinOperator::RSQRT, 0, 28, 28, 28},
    {BuiltinOperator::QUANTIZE, 0, 32, 32, 32},
    {BuiltinOperator::DEQUANTIZE, 0, 32, 32, 32},
    {BuiltinOperator::MEAN, 1, 44, 44, 44},
    {BuiltinOperator::SUM, 1, 44, 44, 44},
    {BuiltinOperator::REDUCE_MAX, 1, 44, 44, 44},
    {BuiltinOperator::REDUCE_MIN, 1, 44, 44, 44},
    {BuiltinOperator::REDUCE_ALL, 1, 44, 44, 44},
    {BuiltinOperator::PAD, 0, 56, 56, 56},
    {BuiltinOperator::PADV2, 0, 56, 56, 56},
    {BuiltinOperator::MIRROR_PAD, 4, 20, 20, 20},
    {BuiltinOperator::RESHAPE, 36, 0, 0, 0},
    {BuiltinOperator::SQUEEZE, 36, 0, 0, 0},
    {BuiltinOperator::EXPAND_DIMS, 0, 0, 0, 0},
    {BuiltinOperator::CONCATENATION, 12, 40, 24, 24},
    {BuiltinOperator::PACK, 8, 0, 0, 0},
    {BuiltinOperator::UNPACK, 8, 0, 0, 0},
    {BuiltinOperator::STRIDED_SLICE, 24, 84, 84, 84},
    {BuiltinOperator::SLICE, 0, 0, 0, 0},
    {BuiltinOperator::SPLIT, 4, 0, 0, 0},
    {BuiltinOperator::SPLIT_V, 4, 0, 0, 0},
    {BuiltinOperator::GATHER, 8, 0, 0, 0},
    {BuiltinOperator::GATHER_ND, 0, 0, 0, 0},
    {BuiltinOperator::TRANSPOSE, 0, 0, 0, 0},
    {BuiltinOperator::SHAPE, 4, 0, 0, 0},
    {BuiltinOperator::CAST, 8, 0, 0, 0},
    {BuiltinOperator::FILL, 0, 0, 0, 0},
    {BuiltinOperator::BROADCAST_TO, 0, 0, 0, 0},
    {BuiltinOperator::BROADCAST_ARGS, 0, 0, 0, 0},
    {BuiltinOperator::ARG_MAX, 4, 0, 0, 0},
    {BuiltinOperator::ARG_MIN, 4, 0, 0, 0},
    {BuiltinOperator::MAXIMUM, 0, 0, 0, 0},
    {BuiltinOperator::MINIMUM, 0, 0, 0, 0},
    {BuiltinOperator::EQUAL, 0, 32, 32, 32},
    {BuiltinOperator::NOT_EQUAL, 0, 32, 32, 32},
    {BuiltinOperator::GREATER, 0, 32, 32, 32},
    {BuiltinOperator::GREATER_EQUAL, 0, 32, 32, 32},
    {BuiltinOperator::LESS, 0, 32, 32, 32},
    {BuiltinOperator::LESS_EQUAL, 0, 32, 32, 32},
    {BuiltinOperator::SELECT_V2, 0, 1, 1, 1},
    {BuiltinOperator::LOGICAL_AND, 0, 0, 0, 0},
    {BuiltinOperator::LOGICAL_OR, 0, 0, 0, 0},
    {BuiltinOperator::LOGICAL_NOT, 0, 0, 0, 0},
    {BuiltinOperator::NEG, 0, 0, 0, 0},
    {BuiltinOperator::FLOOR, 0, 0, 0, 0},
    {BuiltinOperator::FLOOR_DIV, 0, 0, 0, 0},
    {BuiltinOperator::FLOOR_MOD, 0, 0, 0, 0},
    {BuiltinOperator::CEIL, 0, 0, 0, 0},
    {BuiltinOperator::ROUND, 0, 0, 0, 0},
    {BuiltinOperator::SIN, 0, 0, 0, 0},
    {BuiltinOperator::COS, 0, 0, 0, 0},
    {BuiltinOperator::LOG, 0, 0, 0, 0},
    {BuiltinOperator::SQRT, 0, 0, 0, 0},
    {BuiltinOperator::SQUARE, 0, 0, 0, 0},
    {BuiltinOperator::EXP, 0, 0, 0, 0},
    {BuiltinOperator::ZEROS_LIKE, 0, 0, 0, 0},
    {BuiltinOperator::REVERSE_V2, 0, 0, 0, 0},
    {BuiltinOperator::L2_NORMALIZATION, 4, 4, 4, 4},
    {BuiltinOperator::CUMSUM, 2, 36, 36, 36},
    {BuiltinOperator::DEPTH_TO_SPACE, 4, 0, 0, 0},
    {BuiltinOperator::SPACE_TO_DEPTH, 4, 0, 0, 0},
    {BuiltinOperator::BATCH_TO_SPACE_ND, 0, 0, 0, 0},
    {BuiltinOperator::SPACE_TO_BATCH_ND, 0, 4, 4, 4},
    {BuiltinOperator::RESIZE_BILINEAR, 2, 0, 0, 0},
    {BuiltinOperator::RESIZE_NEAREST_NEIGHBOR, 2, 0, 0, 0},
    {BuiltinOperator::BATCH_MATMUL, 3, 32, 16, 40},
    {BuiltinOperator::ADD_N, 0, 0, 0, 0},
    {BuiltinOperator::EMBEDDING_LOOKUP, 0, 16, 8, 8},
    {BuiltinOperator::SVDF, 12, 36, 36, 40},
    {BuiltinOperator::UNIDIRECTIONAL_SEQUENCE_LSTM, 20, 736, 736, 900},
    {BuiltinOperator::IF, 8, 8, 8, 8},
    {BuiltinOperator::WHILE, 8, 8, 8, 8},
    {BuiltinOperator::CALL_ONCE, 4, 8, 8, 8},
    {BuiltinOperator::VAR_HANDLE, 16, 4, 4, 4},
    {BuiltinOperator::READ_VARIABLE, 0, 0, 0, 0},
    {BuiltinOperator::ASSIGN_VARIABLE, 0, 0, 0, 0},
};

const Record* record_of(BuiltinOperator code) {
    const auto found = std::find_if(std::begin(records), std::end(records), [&](const Record& r) { return r.code == code; });
    return found == std::end(records) ? nullptr : found;
}

// Two rows of 16-bit numbers, as long as a filter rounded up to 4: what CMSIS-NN's convolution brings an image's columns into.
size_t columns_bytes(const Tensor* filter) {
    const size_t length = extent(filter, 1) * extent(filter, 2) * extent(filter, 3);
    return 2 * ((length + 3) / 4 * 4) * sizeof(int16_t);
}

void convolution(const MicroOperator& o, const MicroBuild& build, MicroNeeds& needs) {
    const bool depthwise = o.code == BuiltinOperator::DEPTHWISE_CONV_2D;
    const Tensor *x = o.input(0), *filter = o.input(1), *y = o.output(0);
    const size_t channels = extent(filter, depthwise ? 3 : 0), bytes = channels * sizeof(int32_t);
    needs.prepared = {bytes, bytes};
    if (filter && filter->type() == TensorType::INT4) needs.scratch.push_back(elements(filter));
    needs.tensors_twice = 2;
    if (!build.cmsis_nn || !stored(x)) return;
    if (!depthwise) {
        const auto* options = o.op.builtin_options_as_Conv2DOptions();
        const bool plain = options && options->dilation_w() == 1 && options->dilation_h() == 1;
        const bool pointwise = plain && extent(filter, 1) == 1 && extent(filter, 2) == 1;
        if (!pointwise) needs.scratch.push_back(columns_bytes(filter));
        return;
    }
    const auto* options = o.op.builtin_options_as_DepthwiseConv2DOptions();
    const bool plain = options && options->dilation_w() == 1 && options->dilation_h() == 1;
    const size_t area = extent(filter, 1) * extent(filter, 2);
    const bool three = extent(filter, 1) == 3 && extent(filter, 2) == 3;
    if (plain && extent(x, 3) == extent(y, 3) && extent(x, 0) == 1 && !three)
        needs.scratch.push_back(extent(x, 3) * area * sizeof(int16_t));
}

void transposed_convolution(const MicroOperator& o, MicroNeeds& needs) {
    const size_t bytes = extent(o.input(1), 0) * sizeof(int32_t);
    needs.prepared = {bytes, bytes};
    needs.tensors_twice = 2;
    if (const Tensor* x = o.input(2); x && x->type() == TensorType::INT8) needs.scratch.push_back(elements(o.output(0)) * 4);
    if (const Tensor* x = o.input(2); x && x->type() == TensorType::INT16) needs.scratch.push_back(elements(o.output(0)) * 8);
}

void reduction(const MicroOperator& o, MicroNeeds& needs) {
    const bool averages = o.code == BuiltinOperator::MEAN || o.code == BuiltinOperator::SUM;
    if (averages && stored(o.input(0))) needs.scratch.push_back(elements(o.output(0)) * sizeof(int32_t));
    needs.scratch.push_back(rank(o.input(0)) * sizeof(int32_t));
    needs.scratch.push_back(elements(o.input(1)) * sizeof(int32_t));
    needs.tensors_twice = 2;
}

void filters_over_time(const MicroOperator& o, MicroNeeds& needs) {
    const size_t batch = extent(o.input(0), 0), filters = extent(o.input(1), 0);
    const auto* options = o.op.builtin_options_as_SVDFOptions();
    const size_t units = filters / static_cast<size_t>(std::max(1, options ? options->rank() : 1));
    needs.scratch.push_back(batch * filters * sizeof(int32_t));
    if (stored(o.input(0))) needs.scratch.push_back(batch * units * sizeof(int32_t));
}

void recurrence(const MicroOperator& o, const MicroBuild& build, MicroNeeds& needs) {
    const bool wide_state = !stored(o.input(0));
    const size_t hidden = extent(o.input(2), 0), batch = extent(o.input(0), rank(o.input(0)) == 3 ? 0 : 1);
    const auto* options = o.op.builtin_options_as_UnidirectionalSequenceLSTMOptions();
    const size_t rows = options && options->time_major() ? extent(o.input(0), 1) : batch;
    for (int i = 0; i < 4; ++i) needs.scratch.push_back(rows * hidden * (wide_state ? sizeof(float) : sizeof(int16_t)));
    if (build.cmsis_nn && !wide_state)
        for (int i = 0; i < 8; ++i) needs.prepared.push_back(hidden * (o.input(0)->type() == TensorType::INT16 ? 8 : 4));
}

void transposing_product(const MicroOperator& o, const MicroBuild& build, MicroNeeds& needs) {
    if (stored(o.input(0))) needs.prepared.push_back(28);
    const auto* options = o.op.builtin_options_as_BatchMatMulOptions();
    const size_t record = build.pointer_bytes == 8 ? 24 : 12;
    const auto transposed = [&](const Tensor* tensor) {
        needs.prepared.push_back(record);
        needs.prepared.push_back((rank(tensor) + 1) * sizeof(int32_t));
        if (tensor) needs.prepared.push_back(micro_tensor_bytes(*tensor));
    };
    if (options && options->adj_x()) transposed(o.input(0));
    if (options && !options->adj_y()) transposed(o.input(1));
}

// The signal library's operators for sound. A Fourier transform of n keeps its factors and a copy of its input.
bool signal(const MicroOperator& o, MicroNeeds& needs) {
    const size_t y = elements(o.output(0));
    const bool wide = o.input(0) && o.input(0)->type() != TensorType::INT16;
    if (o.custom == "SignalRfft" || o.custom == "SignalIrfft") {
        const size_t n = o.custom == "SignalRfft" ? y : elements(o.input(0)), size = wide ? 4 : 2;
        needs.initial = {64, (5 * n + 320) * size / 2};
        needs.scratch = {n * size};
    } else if (o.custom == "SignalFilterBank") {
        needs.initial = {80, (y + 1) * sizeof(uint64_t)};
    } else if (o.custom == "SignalFilterBankSpectralSubtraction") {
        needs.initial = {64, y * sizeof(uint32_t)};
    } else if (o.custom == "SignalWindow" || o.custom == "SignalEnergy" || o.custom == "SignalPCAN" ||
               o.custom == "SignalFilterBankLog") {
        needs.initial = {32};
    } else {
        return o.custom == "SignalFftAutoScale" || o.custom == "SignalFilterBankSquareRoot";
    }
    return true;
}

}  // namespace

const Tensor* MicroOperator::input(size_t index) const { return tensor_at(graph, op.inputs(), index); }
const Tensor* MicroOperator::output(size_t index) const { return tensor_at(graph, op.outputs(), index); }

size_t micro_tensor_bytes(const Tensor& tensor) {
    const auto dtype = tflite::dtype_of(tensor.type());
    const size_t bits = dtype ? dtype_bits(*dtype) : 32;
    return (elements(&tensor) * bits + 7) / 8;
}

MicroNeeds micro_needs(const MicroOperator& o, const MicroBuild& build) {
    MicroNeeds needs;
    const Record* record = record_of(o.code);
    if (!record) {
        needs.known = signal(o, needs);
        return needs;
    }
    needs.parameters = record->options;
    // ESP-NN's kernels remember where their scratch memory is, as CMSIS-NN's do.
    const bool remembers = build.cmsis_nn || build.esp_nn != EspNn::none;
    const size_t own = remembers ? record->cmsis_nn : build.pointer_bytes == 8 ? record->wide : record->narrow;
    if (own != 0) needs.initial.push_back(own);
    switch (o.code) {
        case BuiltinOperator::CONV_2D:
        case BuiltinOperator::DEPTHWISE_CONV_2D: convolution(o, build, needs); break;
        case BuiltinOperator::TRANSPOSE_CONV: transposed_convolution(o, needs); break;
        case BuiltinOperator::FULLY_CONNECTED:
            if (scales(o.input(1)) > 1) needs.prepared.assign(2, scales(o.input(1)) * sizeof(int32_t));
            break;
        case BuiltinOperator::MEAN:
        case BuiltinOperator::SUM:
        case BuiltinOperator::REDUCE_MAX:
        case BuiltinOperator::REDUCE_MIN:
        case BuiltinOperator::REDUCE_ALL: reduction(o, needs); break;
        case BuiltinOperator::AVERAGE_POOL_2D:
            if (build.cmsis_nn && stored(o.input(0))) needs.scratch.push_back(extent(o.input(0), 3) * sizeof(int32_t));
            break;
        case BuiltinOperator::SOFTMAX:
            if (o.input(0) && o.input(0)->type() == TensorType::INT16) needs.prepared.assign(2, 513 * sizeof(int16_t));
            break;
        case BuiltinOperator::SVDF: filters_over_time(o, needs); break;
        case BuiltinOperator::UNIDIRECTIONAL_SEQUENCE_LSTM: recurrence(o, build, needs); break;
        case BuiltinOperator::BATCH_MATMUL: transposing_product(o, build, needs); break;
        case BuiltinOperator::MIRROR_PAD: needs.scratch.assign(2, rank(o.input(0)) * sizeof(int32_t)); break;
        case BuiltinOperator::ADD_N:
            needs.scratch.push_back((o.op.inputs() ? o.op.inputs()->size() : 0) * build.pointer_bytes);
            break;
        default: break;
    }
    if (const size_t scratch = esp_nn_scratch(o, build.esp_nn); scratch != 0) needs.scratch.push_back(scratch);
    return needs;
}

}  // namespace tinsmith
