#include "kernel/lstm_integer.h"
#include "op/integer.hpp"
#include "op/lstm.hpp"
#include "op/sequence.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

using namespace lstm;

// What integer arithmetic asks for beside the shapes. The cell state's scale is that of its initial value, a power of two.
void lstm::check_integer(const InferContext& c) {
    const DType dtype = c.type(x).dtype;
    check_stored(c, x);
    supported(c.has(weights + input_gate) && !c.has(peephole_of(output_gate)) && !c.has(projection),
              "an LSTM of {} with coupled gates, peepholes or a projection has no integer kernel", dtype_name(dtype));
    supported(c.node.text("activation") == "tanh", "an LSTM of {} with the activation {} has no integer kernel",
              dtype_name(dtype), c.node.text("activation"));
    for (size_t gate = input_gate; gate <= output_gate; ++gate) {
        for (size_t matrix : {weights + gate, recurrent + gate}) {
            check_stored(c, matrix);
            check(c.type(matrix).dtype == DType::i8 && c.type(matrix).quant->zero_point[0] == 0,
                  "operand '{}' is {}, with a zero point of {}", c.node.op->operands[matrix].role, to_string(c.type(matrix)),
                  c.type(matrix).quant->zero_point[0]);
        }
        const Type& sums = c.type(bias + gate);
        check(sums.dtype == (dtype == DType::i8 ? DType::i32 : DType::i64), "a bias is {} where x is {}", to_string(sums),
              to_string(c.type(x)));
    }
    check(c.has(hidden) || !c.node.flag("states"), "the hidden state is an output, but has no initial value, and so no scale");
    if (c.has(hidden)) {
        check_stored(c, hidden);
        check(c.type(hidden).dtype == dtype, "the hidden state is {}, x is {}", to_string(c.type(hidden)),
              to_string(c.type(x)));
    }
    check(c.has(state), "the cell state has no initial value, and so no scale");
    check_stored(c, state);
    check(c.type(state).dtype == DType::i16, "the cell state is {}, not i16", to_string(c.type(state)));
}

namespace {

// TFLite calls the cell state's scale 2^power, whatever it is.
int state_power(const Type& type) {
    return static_cast<int>(std::round(std::log(type.quant->scale[0]) * (1.0f / std::log(2.0f))));
}

// Stored integers of the layer: what its kernel is given. `h` is the type of the hidden state.
tin_integer_lstm integer_layer(const EvalContext& c, const Sequence& s, const Type& h) {
    constexpr double unit = 1.0 / 32768;  // of a gate
    const Type& memory = *c.in[state].type;
    const auto gate = [&](size_t which) {
        Type sum = memory;
        sum.quant->scale[0] = 1.0f / 4096;  // of what a gate's activation takes
        const auto factor = [&](const Type& a, size_t operand) { return product_multiplier(a, *c.in[operand].type, sum); };
        return tin_integer_gate{c.in[weights + which].as<int8_t>(), c.in[recurrent + which].as<int8_t>(),
                                c.in[bias + which].data, factor(*c.in[x].type, weights + which), factor(h, recurrent + which)};
    };
    const int shift = 12 + state_power(memory);
    const double clip = c.node.real("cell_clip") / scale_of(memory);
    return {.batch = s.batch,
            .in = s.features,
            .cell = c.in[weights + forget_gate].type->shape[0],
            .input = gate(input_gate),
            .forget = gate(forget_gate),
            .update = gate(update_gate),
            .output = gate(output_gate),
            .x_zero = zero_point_of(*c.in[x].type),
            .hidden_zero = zero_point_of(h),
            .kept = quantised_multiplier(unit * scale_of(memory) / scale_of(memory)),
            .added = quantised_multiplier(unit * unit / scale_of(memory)),
            .shown = quantised_multiplier(unit * unit / scale_of(h)),
            .state_factor = shift >= 0 ? 3 << std::min(shift, 14) : 3,
            .state_shift = std::min(std::max(-shift, 0), 30),
            .clip = clip > 0 ? static_cast<int32_t>(std::min(clip, 32767.0)) : 32768};
}

template <class X>
void run_integer(const EvalContext& c, void (*step)(const tin_integer_lstm*, const X*, X*, int16_t*, int16_t*)) {
    const Sequence s = Sequence::of(c.node, c.in[x].type->shape);
    const Type& h = c.has(hidden) ? *c.in[hidden].type : *c.out[0].type;
    const tin_integer_lstm l = integer_layer(c, s, h);
    const int64_t cells = s.batch * l.cell;
    const Scratch<X> now(c, s.batch * s.features), h_now(c, cells);
    const Scratch<int16_t> memory(c, cells), scratch(c, 4 * cells);
    const size_t h_bytes = static_cast<size_t>(cells) * sizeof(X), memory_bytes = static_cast<size_t>(cells) * sizeof(int16_t);
    const X zero = static_cast<X>(l.hidden_zero);
    known(c, &zero, 1);
    if (c.has(hidden))
        copy_bytes(c, h_now.data(), c.in[hidden].data, h_bytes);
    else
        call(c, tin_fill, &zero, h_now.data(), cells, static_cast<int64_t>(sizeof(X)));
    copy_bytes(c, memory.data(), c.in[state].data, memory_bytes);
    for (int64_t t = 0; t < s.time; ++t) {
        s.take(c, c.in[x].as<X>(), t, s.features, now.data());
        call(c, step, &l, now.data(), h_now.data(), memory.data(), scratch.data());
        s.put(c, c.out[0].as<X>(), t, l.cell, h_now.data());
    }
    if (!c.node.flag("states")) return;
    copy_bytes(c, c.out[1].data, h_now.data(), h_bytes);
    copy_bytes(c, c.out[2].data, memory.data(), memory_bytes);
}

}  // namespace

void lstm::eval_integer(const EvalContext& c) {
    if (c.in[x].type->dtype == DType::i8) return run_integer<int8_t>(c, tin_lstm_step_i8);
    run_integer<int16_t>(c, tin_lstm_step_i16);
}

}  // namespace tinsmith
