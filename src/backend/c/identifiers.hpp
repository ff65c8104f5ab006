// Names that C accepts, from names that files and tensors have.
#pragma once

#include <string>
#include <string_view>

namespace tinsmith::c99 {

// What is no letter, digit or '_' becomes '_'; where nothing of it is left, `fallback`. What starts with a digit or '_' gets `fallback` and
// a '_' in front, and so does a keyword of C or C++ or a name of the standard headers.
std::string identifier_of(std::string_view name, std::string_view fallback);

// Whether C and C++ take it as it is, with the suffixes that generated code adds too.
bool is_identifier(std::string_view name);

// "KWS_MODEL" for "kws_model".
std::string upper_case(std::string_view name);

}  // namespace tinsmith::c99
