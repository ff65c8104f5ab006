// The texts that packages are made of: files in templates/, part of the program.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tinsmith::packages {

using Values = std::map<std::string, std::string, std::less<>>;

// The template of that name ("esp_idf_cmake") with every @key@ replaced; what stands in for a key is not looked at again. A line that is
// nothing but a key whose value is empty goes. Throws Fault::internal for a template or a key that is unknown.
std::string filled(std::string_view name, const Values& values);

}  // namespace tinsmith::packages
