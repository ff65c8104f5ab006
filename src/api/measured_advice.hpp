// The advice of recommend, given what a conversion measured.
#pragma once

#include "api/convert.hpp"

namespace tinsmith {

// A line for each kind of target: the variant to take there, and why. `threshold`: the agreement that a variant must keep.
std::vector<std::string> measured_advice(const Conversion& conversion, double threshold);

// How much a variant keeps, 0..1: the share of samples with the same class, or nothing where classes, or so few
// samples, mean nothing.
std::optional<double> kept(const Variant& variant);

}  // namespace tinsmith
