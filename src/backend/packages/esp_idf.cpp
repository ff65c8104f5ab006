// A component of ESP-IDF: CMakeLists.txt, idf_component.yml, Kconfig.
#include "backend/c/identifiers.hpp"
#include "backend/packages/forms.hpp"
#include "backend/packages/templates.hpp"

#include <fmt/ranges.h>

namespace tinsmith::packages {

static std::string reserve_text(const std::string& upper, const TflmArena& arena) {
    return filled("esp_idf_reserve", {{"upper", upper},
                                      {"esp32_s3", std::to_string(arena.esp32_s3 - arena.reference)},
                                      {"others", std::to_string(arena.esp - arena.reference)}});
}

std::vector<PackageFile> esp_idf_files(const Packaged& package) {
    const std::string upper = c99::upper_case(package.name);
    std::vector<std::string> sources;
    for (const std::string& source : package.sources) sources.push_back(fmt::format("\"{}\"", source));
    const Values values{{"made_by", package.made_by},
                        {"name", package.name},
                        {"version", package.version},
                        {"upper", upper},
                        {"sources", fmt::format("{}", fmt::join(sources, " "))},
                        {"memory_attr", package.tflm ? upper + "_ARENA_ATTR" : upper + "_MEMORY_ATTR"},
                        {"in_psram", package.arena_in_psram ? "y" : "n"},
                        {"kind", package.tflm ? "TensorFlow Lite Micro" : "C"},
                        {"dependency", package.tflm ? "  espressif/esp-tflite-micro: \">=1.3.1\"\n" : ""},
                        {"options", package.tflm ? fmt::format("target_compile_definitions(${{COMPONENT_LIB}} PUBLIC "
                                                               "\"{0}_ARENA_RESERVE=${{CONFIG_{0}_ARENA_RESERVE}}\")\n",
                                                               upper)
                                                 : "# Floats as on the host; a model of integers has none.\n"
                                                   "target_compile_options(${COMPONENT_LIB} PRIVATE -O2 -ffp-contract=off)\n"},
                        {"reserve", package.tflm ? reserve_text(upper, package.arena) : ""}};
    return {{"CMakeLists.txt", filled("esp_idf_cmake", values)},
            {"idf_component.yml", filled("esp_idf_component", values)},
            {"Kconfig", filled("esp_idf_kconfig", values)}};
}

}  // namespace tinsmith::packages
