#include "backend/hdc/pipeline.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tinsmith::hdc {

namespace {

constexpr std::string_view header_form =
    R"(/* From an image to a class and its similarity: the feature extractor, then the classifier. Written by tinsmith from {origin}. */
#ifndef EMBHD_PIPELINE_H
#define EMBHD_PIPELINE_H

#include "embhd_classifier.h"
#include "{name}.h"

#ifdef __cplusplus
extern "C" {{
#endif

/* Once, before the rest. */
void embhd_pipeline_init({name}_memory_t* memory);
/* Of what was written to the feature extractor's inputs. */
embhd_result_t embhd_pipeline_run({name}_memory_t* memory);
{image}/* The feature extractor's sample: 0; 1 where features differ, 2 where the class does, 3 where the similarity does. */
int embhd_pipeline_self_test({name}_memory_t* memory);

#ifdef __cplusplus
}}
#endif

#endif
)";

constexpr std::string_view image_form =
    R"(/* image: {upper}_{PORT}_ELEMENTS numbers, rows of pixels of channels, stored as {upper}_{PORT}_SCALE and _ZERO_POINT say. */
embhd_result_t embhd_classify_image({name}_memory_t* memory, const int8_t* image);
)";

constexpr std::string_view pixels_form =
    R"(/* pixels: as many, 0 to 255, red first; what the network was trained on is made of them as the model's record says. */
embhd_result_t embhd_classify_pixels({name}_memory_t* memory, const uint8_t* pixels);
)";

constexpr std::string_view code_form = R"(/* Written by tinsmith from {origin}. */
#include "embhd_pipeline.h"

#include <string.h>

void embhd_pipeline_init({name}_memory_t* memory) {{
    {name}_init(memory);
    embhd_init();
}}

embhd_result_t embhd_pipeline_run({name}_memory_t* memory) {{
    {name}_invoke(memory);
    return embhd_classify({name}_{output}(memory));
}}
{image}
int embhd_pipeline_self_test({name}_memory_t* memory) {{
    embhd_result_t result;
    if ({name}_self_test(memory) != 0) return 1;
    embhd_init();
    result = embhd_classify({name}_{output}(memory));
    if (result.class_index != {class_index}) return 2;
    return result.similarity == {similarity} ? 0 : 3;
}}
)";

constexpr std::string_view image_code = R"(
embhd_result_t embhd_classify_image({name}_memory_t* memory, const int8_t* image) {{
    (void)memcpy({name}_{port}(memory), image, {upper}_{PORT}_ELEMENTS);
    return embhd_pipeline_run(memory);
}}
)";

constexpr std::string_view pixels_code = R"({tables}
embhd_result_t embhd_classify_pixels({name}_memory_t* memory, const uint8_t* pixels) {{
    int8_t* const image = {name}_{port}(memory);
    int32_t i;
    for (i = 0; i < {upper}_{PORT}_ELEMENTS; ++i) image[i] = {stored};
    return embhd_pipeline_run(memory);
}}
)";

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return text;
}

// Whether the table is that of pixel - 128.
bool only_shifts(const std::vector<int8_t>& table) {
    for (size_t i = 0; i < table.size(); ++i)
        if (table[i] != static_cast<int>(i) - 128) return false;
    return true;
}

bool all_shift(const FeatureCode& f) { return std::all_of(f.pixels.begin(), f.pixels.end(), only_shifts); }

std::string tables_text(const FeatureCode& f) {
    if (all_shift(f)) return {};
    std::string out =
        fmt::format("\n/* What is stored for a pixel. */\nstatic const int8_t embhd_pixels[{}][256] = {{\n", f.pixels.size());
    for (const std::vector<int8_t>& table : f.pixels) out += fmt::format("    {{{}}},\n", fmt::join(table, ", "));
    return out + "};\n";
}

std::string stored_text(const FeatureCode& f) {
    const std::string channel = fmt::format("i % {}", f.channels);
    const std::string at = f.turns_channels ? fmt::format("i - {0} + {1} - {0}", channel, f.channels - 1) : "i";
    if (all_shift(f)) return fmt::format("(int8_t)((int32_t)pixels[{}] - 128)", at);
    return fmt::format("embhd_pixels[{}][pixels[{}]]", f.pixels.size() == 1 ? "0" : channel, at);
}

}  // namespace

std::vector<CSource> pipeline_sources(const FeatureCode& f, std::string_view origin) {
    const auto text = [&](std::string_view form, const std::string& image = {}) {
        const std::string& port = f.input;
        return fmt::format(fmt::runtime(form), fmt::arg("origin", origin), fmt::arg("name", f.name),
                           fmt::arg("upper", upper(f.name)), fmt::arg("port", port), fmt::arg("PORT", upper(port)),
                           fmt::arg("output", f.output), fmt::arg("image", image), fmt::arg("tables", tables_text(f)),
                           fmt::arg("stored", stored_text(f)), fmt::arg("class_index", f.class_index),
                           fmt::arg("similarity", f.similarity));
    };
    const bool one = !f.input.empty(), pixels = one && !f.pixels.empty();
    return {{"embhd_pipeline.h", text(header_form, (one ? text(image_form) : "") + (pixels ? text(pixels_form) : ""))},
            {"embhd_pipeline.c", text(code_form, (one ? text(image_code) : "") + (pixels ? text(pixels_code) : ""))}};
}

}  // namespace tinsmith::hdc
