#include "backend/c/write_variants.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/c/write_quantize.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tinsmith::c99 {

namespace {

bool are_variants(const std::vector<CNames>& names) { return names[0].model != names[0].memory; }

// A port that every variant has, with the same type of elements.
struct SharedPort {
    CPort port;
    bool input = false;
    bool stores_reals = false;  // in every variant
};

std::vector<SharedPort> shared_ports(const std::vector<PlannedModel>& models) {
    std::vector<SharedPort> out;
    for (const bool input : {true, false}) {
        std::vector<std::vector<CPort>> all;
        for (const PlannedModel& model : models) all.push_back(input ? inputs_of(model) : outputs_of(model));
        const auto same_count = [&](const auto& ports) { return ports.size() == all[0].size(); };
        if (!std::all_of(all.begin(), all.end(), same_count)) continue;
        for (size_t i = 0; i < all[0].size(); ++i) {
            const CPort& first = all[0][i];
            if (!std::all_of(all.begin(), all.end(), [&](const auto& ports) { return ports[i].ctype == first.ctype; }))
                continue;
            const bool reals = std::all_of(all.begin(), all.end(), [&](const auto& ports) { return stores_reals(ports[i]); });
            out.push_back({first, input, reals});
        }
    }
    return out;
}

// The body of a function that says something else for each variant, the last of them for all other numbers.
std::string by_variant(const std::vector<CNames>& names, std::string_view statement) {
    std::string out = "    switch (memory->variant) {\n";
    for (const CNames& n : names)
        out += fmt::format("        case {}:{} {}\n", upper_case(n.model), &n == &names.back() ? "\n        default:" : "",
                           fmt::format(fmt::runtime(statement), fmt::arg("v", n.model), fmt::arg("V", upper_case(n.model))));
    return out + "    }\n";
}

std::string pointer_to(const SharedPort& shared) {
    return fmt::format("{}{}*", shared.input ? "" : "const ", shared.port.ctype);
}

std::string port_signature(const SharedPort& s, const std::string& name) {
    return fmt::format("{} {}_{}({}{}_memory_t* memory)", pointer_to(s), name, s.port.name, s.input ? "" : "const ", name);
}

std::string elements_signature(const SharedPort& s, const std::string& name) {
    return fmt::format("int32_t {0}_{1}_elements(const {0}_memory_t* memory)", name, s.port.name);
}

constexpr std::string_view types_form = R"(/* The models of this firmware. */
typedef enum {{
{list}}} {name}_variant_t;
#define {upper}_VARIANTS {count}

)";

constexpr std::string_view load_form =
    R"(/* Makes a variant the one that is computed from now on, and forgets what was: 0, or -1 where there is no such variant. */
int {name}_load({name}_memory_t* memory, {name}_variant_t variant);
#ifndef {upper}_NO_MEMORY
/* The same in {name}_memory, where the first variant is loaded from the start. */
int load_{name}_variant({name}_variant_t variant);
#endif
)";

constexpr std::string_view code_form = R"(
void {name}_init({name}_memory_t* memory) {{
{init}}}

void {name}_invoke({name}_memory_t* memory) {{
{invoke}}}

int {name}_load({name}_memory_t* memory, {name}_variant_t variant) {{
    if ((uint32_t)variant >= (uint32_t){upper}_VARIANTS) return -1;
    memory->variant = variant;
    {name}_init(memory);
    return 0;
}}

#ifndef {upper}_NO_MEMORY
int load_{name}_variant({name}_variant_t variant) {{ return {name}_load(&{name}_memory, variant); }}
#endif
)";

}  // namespace

VariantsInterface variants_interface(const std::vector<PlannedModel>& models, const std::vector<CNames>& names) {
    if (!are_variants(names)) return {};
    const std::string& name = names[0].memory;
    std::string list, shared;
    for (size_t i = 0; i < models.size(); ++i)
        list += fmt::format("    {} = {}{} /* {}: {} bytes of the arena */\n", upper_case(names[i].model), i,
                            i + 1 == models.size() ? "" : ",", comment(models[i].model.source), models[i].plan.arena_bytes());
    for (const SharedPort& s : shared_ports(models))
        shared += port_signature(s, name) + ";\n" + elements_signature(s, name) + ";\n";
    if (!shared.empty()) shared = "/* Of the variant that is loaded. */\n" + shared + "\n";
    return {fmt::format(types_form, fmt::arg("list", list), fmt::arg("name", name), fmt::arg("upper", upper_case(name)),
                        fmt::arg("count", models.size())),
            fmt::format("    {}_variant_t variant; /* the one that is loaded */\n", name),
            fmt::format(load_form, fmt::arg("name", name), fmt::arg("upper", upper_case(name))), shared};
}

std::string variants_code(const std::vector<PlannedModel>& models, const std::vector<CNames>& names) {
    const std::string& name = names[0].memory;
    std::string out = fmt::format(code_form, fmt::arg("name", name), fmt::arg("upper", upper_case(name)),
                                  fmt::arg("init", by_variant(names, "{v}_init(memory); break;")),
                                  fmt::arg("invoke", by_variant(names, "{v}_invoke(memory); break;")));
    for (const SharedPort& s : shared_ports(models)) {
        const std::string& port = s.port.name;
        out += fmt::format("\n{} {{\n{}}}\n", port_signature(s, name),
                           by_variant(names, fmt::format("return {{v}}_{}(memory);", port)));
        out += fmt::format("\n{} {{\n{}}}\n", elements_signature(s, name),
                           by_variant(names, fmt::format("return {{V}}_{}_ELEMENTS;", upper_case(port))));
    }
    return out;
}

std::string variants_self_test(const std::vector<CNames>& names) {
    const std::string& name = names[0].memory;
    return fmt::format("\nint {0}_self_test({0}_memory_t* memory) {{\n{1}}}\n", name,
                       by_variant(names, "return {v}_self_test(memory);"));
}

std::string variants_conversions(const std::vector<PlannedModel>& models, const std::vector<CNames>& names) {
    if (!are_variants(names)) return {};
    const std::string& name = names[0].memory;
    std::string out;
    for (const SharedPort& s : shared_ports(models)) {
        if (!s.stores_reals) continue;
        const std::string &port = s.port.name, &type = s.port.ctype;
        out += fmt::format(
            "\n/* Of the variant that is loaded. */\nstatic inline {0} {1}_quantize_{2}(const {1}_memory_t* memory, "
            "float real) {{\n{3}}}\n",
            type, name, port, by_variant(names, fmt::format("return {{v}}_quantize_{}(real);", port)));
        out += fmt::format("static inline float {0}_dequantize_{1}(const {0}_memory_t* memory, {2} stored) {{\n{3}}}\n", name,
                           port, type, by_variant(names, fmt::format("return {{v}}_dequantize_{}(stored);", port)));
    }
    return out;
}

}  // namespace tinsmith::c99
