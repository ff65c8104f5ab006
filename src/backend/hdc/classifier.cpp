#include "backend/hdc/c_text.hpp"
#include "backend/hdc/hdc.hpp"
#include "backend/hdc/headers.hpp"

namespace tinsmith::hdc {

namespace {

constexpr std::string_view kernel_text =
#include "hdc_kernel_text.inc"
    ;

std::string classifier_header(const Integer& model, std::string_view origin) {
    std::string out = fmt::format(
        "/* The classifier: from the feature extractor's int8 output to a class, written by tinsmith from {}.\n"
        " * No floats, no allocation, no state: any number of threads may call it. Needs about 400 bytes of stack and 4 a "
        "class. */\n"
        "#ifndef EMBHD_CLASSIFIER_H\n#define EMBHD_CLASSIFIER_H\n\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" "
        "{{\n#endif\n\n",
        origin);
    out += dimension_macro("EMBHD_FEATURE_DIM", model.features) + dimension_macro("EMBHD_HD_DIM", model.dimensions) +
           dimension_macro("EMBHD_NUM_CLASSES", model.classes);
    out += fmt::format("\n/* Of the features: real = scale * (stored - zero point). */\n#define EMBHD_FEATURE_SCALE {}\n",
                       float_text(model.feature_quant.scale[0]));
    out += default_macro("EMBHD_FEATURE_ZERO_POINT", fmt::format("({})", model.feature_quant.zero_point[0]));
    out +=
        fmt::format("/* The similarity of features whose hypervector is a prototype. */\n#define EMBHD_SIMILARITY_ONE {}\n\n",
                    model.similarity_one);
    out +=
        "typedef struct {\n    int32_t class_index;\n    int32_t similarity; /* -EMBHD_SIMILARITY_ONE to EMBHD_SIMILARITY_ONE "
        "*/\n"
        "} embhd_result_t;\n\n"
        "/* Only where EMBHD_PROJECTION_IN_PSRAM is defined does it do something: copy the projection into PSRAM, once, before "
        "the rest. */\n"
        "void embhd_init(void);\n"
        "/* features: EMBHD_FEATURE_DIM numbers; scores: EMBHD_NUM_CLASSES. */\n"
        "void embhd_scores(const int8_t* features, int32_t* scores);\n"
        "embhd_result_t embhd_classify(const int8_t* features);\n\n"
        "#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
    return out;
}

std::string offsets_text(const Integer& model) {
    if (model.offsets.empty()) return "";
    std::string out = "/* Zero point and centre of each feature. */\nstatic const int16_t embhd_offsets[EMBHD_FEATURE_DIM] = {";
    for (size_t i = 0; i < model.offsets.size(); ++i)
        out += fmt::format("{}{}", i == 0 ? "\n    " : i % 16 ? ", " : ",\n    ", model.offsets[i]);
    return out + "\n};\n\n";
}

std::string projection_text(const Integer& model) {
    if (model.seed) return "void embhd_init(void) {}\n\n";
    const bool bits = !model.projection.bits.empty();
    return fmt::format(
        "#ifdef EMBHD_PROJECTION_IN_PSRAM\n#include <string.h>\n#ifndef EXT_RAM_BSS_ATTR\n#define EXT_RAM_BSS_ATTR\n#endif\n"
        "static {} embhd_projection_copy[EMBHD_FEATURE_DIM][{}] EXT_RAM_BSS_ATTR;\n"
        "void embhd_init(void) {{ memcpy(embhd_projection_copy, embhd_projection, sizeof embhd_projection); }}\n"
        "#define EMBHD_PROJECTION_ROWS (&embhd_projection_copy[0][0])\n#else\nvoid embhd_init(void) {{}}\n"
        "#define EMBHD_PROJECTION_ROWS (&embhd_projection[0][0])\n#endif\n\n",
        bits ? "uint32_t" : "int8_t", bits ? "EMBHD_HD_WORDS" : "EMBHD_HD_DIM");
}

std::string classifier_source(const Integer& model, std::string_view origin) {
    const std::string none = "0";
    const bool bits = !model.projection.bits.empty(), prototype_bits = !model.prototypes.bits.empty();
    const std::string rows = "EMBHD_PROJECTION_ROWS", prototypes = "&embhd_prototypes[0][0]";
    std::string out = fmt::format(
        "/* Written by tinsmith from {}. */\n#include \"embhd_classifier.h\"\n\n#include \"embhd_projection.h\"\n"
        "#include \"embhd_prototypes.h\"\n\n",
        origin);
    out += std::string(kernel_text) + "\n" + offsets_text(model) + projection_text(model);
    out += fmt::format(
        "static const tin_hdc embhd_classifier = {{\n    EMBHD_FEATURE_DIM, EMBHD_HD_DIM, EMBHD_NUM_CLASSES, "
        "EMBHD_FEATURE_ZERO_POINT,\n"
        "    {}, {}, {}, {},\n    {}, {},\n}};\n\n",
        model.offsets.empty() ? none : "embhd_offsets", model.seed || bits ? none : rows, bits ? rows : none,
        model.seed ? "EMBHD_PROJECTION_SEED" : none, prototype_bits ? none : prototypes, prototype_bits ? prototypes : none);
    return out +
           "void embhd_scores(const int8_t* features, int32_t* scores) { tin_hdc_scores(&embhd_classifier, features, scores); "
           "}\n\n"
           "embhd_result_t embhd_classify(const int8_t* features) {\n    int32_t scores[EMBHD_NUM_CLASSES];\n"
           "    embhd_result_t out;\n    embhd_scores(features, scores);\n"
           "    out.class_index = tin_hdc_best(scores, EMBHD_NUM_CLASSES);\n    out.similarity = scores[out.class_index];\n"
           "    return out;\n}\n";
}

// A C string; what is not plain ASCII as octal escapes, which end after three digits.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out += fmt::format("\\{}", c);
        else if (byte < 32 || byte > 126 || c == '?')
            out += fmt::format("\\{:03o}", byte);
        else
            out += c;
    }
    return out + "\"";
}

std::string labels_header(const std::vector<std::string>& names) {
    std::string out = "/* Names of the classes. */\n#ifndef EMBHD_LABELS_H\n#define EMBHD_LABELS_H\n\n" +
                      dimension_macro("EMBHD_NUM_CLASSES", names.size()) +
                      "\nstatic const char* const embhd_labels[EMBHD_NUM_CLASSES] = {\n";
    for (const std::string& name : names) out += "    " + quoted(name) + ",\n";
    return out + "};\n\n#endif\n";
}

}  // namespace

std::vector<CSource> c_sources(const Integer& model, const std::vector<std::string>& class_names, std::string_view origin) {
    std::vector<CSource> out{{"embhd_projection.h", projection_header(model, origin)},
                             {"embhd_prototypes.h", prototypes_header(model, origin)},
                             {"embhd_classifier.h", classifier_header(model, origin)},
                             {"embhd_classifier.c", classifier_source(model, origin)}};
    if (class_names.size() == model.classes) out.push_back({"embhd_labels.h", labels_header(class_names)});
    return out;
}

}  // namespace tinsmith::hdc
