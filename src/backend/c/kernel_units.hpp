// The kernels for microcontrollers as generated C contains them: whole files, whose variants its compiler chooses.
#pragma once

#include <set>
#include <string>

namespace tinsmith::c99 {

struct UnitsText {
    std::string text;
    std::set<std::string> names;  // what plain definitions it may refer to
};

// The files that define these kernels ("tin_mcu_conv") and what they include, in an order in which each finds what it needs. Functions
// are static. Of names that files keep to themselves, those in `taken` and those that another file has too are made different.
UnitsText units_for(const std::set<std::string>& kernels, const std::set<std::string>& taken);

}  // namespace tinsmith::c99
