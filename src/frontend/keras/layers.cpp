#include "frontend/keras/layers.hpp"

#include <algorithm>
#include <array>

namespace tinsmith::keras {

static constexpr std::array table{
#define KERAS_LAYER(name, function, weights) LayerRow{#name, &function, &slots::weights},
#include "frontend/keras/layers.inc"
#undef KERAS_LAYER
};

const LayerRow* find_layer(std::string_view name) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const LayerRow& row) { return row.name == name; });
    return found == table.end() ? nullptr : &*found;
}

Slots slots_of(const Json& layer, int major) {
    const LayerRow* row = find_layer(class_of(layer));
    return row ? row->slots(layer["config"], major) : Slots{};
}

}  // namespace tinsmith::keras
