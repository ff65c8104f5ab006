#include "backend/packages/micro_operators.hpp"

#include "format/tflite/wire.hpp"
#include "micro/lifetimes.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace tinsmith::packages {

namespace {

struct Row {
    tflite::BuiltinOperator code;
    const char* add;
};

constexpr Row rows[]{
#define OP(code, name) {tflite::BuiltinOperator::code, "Add" #name},
#include "backend/packages/micro_operators.inc"
#undef OP
};

const Row* row_of(tflite::BuiltinOperator code) {
    const auto* found = std::find_if(std::begin(rows), std::end(rows), [&](const Row& row) { return row.code == code; });
    return found == std::end(rows) ? nullptr : found;
}

}  // namespace

MicroOperators micro_operators(std::span<const std::byte> file) {
    const tflite::Model& model = micro_model(file);
    std::set<std::string> adds, missing;
    MicroOperators out;
    for (size_t g = 0; g < model.subgraphs()->size(); ++g) {
        const auto* operators = model.subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(g))->operators();
        for (flatbuffers::uoffset_t i = 0; operators && i < operators->size(); ++i) {
            const MicroOperator op = micro_operator(model, g, i);
            if (op.code == tflite::BuiltinOperator::VAR_HANDLE) ++out.variables;
            if (op.code == tflite::BuiltinOperator::CUSTOM)
                missing.insert(fmt::format("the custom operator '{}'", op.custom));
            else if (const Row* row = row_of(op.code))
                adds.insert(row->add);
            else
                missing.insert(tflite::operator_name(op.code));
        }
    }
    supported(missing.empty(), "TFLite Micro has no kernels for {}; --format c may have them", fmt::join(missing, ", "));
    out.adds.assign(adds.begin(), adds.end());
    return out;
}

}  // namespace tinsmith::packages
