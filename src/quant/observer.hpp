// Observers: how a range is chosen from what was seen of a tensor.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tinsmith {

enum class Observer : uint8_t {
    automatic,       // by kind of tensor: default_observer in tensor_kind.hpp; and no wider than its readers can tell apart
    minmax,          // the extremes
    moving_average,  // the mean of the samples' extremes, later samples weighing more
    percentile,      // the extremes of all but a share of the numbers
    mse,             // the least mean squared error of 8 bits
    entropy,         // the least loss of information of 8 bits (Kullback-Leibler)
};

std::string_view observer_name(Observer observer);                  // "minmax", ..., as --calibration spells them
std::optional<Observer> observer_from_name(std::string_view name);  // the inverse

}  // namespace tinsmith
