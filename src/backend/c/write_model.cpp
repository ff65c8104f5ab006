#include "backend/c/write_model.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/c/nn_calls.hpp"
#include "backend/c/values.hpp"
#include "backend/c/write_calls.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tinsmith::c99 {

namespace {

// A literal of C, for the names of layers.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' || c == '\\' || static_cast<unsigned char>(c) < 32 || c == '?' ? '_' : c;
    return out + '"';
}

class Writer {
public:
    Writer(const PlannedModel& model, const CNames& names)
        : model_(model),
          names_(names),
          nn_names_{names.model + "_nn", names.memory},
          calls_(model, names),
          nn_(model, nn_names_) {}

    ModelText run(std::string_view linkage) {
        layers();
        for (size_t i = 0; i < model_.graph().states.size(); ++i) state(i);
        const std::string outputs = constant_outputs();
        ModelText out;
        out.code = calls_.constants() + for_nn(nn_.constants()) + outputs + "\n" +
                   function(linkage, "init", calls_.copies() + for_nn(nn_.copies()) + init_) + "\n" +
                   function(linkage, "invoke", body_);
        out.weights = calls_.weights() + initial_;
        out.kernels = calls_.kernels();
        out.mcu_kernels = calls_.mcu_kernels();
        out.nn_weights = for_nn(nn_.weights());
        out.nn_kernels = nn_.kernels();
        out.nn_adapters = nn_.adapters();
        out.nn_bytes = nn_bytes_;
        out.constant_bytes = calls_.weight_bytes() + state_bytes_;
        return out;
    }

private:
    // The layers are numbered as they come; one that runs in tiles keeps its number.
    void layers() {
        const std::string upper = upper_case(names_.memory);
        std::map<uint32_t, size_t> numbers;
        for (const Part& part : model_.parts) {
            std::string statements = calls_.statements(part);
            if (statements.empty()) continue;
            if (part.nn) {
                const std::string other = nn_.statements({part.node, *part.nn, {}, part.skipped});
                statements = fmt::format("#if {0}_USE_NN\n{1}#else\n{2}#endif\n", upper, other, statements);
                nn_bytes_ = std::max(nn_bytes_, nn_bytes(*part.nn));
            }
            const size_t number = numbers.emplace(part.node, numbers.size()).first->second;
            const std::string label = fmt::format("({}, {})", number, quoted(model_.graph().nodes[part.node].origin));
            body_ += fmt::format("    {}_LAYER_BEGIN{};\n{}    {}_LAYER_END{};\n", upper, label, statements, upper, label);
        }
    }

    void state(size_t i) {
        const State& state = model_.graph().states[i];
        const Type& type = model_.graph().type(state.value);
        const std::string at = calls_.address(state.value, 0, "void"), next = calls_.address(state.next, 0, "void");
        const std::string name = fmt::format("{}_initial_{}", names_.model, i);
        if (at != next) body_ += fmt::format("    (void)memcpy({}, {}, {});\n", at, next, type.bytes());
        initial_ += fmt::format("static const {} {}[] = {{\n{}}};\n\n", c_type(type.dtype), name,
                                list_of(type.dtype, state.initial.bytes()));
        init_ += fmt::format("    (void)memcpy({}, {}, {});\n", at, name, type.bytes());
        state_bytes_ += type.bytes();
    }

    std::string constant_outputs() {
        std::string out;
        for (const CPort& port : outputs_of(model_))
            if (model_.graph().is_constant(port.value))
                out +=
                    fmt::format("\nconst {0}* {1}_{2}(const {3}_memory_t* memory) {{\n    (void)memory;\n    return {4};\n}}\n",
                                port.ctype, names_.model, port.name, names_.memory, calls_.address(port.value, 0, port.ctype));
        return out;
    }

    std::string function(std::string_view linkage, std::string_view what, const std::string& statements) const {
        const bool uses = statements.find("arena") != std::string::npos;
        return fmt::format("{}void {}_{}({}_memory_t* memory) {{\n{}{}}}\n", linkage, names_.model, what, names_.memory,
                           uses ? "    uint8_t* const arena = memory->arena;\n" : "    (void)memory;\n", statements);
    }

    std::string for_nn(const std::string& text) const {
        return text.empty() ? text : fmt::format("#if {}_USE_NN\n{}#endif\n", upper_case(names_.memory), text);
    }

    const PlannedModel& model_;
    const CNames& names_;
    const CNames nn_names_;
    CallWriter calls_, nn_;
    std::string body_, init_, initial_;
    size_t state_bytes_ = 0, nn_bytes_ = 0;
};

}  // namespace

ModelText model_text(const PlannedModel& model, const CNames& names, std::string_view linkage) {
    return Writer(model, names).run(linkage);
}

}  // namespace tinsmith::c99
