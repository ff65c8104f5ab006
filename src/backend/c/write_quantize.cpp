#include "backend/c/write_quantize.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/c/write_variants.hpp"

#include <fmt/format.h>

namespace tinsmith::c99 {

bool stores_reals(const CPort& port) {
    return port.quant() && (port.type.dtype == DType::i8 || port.type.dtype == DType::u8 || port.type.dtype == DType::i16);
}

namespace {

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

}  // namespace

std::string quantize_text(const std::vector<PlannedModel>& models, const std::vector<CNames>& names, std::string_view made_by) {
    const std::string& name = names[0].memory;
    std::string out = fmt::format("/* {} */\n#ifndef {}_QUANTIZE_H\n#define {}_QUANTIZE_H\n#include \"{}.h\"\n", made_by,
                                  upper_case(name), upper_case(name), name);
    for (size_t i = 0; i < models.size(); ++i)
        for (const std::vector<CPort>& ports : {inputs_of(models[i]), outputs_of(models[i])})
            for (const CPort& port : ports)
                if (stores_reals(port)) out += conversions(names[i].model, port);
    return out + variants_conversions(models, names) + "#endif\n";
}

}  // namespace tinsmith::c99
