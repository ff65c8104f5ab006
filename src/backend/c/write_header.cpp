#include "backend/c/write_header.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/c/values.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace tinsmith::c99 {

namespace {

void macros(std::string& out, std::string_view name, const CPort& port) {
    const std::string macro = port.macro(name);
    out += fmt::format("/* {} */\n", port.says);
    out += fmt::format("#define {}_ELEMENTS {}\n", macro, port.type.elements());
    if (port.type.rank() > 0)
        out += fmt::format("#define {}_SHAPE {{{}}}\n#define {}_RANK {}\n", macro, fmt::join(port.type.shape, ", "), macro,
                           port.type.rank());
    if (const Quant* quant = port.quant()) {
        const int64_t zero = quant->zero_point[0];
        out += fmt::format("#define {}_SCALE {}\n", macro, number(static_cast<double>(quant->scale[0]), "float"));
        out += fmt::format("#define {}_ZERO_POINT {}\n", macro, zero < 0 ? fmt::format("({})", zero) : fmt::format("{}", zero));
    }
}

void accessors(std::string& out, const PlannedModel& model, std::string_view name, const CPort& port, bool input) {
    const std::string_view constant = input ? "" : "const ";
    if (model.graph().is_constant(port.value)) {
        out += fmt::format("const {}* {}_{}(const {}_memory_t* memory);\n", port.ctype, name, port.name, name);
        return;
    }
    out += fmt::format("static inline {0}{1}* {2}_{3}({0}{2}_memory_t* memory) {{\n", constant, port.ctype, name, port.name);
    out += fmt::format("    return ({0}{1}*)({0}void*)(memory->arena + {2});\n}}\n", constant, port.ctype,
                       model.offset(port.value));
}

constexpr std::string_view interface_form = R"(/* {made_by} */
#ifndef {upper}_H
#define {upper}_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {{
#endif

#define {upper}_ARENA_BYTES {arena}
{macros}
/* Where the memory lies; define it to place it elsewhere. */
#ifndef {upper}_MEMORY_ATTR
#define {upper}_MEMORY_ATTR
#endif
#if defined(__GNUC__)
#define {upper}_ALIGNED __attribute__((aligned(16)))
#else
#define {upper}_ALIGNED
#endif

/* All that an inference writes. Each may be at work at the same time as others. Align it to 16 bytes where the compiler does not. */
typedef struct {{
    uint8_t arena[{upper}_ARENA_BYTES] {upper}_ALIGNED;
}} {name}_memory_t;

/* One that is there already, unless {upper}_NO_MEMORY is defined. */
#ifndef {upper}_NO_MEMORY
extern {name}_memory_t {name}_memory;
#endif

/* Once, before the first inference; again to forget what a model with states has seen. */
void {name}_init({name}_memory_t* memory);
/* One inference: from what was written to the inputs to the outputs. Inputs do not outlive it, outputs are there until the next inputs
 * are written. */
void {name}_invoke({name}_memory_t* memory);

{accessors}
/* One sample whose results are known: 0, or the number of the first output that differs (from 1). In {name}_self_test.c. */
int {name}_self_test({name}_memory_t* memory);

#ifdef __cplusplus
}}
#endif
#endif
)";

bool stores_reals(const CPort& port) {
    return port.quant() && (port.type.dtype == DType::i8 || port.type.dtype == DType::u8 || port.type.dtype == DType::i16);
}

constexpr std::string_view quantize_form = R"(
/* {says} */
static inline {type} {name}_quantize_{port}(float real) {{
    const float steps = real / {macro}_SCALE;
    int32_t whole;
    if (!(steps > {low}.0f)) return steps == steps ? ({type})({min}) : ({type})({macro}_ZERO_POINT);
    if (steps > {high}.0f) return ({type})({max});
    whole = (int32_t)steps;
    if (steps - (float)whole >= 0.5f) whole += 1;
    else if (steps - (float)whole <= -0.5f) whole -= 1;
    whole += {macro}_ZERO_POINT;
    return ({type})(whole < ({min}) ? ({min}) : whole > {max} ? {max} : whole);
}}
static inline float {name}_dequantize_{port}({type} stored) {{
    return {macro}_SCALE * (float)((int32_t)stored - ({macro}_ZERO_POINT));
}}
)";

std::string conversions(std::string_view name, const CPort& port) {
    const bool wide = port.type.dtype == DType::i16, is_signed = port.type.dtype != DType::u8;
    const int low = wide ? INT16_MIN : is_signed ? INT8_MIN : 0, high = wide ? INT16_MAX : is_signed ? INT8_MAX : UINT8_MAX;
    const int64_t zero = port.quant()->zero_point[0];
    return fmt::format(quantize_form, fmt::arg("says", port.says), fmt::arg("type", port.ctype), fmt::arg("name", name),
                       fmt::arg("port", port.name), fmt::arg("macro", port.macro(name)), fmt::arg("min", low),
                       fmt::arg("max", high), fmt::arg("low", low - zero - 1), fmt::arg("high", high - zero + 1));
}

// What compares one output with the expected one.
std::string comparison(std::string_view name, const CPort& port, size_t index) {
    const std::string each = fmt::format("    for (i = 0; i < {}_ELEMENTS; ++i) ", port.macro(name));
    if (port.type.dtype != DType::f32)
        return each +
               fmt::format("if ({0}_{1}(memory)[i] != expected_{2}[i]) return {3};\n", name, port.name, index, index + 1);
    return fmt::format(
        "    {{\n        float largest = 0.0f;\n    {0}{{\n            const float e = expected_{1}[i];\n"
        "            if (e > largest) largest = e;\n            if (-e > largest) largest = -e;\n        }}\n"
        "    {0}{{\n            const float off = {2}_{3}(memory)[i] - expected_{1}[i];\n"
        "            if (!(off <= {5} * largest && -off <= {5} * largest)) return {4};\n        }}\n    }}\n",
        each, index, name, port.name, index + 1, upper_case(name) + "_TOLERANCE");
}

std::string table(std::string_view kind, const CPort& port, size_t index, const Buffer& bytes) {
    return fmt::format("static const {} {}_{}[] = {{\n{}}};\n", port.ctype, kind, index,
                       list_of(port.type.dtype, bytes.bytes()));
}

}  // namespace

std::string interface_text(const PlannedModel& model, std::string_view name, std::string_view made_by) {
    std::string all_macros, all_accessors;
    for (const CPort& port : inputs_of(model)) {
        macros(all_macros, name, port);
        accessors(all_accessors, model, name, port, true);
    }
    for (const CPort& port : outputs_of(model)) {
        macros(all_macros, name, port);
        accessors(all_accessors, model, name, port, false);
    }
    return fmt::format(interface_form, fmt::arg("made_by", made_by), fmt::arg("upper", upper_case(name)),
                       fmt::arg("name", name), fmt::arg("arena", std::max<size_t>(model.plan.arena_bytes(), 16)),
                       fmt::arg("macros", all_macros), fmt::arg("accessors", all_accessors));
}

std::string quantize_text(const PlannedModel& model, std::string_view name, std::string_view made_by) {
    std::string out = fmt::format("/* {} */\n#ifndef {}_QUANTIZE_H\n#define {}_QUANTIZE_H\n#include \"{}.h\"\n", made_by,
                                  upper_case(name), upper_case(name), name);
    for (const std::vector<CPort>& ports : {inputs_of(model), outputs_of(model)})
        for (const CPort& port : ports)
            if (stores_reals(port)) out += conversions(name, port);
    return out + "#endif\n";
}

std::string self_test_text(const PlannedModel& model, std::string_view name, std::string_view made_by) {
    const std::vector<CPort> inputs = inputs_of(model), outputs = outputs_of(model);
    std::string tables, body;
    for (size_t i = 0; i < inputs.size(); ++i) {
        tables += table("sample", inputs[i], i, model.model.sample[i]);
        body += fmt::format("    for (i = 0; i < {}_ELEMENTS; ++i) {}_{}(memory)[i] = sample_{}[i];\n", inputs[i].macro(name),
                            name, inputs[i].name, i);
    }
    body += fmt::format("    {}_invoke(memory);\n", name);
    for (size_t i = 0; i < outputs.size(); ++i) {
        tables += table("expected", outputs[i], i, model.model.expected[i]);
        body += comparison(name, outputs[i], i);
    }
    const bool reals = std::any_of(outputs.begin(), outputs.end(), [](const CPort& p) { return p.type.dtype == DType::f32; });
    // Other compilers and processors may round otherwise; 0 asks for the host's bits.
    const std::string macro = upper_case(name) + "_TOLERANCE";
    const std::string tolerance =
        reals ? fmt::format("/* Of floats, by the largest of an output. */\n#ifndef {0}\n#define {0} 1e-5f\n#endif\n", macro)
              : "";
    return fmt::format(
        "/* {} */\n#include \"{}.h\"\n{}\n{}\nint {}_self_test({}_memory_t* memory) {{\n    int32_t i;\n"
        "    {}_init(memory);\n{}    return 0;\n}}\n",
        made_by, name, tolerance, tables, name, name, name, body);
}

}  // namespace tinsmith::c99
