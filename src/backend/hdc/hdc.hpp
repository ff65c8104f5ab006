// C99 for a hyperdimensional classifier: two headers of constants, and the integer classifier itself (no floats, no allocation).
#pragma once

#include "hdc/integer.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tinsmith::hdc {

struct CSource {
    std::string name;  // "embhd_projection.h"
    std::string text;
};

// embhd_projection.h, embhd_prototypes.h, embhd_classifier.h and .c; embhd_labels.h where there are names. `origin` says in a comment
// what they were made from.
std::vector<CSource> c_sources(const Integer& model, const std::vector<std::string>& class_names, std::string_view origin);

}  // namespace tinsmith::hdc
