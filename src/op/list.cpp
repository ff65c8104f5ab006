#include "op/list.hpp"

#include <algorithm>
#include <array>

namespace tinsmith {

static constexpr std::array table{
#define OP(name) &op::name,
#include "op/ops.inc"
#undef OP
};

std::span<const OpDef* const> all_ops() { return table; }

const OpDef* find_op(std::string_view name) {
    auto found = std::find_if(table.begin(), table.end(), [&](const OpDef* def) { return def->name == name; });
    return found == table.end() ? nullptr : *found;
}

}  // namespace tinsmith
