#include "backend/c/write_kernels.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/c/kernel_source.hpp"
#include "backend/c/kernel_units.hpp"
#include "backend/c/nn_calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tinsmith::c99 {

namespace {

constexpr std::array math_names{"INFINITY", "NAN",   "floorf",    "ceilf",  "sqrtf",      "fabsf", "logf",
                                "sinf",     "cosf",  "powf",      "atan2f", "nearbyintf", "erff",  "fmodf",
                                "floor",    "round", "nearbyint", "expf",   "tanhf",      "fabs"};

bool names_math(const std::vector<std::string>& words) {
    return std::any_of(words.begin(), words.end(), [](const std::string& word) {
        return std::find(math_names.begin(), math_names.end(), word) != math_names.end();
    });
}

constexpr std::string_view kernels_form = R"(/* {made_by} */
#ifndef {upper}_KERNELS_H
#define {upper}_KERNELS_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>
{math}
/* Elements that are moved by their size, whatever type they have elsewhere. */
#if defined(__GNUC__)
#define TIN_ANY __attribute__((__may_alias__))
#else
#define TIN_ANY
#endif
/* Not every variant of a kernel calls every function. */
#if defined(__GNUC__)
#define TIN_STATIC static __attribute__((__unused__))
#else
#define TIN_STATIC static
#endif
{body}#endif
)";

// Adapters of other libraries, and what they alone need.
std::string nn_text(const std::vector<ModelText>& models, const std::set<std::string>& there, const std::string& upper) {
    std::set<std::string> names, adapters;
    for (const ModelText& model : models) {
        names.insert(model.nn_kernels.begin(), model.nn_kernels.end());
        adapters.insert(model.nn_adapters.begin(), model.nn_adapters.end());
    }
    if (adapters.empty()) return {};
    std::string out = fmt::format("\n#if {}_USE_NN\n", upper);
    for (const Definition* d : needed(std::vector<std::string>(names.begin(), names.end())))
        if (!there.contains(d->name)) out += d->text + "\n\n";
    return out + nn_adapters(adapters, upper) + "#endif\n";
}

}  // namespace

std::string kernels_text(const std::vector<ModelText>& models, std::string_view name, std::string_view made_by) {
    std::set<std::string> names, mcu, taken;
    bool math = false;
    for (const ModelText& model : models) {
        names.insert(model.kernels.begin(), model.kernels.end());
        mcu.insert(model.mcu_kernels.begin(), model.mcu_kernels.end());
        math = math || names_math(identifiers(model.code)) || model.weights.find("INFINITY") != std::string::npos ||
               model.weights.find("NAN") != std::string::npos;
    }
    for (const std::string& use : units_for(mcu, {}).names)
        if (is_defined(use)) names.insert(use);
    const std::vector<std::string> list(names.begin(), names.end());
    std::string body;
    for (const Definition* d : needed(list)) {
        body += "\n" + d->text + "\n";
        math = math || names_math(d->uses);
        taken.insert(d->name);
    }
    body += units_for(mcu, taken).text;
    body += nn_text(models, taken, upper_case(name));
    return fmt::format(kernels_form, fmt::arg("made_by", made_by), fmt::arg("upper", upper_case(name)),
                       fmt::arg("math", math ? "#include <math.h>\n" : ""), fmt::arg("body", body));
}

}  // namespace tinsmith::c99
