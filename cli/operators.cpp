// tinsmith operators: the operators of the graph, from their rows; docs/operators.md is its output.
#include "exit_code.hpp"
#include "op/list.hpp"
#include "verbs.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace tinsmith::cli {

namespace {

// A '|' would end the table's cell.
std::string cell(std::string_view text) {
    std::string out;
    for (char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

std::string operands(const OpDef& op) {
    std::string out;
    for (const Operand& o : op.operands)
        out += fmt::format("{}{}{}", out.empty() ? "" : ", ", o.role, o.variadic ? "…" : o.optional ? "?" : "");
    return out;
}

std::string attributes(const OpDef& op) {
    std::string out;
    for (const AttrSpec& a : op.attrs) out += fmt::format("{}{}", out.empty() ? "" : ", ", a.name);
    return out;
}

std::string element_types(const OpDef& op) {
    std::string out;
    for (int d = 0; d <= static_cast<int>(DType::boolean); ++d)
        if (op.tflite.accepts & dtype_bit(static_cast<DType>(d)))
            out += fmt::format("{}{}", out.empty() ? "" : " ", dtype_name(static_cast<DType>(d)));
    return out;
}

}  // namespace

void add_operators(CLI::App& app, int& status) {
    auto* verb = app.add_subcommand("operators", "Print the table of the graph's operators (Markdown)");
    verb->footer("\nExamples:\n  tinsmith operators > operators.md");
    verb->callback([&status] {
        fmt::print(
            "# Operators of the graph\n\n"
            "Written by `tinsmith operators`. Activations are channels-last; `?` marks an optional operand, `…` one or more.\n"
            "The last columns: the ONNX operator with the same operands and attributes, TFLite's built-in operator number, the "
            "element\n"
            "types that its kernels accept unquantised (others are cast around it) and the highest rank.\n\n"
            "| operator | computes | operands | attributes | ONNX | TFLite | types | rank "
            "|\n|---|---|---|---|---|---|---|---|\n");
        for (const OpDef* op : all_ops()) {
            bool builtin = op->tflite.builtin >= 0;
            fmt::print("| {} | {} | {} | {} | {} | {} | {} | {} |\n", op->name, cell(op->says), operands(*op), attributes(*op),
                       op->onnx, builtin ? std::to_string(op->tflite.builtin) : "", element_types(*op),
                       builtin ? std::to_string(op->tflite.max_rank) : "");
        }
        status = exit_ok;
    });
}

}  // namespace tinsmith::cli
