#include "backend/c/write_self_test.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/c/values.hpp"
#include "backend/c/write_variants.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tinsmith::c99 {

namespace {

// What compares one output with the expected one.
std::string comparison(const CNames& names, const CPort& port, size_t index) {
    const std::string& name = names.model;
    const std::string each = fmt::format("    for (i = 0; i < {}_ELEMENTS; ++i) ", port.macro(name));
    if (port.type.dtype != DType::f32)
        return each +
               fmt::format("if ({0}_{1}(memory)[i] != {0}_expected_{2}[i]) return {3};\n", name, port.name, index, index + 1);
    return fmt::format(
        "    {{\n        float largest = 0.0f;\n    {0}{{\n            const float e = {2}_expected_{1}[i];\n"
        "            if (e > largest) largest = e;\n            if (-e > largest) largest = -e;\n        }}\n"
        "    {0}{{\n            const float off = {2}_{3}(memory)[i] - {2}_expected_{1}[i];\n"
        "            if (!(off <= {5} * largest && -off <= {5} * largest)) return {4};\n        }}\n    }}\n",
        each, index, name, port.name, index + 1, upper_case(names.memory) + "_TOLERANCE");
}

std::string table(std::string_view name, std::string_view kind, const CPort& port, size_t index, const Buffer& bytes) {
    return fmt::format("static const {} {}_{}_{}[] = {{\n{}}};\n", port.ctype, name, kind, index,
                       list_of(port.type.dtype, bytes.bytes()));
}

std::string test_of(const PlannedModel& model, const CNames& names, std::string_view linkage) {
    const std::string& name = names.model;
    const std::vector<CPort> inputs = inputs_of(model), outputs = outputs_of(model);
    std::string tables, body;
    for (size_t i = 0; i < inputs.size(); ++i) {
        tables += table(name, "sample", inputs[i], i, model.model.sample[i]);
        body += fmt::format("    for (i = 0; i < {0}_ELEMENTS; ++i) {1}_{2}(memory)[i] = {1}_sample_{3}[i];\n",
                            inputs[i].macro(name), name, inputs[i].name, i);
    }
    body += fmt::format("    {}_invoke(memory);\n", names.memory);
    for (size_t i = 0; i < outputs.size(); ++i) {
        tables += table(name, "expected", outputs[i], i, model.model.expected[i]);
        body += comparison(names, outputs[i], i);
    }
    return fmt::format(
        "{}\n{}int {}_self_test({}_memory_t* memory) {{\n    int32_t i;\n    {}_init(memory);\n{}    return 0;\n}}\n", tables,
        linkage, name, names.memory, names.memory, body);
}

}  // namespace

std::string self_test_text(const std::vector<PlannedModel>& models, const std::vector<CNames>& names,
                           std::string_view made_by) {
    const std::string& name = names[0].memory;
    const bool variants = names[0].model != name;
    bool reals = false;
    std::string tests;
    for (size_t i = 0; i < models.size(); ++i) {
        for (const CPort& port : outputs_of(models[i])) reals = reals || port.type.dtype == DType::f32;
        tests += "\n" + test_of(models[i], names[i], variants ? "static " : "");
    }
    // Other compilers and processors may round otherwise; 0 asks for the host's bits.
    const std::string tolerance =
        fmt::format("/* Of floats, by the largest of an output. */\n#ifndef {0}\n#define {0} 1e-5f\n#endif\n",
                    upper_case(name) + "_TOLERANCE");
    if (variants) tests += variants_self_test(names);
    return fmt::format("/* {} */\n#include \"{}.h\"\n\n{}{}", made_by, name, reals ? tolerance : "", tests);
}

}  // namespace tinsmith::c99
