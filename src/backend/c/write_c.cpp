// The files of the C backend.
#include "backend/c/identifiers.hpp"
#include "backend/c/kernel_source.hpp"
#include "backend/c/kernel_units.hpp"
#include "backend/c/values.hpp"
#include "backend/c/write_calls.hpp"
#include "backend/c/write_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tinsmith {

namespace c99 {

namespace {

constexpr std::array math_names{"INFINITY", "NAN",   "floorf",    "ceilf",  "sqrtf",      "fabsf", "logf",
                                "sinf",     "cosf",  "powf",      "atan2f", "nearbyintf", "erff",  "fmodf",
                                "floor",    "round", "nearbyint", "expf",   "tanhf",      "fabs"};

bool names_math(const std::vector<std::string>& words) {
    return std::any_of(words.begin(), words.end(), [](const std::string& word) {
        return std::find(math_names.begin(), math_names.end(), word) != math_names.end();
    });
}

struct Texts {
    std::string code, weights;
    std::set<std::string> kernels, mcu_kernels;
    size_t constant_bytes = 0;
};

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

std::string kernels_text(const Texts& texts, std::string_view name, std::string_view made_by) {
    std::set<std::string> names = texts.kernels, taken;
    for (const std::string& use : units_for(texts.mcu_kernels, {}).names)
        if (is_defined(use)) names.insert(use);
    const std::vector<std::string> list(names.begin(), names.end());
    std::string body;
    bool math = names_math(identifiers(texts.code));
    for (const Definition* d : needed(list)) {
        body += "\n" + d->text + "\n";
        math = math || names_math(d->uses);
        taken.insert(d->name);
    }
    body += units_for(texts.mcu_kernels, taken).text;
    return fmt::format(kernels_form, fmt::arg("made_by", made_by), fmt::arg("upper", upper_case(name)),
                       fmt::arg("math", math ? "#include <math.h>\n" : ""), fmt::arg("body", body));
}

constexpr std::string_view code_form = R"(/* {made_by} */
#include "{name}.h"

#include "{name}_kernels.h"
#include "{name}_weights.h"

/* What is called around each layer, for times: define both. */
#ifndef {upper}_LAYER_BEGIN
#define {upper}_LAYER_BEGIN(index, name) ((void)0)
#endif
#ifndef {upper}_LAYER_END
#define {upper}_LAYER_END(index, name) ((void)0)
#endif

#ifndef {upper}_NO_MEMORY
{upper}_MEMORY_ATTR {name}_memory_t {name}_memory;
#endif

{constants}{outputs}
void {name}_init({name}_memory_t* memory) {{
{init}}}

void {name}_invoke({name}_memory_t* memory) {{
    uint8_t* const arena = memory->arena;
{body}}}
)";

// A literal of C, for the names of layers.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' || c == '\\' || static_cast<unsigned char>(c) < 32 || c == '?' ? '_' : c;
    return out + '"';
}

Texts code_text(const PlannedModel& model, std::string_view name, std::string_view made_by) {
    CallWriter calls(model, std::string(name));
    const std::string upper = upper_case(name);
    const Graph& graph = model.graph();
    std::string body, init, outputs, initial;
    Texts out;
    int layer = 0;
    for (const uint32_t node : model.plan.order) {
        const std::string statements = calls.statements(node);
        if (statements.empty()) continue;
        const std::string label = fmt::format("({}, {})", layer++, quoted(graph.nodes[node].origin));
        body += fmt::format("    {}_LAYER_BEGIN{};\n{}    {}_LAYER_END{};\n", upper, label, statements, upper, label);
    }
    for (size_t i = 0; i < graph.states.size(); ++i) {
        const State& state = graph.states[i];
        const Type& type = graph.type(state.value);
        const std::string at = calls.address(state.value, 0, "void"), next = calls.address(state.next, 0, "void");
        if (at != next) body += fmt::format("    (void)memcpy({}, {}, {});\n", at, next, type.bytes());
        initial += fmt::format("static const {} {}_initial_{}[] = {{\n{}}};\n\n", c_type(type.dtype), name, i,
                               list_of(type.dtype, state.initial.bytes()));
        init += fmt::format("    (void)memcpy({}, {}_initial_{}, {});\n", at, name, i, type.bytes());
        out.constant_bytes += type.bytes();
    }
    init = init.empty() ? "    (void)memory;\n" : "    uint8_t* const arena = memory->arena;\n" + init;
    if (body.find("arena") == std::string::npos) body = "    (void)arena;\n" + body;
    for (const CPort& port : outputs_of(model))
        if (graph.is_constant(port.value))
            outputs +=
                fmt::format("\nconst {0}* {1}_{2}(const {1}_memory_t* memory) {{\n    (void)memory;\n    return {3};\n}}\n",
                            port.ctype, name, port.name, calls.address(port.value, 0, port.ctype));
    out.weights = fmt::format("/* {} */\n#ifndef {}_WEIGHTS_H\n#define {}_WEIGHTS_H\n#include <stdint.h>\n\n{}{}#endif\n",
                              made_by, upper, upper, calls.weights(out.constant_bytes), initial);
    out.kernels = calls.names();
    out.mcu_kernels = calls.mcu_kernels();
    out.code = fmt::format(code_form, fmt::arg("made_by", made_by), fmt::arg("name", name), fmt::arg("upper", upper),
                           fmt::arg("constants", calls.constants()), fmt::arg("outputs", outputs), fmt::arg("init", init),
                           fmt::arg("body", body));
    return out;
}

}  // namespace

}  // namespace c99

CCode write_c(std::vector<CModel> models, const COptions& options) {
    using namespace c99;
    check(models.size() == 1, "several variants in one firmware are not written yet");
    const std::string& name = options.name;
    const PlannedModel model = planned(std::move(models[0]), options);
    const std::string made_by =
        comment(fmt::format("Generated by tinsmith {} from {}. Do not edit.", options.version, model.model.source));
    Texts texts = code_text(model, name, made_by);
    std::string kernels = kernels_text(texts, name, made_by);
    CCode out;
    out.arena_bytes = std::max<size_t>(model.plan.arena_bytes(), 16);
    out.models.push_back({model.model.name, model.plan.arena_bytes(), model.plan.lower_bound, texts.constant_bytes});
    out.files = {{name + ".c", std::move(texts.code)},
                 {name + ".h", interface_text(model, name, made_by)},
                 {name + "_kernels.h", std::move(kernels)},
                 {name + "_weights.h", std::move(texts.weights)},
                 {name + "_quantize.h", quantize_text(model, name, made_by)},
                 {name + "_self_test.c", self_test_text(model, name, made_by)}};
    return out;
}

}  // namespace tinsmith
