#include "quant/observer.hpp"

#include <array>

namespace tinsmith {

static constexpr std::array<std::string_view, 6> names{"auto", "minmax", "moving_average", "percentile", "mse", "entropy"};

std::string_view observer_name(Observer observer) { return names[static_cast<size_t>(observer)]; }

std::optional<Observer> observer_from_name(std::string_view name) {
    for (size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) return static_cast<Observer>(i);
    return std::nullopt;
}

}  // namespace tinsmith
