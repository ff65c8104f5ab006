#include "backend/c/write_header.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/c/values.hpp"
#include "backend/c/write_variants.hpp"

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

void accessors(std::string& out, const PlannedModel& model, const CNames& names, const CPort& port, bool input) {
    const std::string_view constant = input ? "" : "const ";
    if (model.graph().is_constant(port.value)) {
        out += fmt::format("const {}* {}_{}(const {}_memory_t* memory);\n", port.ctype, names.model, port.name, names.memory);
        return;
    }
    out += fmt::format("static inline {0}{1}* {2}_{3}({0}{4}_memory_t* memory) {{\n", constant, port.ctype, names.model,
                       port.name, names.memory);
    out += fmt::format("    return ({0}{1}*)({0}void*)(memory->arena + {2});\n}}\n", constant, port.ctype,
                       model.offset(port.value));
}

constexpr std::string_view interface_form = R"(/* {made_by} */
#ifndef {upper}_H
#define {upper}_H
#include <stdint.h>
#ifdef ESP_PLATFORM
#include "esp_attr.h"
#endif
#ifdef __cplusplus
extern "C" {{
#endif

#define {upper}_ARENA_BYTES {arena}
{macros}
/* Where the memory lies: what DRAM_ATTR says, if anything. */
#ifndef DRAM_ATTR
#define DRAM_ATTR
#endif
#ifndef {upper}_MEMORY_ATTR
#define {upper}_MEMORY_ATTR DRAM_ATTR
#endif
#if defined(__GNUC__)
#define {upper}_ALIGNED __attribute__((aligned(16)))
#else
#define {upper}_ALIGNED
#endif

{nn}{types}/* All that an inference writes. Each may be at work at the same time as others. Align it to 16 bytes where the compiler does not. */
typedef struct {{
    uint8_t arena[{upper}_ARENA_BYTES] {upper}_ALIGNED;
{nn_member}{members}}} {name}_memory_t;

/* One that is there already, unless {upper}_NO_MEMORY is defined. */
#ifndef {upper}_NO_MEMORY
extern {name}_memory_t {name}_memory;
#endif

{load}/* Once, before the first inference; again to forget what a model with states has seen. */
void {name}_init({name}_memory_t* memory);
/* One inference: from what was written to the inputs to the outputs. Inputs do not outlive it, outputs are there until the next inputs
 * are written. */
void {name}_invoke({name}_memory_t* memory);

{accessors}
{shared}/* One sample whose results are known: 0, or the number of the first output that differs (from 1). In {name}_self_test.c. */
int {name}_self_test({name}_memory_t* memory);

#ifdef __cplusplus
}}
#endif
#endif
)";

constexpr std::string_view nn_form =
    R"(/* Convolutions and dense layers by CMSIS-NN or by ESP-NN instead of tinsmith's kernels: define one of the two as 1, for all files.
 * What the work space is too small for is computed by tinsmith's plain kernels. */
#ifndef {upper}_USE_CMSIS_NN
#define {upper}_USE_CMSIS_NN 0
#endif
#ifndef {upper}_USE_ESP_NN
#define {upper}_USE_ESP_NN 0
#endif
#define {upper}_USE_NN ({upper}_USE_CMSIS_NN || {upper}_USE_ESP_NN)
#ifndef {upper}_NN_BYTES
#define {upper}_NN_BYTES {bytes}
#endif

)";

}  // namespace

std::string interface_text(const std::vector<PlannedModel>& models, const std::vector<CNames>& names,
                           std::optional<size_t> nn_bytes, std::string_view made_by) {
    std::string all_macros, all_accessors;
    size_t arena = 16;
    for (size_t i = 0; i < models.size(); ++i) {
        const PlannedModel& model = models[i];
        arena = std::max(arena, model.plan.arena_bytes());
        for (const CPort& port : inputs_of(model)) {
            macros(all_macros, names[i].model, port);
            accessors(all_accessors, model, names[i], port, true);
        }
        for (const CPort& port : outputs_of(model)) {
            macros(all_macros, names[i].model, port);
            accessors(all_accessors, model, names[i], port, false);
        }
    }
    const std::string& name = names[0].memory;
    const VariantsInterface variants = variants_interface(models, names);
    return fmt::format(
        interface_form, fmt::arg("made_by", made_by), fmt::arg("upper", upper_case(name)), fmt::arg("name", name),
        fmt::arg("arena", arena), fmt::arg("macros", all_macros), fmt::arg("accessors", all_accessors),
        fmt::arg("types", variants.types), fmt::arg("members", variants.members),
        fmt::arg("nn", nn_bytes ? fmt::format(nn_form, fmt::arg("upper", upper_case(name)), fmt::arg("bytes", *nn_bytes)) : ""),
        fmt::arg("nn_member",
                 nn_bytes ? fmt::format("#if {0}_USE_NN\n    int32_t nn[{0}_NN_BYTES / 4];\n#endif\n", upper_case(name)) : ""),
        fmt::arg("load", variants.load), fmt::arg("shared", variants.shared));
}

}  // namespace tinsmith::c99
