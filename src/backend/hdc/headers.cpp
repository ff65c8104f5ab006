#include "backend/hdc/headers.hpp"

#include "backend/hdc/c_text.hpp"

namespace tinsmith::hdc {

std::string dimension_macro(std::string_view name, size_t value) {
    return fmt::format("#ifndef {0}\n#define {0} {1}\n#elif {0} != {1}\n#error \"{0} is {1} here\"\n#endif\n", name, value);
}

std::string default_macro(std::string_view name, std::string_view value) {
    return fmt::format("#ifndef {0}\n#define {0}{1}{2}\n#endif\n", name, value.empty() ? "" : " ", value);
}

std::string float_text(float value) {
    std::string text = fmt::format("{}", value);
    if (text.find_first_of(".e") == text.npos) text += ".0";
    return text + "f";
}

namespace {

std::string opening(std::string_view what, std::string_view guard, std::string_view origin) {
    return fmt::format("/* {}, written by tinsmith from {}. */\n#ifndef {}\n#define {}\n\n#include <stdint.h>\n\n", what,
                       origin, guard, guard);
}

// `attribute`: the macro that says which memory the constant lies in.
std::string matrix(const Stored& stored, std::string_view name, std::string_view extents, std::string_view attribute,
                   size_t rows) {
    const bool bits = !stored.bits.empty();
    return fmt::format("static const {} {}{} {} = {{\n{}}};\n", bits ? "uint32_t" : "int8_t", name, extents, attribute,
                       bits ? rows_of(stored.bits, rows) : rows_of(stored.bytes, rows));
}

std::string words_macro(size_t dimensions) {
    return "/* Bits: dimension d is bit d % 32 of word d / 32; 1 is +1, 0 is -1. */\n" +
           dimension_macro("EMBHD_HD_WORDS", (dimensions + 31) / 32);
}

}  // namespace

std::string projection_header(const Integer& model, std::string_view origin) {
    const bool bits = !model.projection.bits.empty();
    std::string out = opening(fmt::format("Projection of {} features onto {} dimensions", model.features, model.dimensions),
                              "EMBHD_PROJECTION_H", origin);
    out += dimension_macro("EMBHD_FEATURE_DIM", model.features) + dimension_macro("EMBHD_HD_DIM", model.dimensions) + "\n";
    if (model.seed) {
        out += "/* Not stored: the classifier draws it from this seed. */\n";
        return out +
               fmt::format("#define EMBHD_PROJECTION_BITS 0\n#define EMBHD_PROJECTION_SEED UINT64_C(0x{:016x})\n\n#endif\n",
                           *model.seed);
    }
    if (bits) out += words_macro(model.dimensions);
    out += "/* real = scale * stored */\n";
    out += fmt::format(
        "#define EMBHD_PROJECTION_BITS {}\n#define EMBHD_PROJECTION_SCALE {}\n#define EMBHD_PROJECTION_ZERO_POINT 0\n\n",
        bits ? 1 : 8, float_text(model.projection.scale));
    out +=
        "/* In flash, unless the build says otherwise. ESP-IDF places no initialised constants in PSRAM: see "
        "EMBHD_PROJECTION_IN_PSRAM in\n"
        " * embhd_classifier.h. */\n" +
        default_macro("SPIRAM_ATTR", "") + "\n";
    return out +
           matrix(model.projection, "embhd_projection",
                  bits ? "[EMBHD_FEATURE_DIM][EMBHD_HD_WORDS]" : "[EMBHD_FEATURE_DIM][EMBHD_HD_DIM]", "SPIRAM_ATTR",
                  model.features) +
           "\n#endif\n";
}

std::string prototypes_header(const Integer& model, std::string_view origin) {
    const bool bits = !model.prototypes.bits.empty();
    std::string out = opening(fmt::format("Prototypes of {} classes in {} dimensions", model.classes, model.dimensions),
                              "EMBHD_PROTOTYPES_H", origin);
    out += dimension_macro("EMBHD_NUM_CLASSES", model.classes) + dimension_macro("EMBHD_HD_DIM", model.dimensions) + "\n";
    if (bits) out += words_macro(model.dimensions);
    out += "/* real = scale * stored */\n";
    out += fmt::format(
        "#define EMBHD_PROTOTYPES_BITS {}\n#define EMBHD_PROTOTYPES_SCALE {}\n#define EMBHD_PROTOTYPES_ZERO_POINT 0\n\n",
        bits ? 1 : 8, float_text(model.prototypes.scale));
    out += "/* In flash, unless the toolchain defines where else (ESP-IDF: include esp_attr.h first). */\n" +
           default_macro("DRAM_ATTR", "") + "\n";
    return out +
           matrix(model.prototypes, "embhd_prototypes",
                  bits ? "[EMBHD_NUM_CLASSES][EMBHD_HD_WORDS]" : "[EMBHD_NUM_CLASSES][EMBHD_HD_DIM]", "DRAM_ATTR",
                  model.classes) +
           "\n#endif\n";
}

}  // namespace tinsmith::hdc
