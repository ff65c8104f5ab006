// The text of the kernels in src/kernel, which generated C is made of: definitions with macros expanded, and what each one needs.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinsmith::c99 {

// A function, type or table of a kernel file.
struct Definition {
    std::string name;
    std::vector<std::string> also;  // further names that it defines: an enumeration's
    std::string file;               // "conv_integer.c"
    std::string text;               // one definition, laid out; functions are static
    bool is_function = false;
    std::vector<std::string> uses;  // every identifier in it
};

// All definitions of an expanded file, in order. Declarations without a body are left out.
std::vector<Definition> definitions_of(std::string_view file, std::string_view expanded);

// "tin_conv_i8" for the address of a kernel, "memcpy" for that of memcpy; empty for another.
std::string_view kernel_name(const void* kernel);
// All kernels, by name.
std::vector<std::string> kernel_names();

// The definitions that `names` need, each behind what it needs itself. Throws Fault::internal for a name that no kernel file defines.
std::vector<const Definition*> needed(std::span<const std::string> names);

// Whether a kernel file defines the name for others.
bool is_defined(const std::string& name);

// The identifiers in a piece of C, each once, in order.
std::vector<std::string> identifiers(std::string_view text);

}  // namespace tinsmith::c99
