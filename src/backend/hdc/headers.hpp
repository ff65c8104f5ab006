// The two headers of constants.
#pragma once

#include "hdc/integer.hpp"

#include <string>
#include <string_view>

namespace tinsmith::hdc {

std::string projection_header(const Integer& model, std::string_view origin);
std::string prototypes_header(const Integer& model, std::string_view origin);

}  // namespace tinsmith::hdc
