#include "backend/c/identifiers.hpp"

#include <algorithm>
#include <array>

namespace tinsmith::c99 {

namespace {

constexpr std::array taken{
    // C99
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for",
    "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct",
    "switch", "typedef", "union", "unsigned", "void", "volatile", "while",
    // C++
    "alignas", "alignof", "and", "asm", "bool", "catch", "class", "concept", "constexpr", "decltype", "delete", "explicit",
    "export", "false", "friend", "mutable", "namespace", "new", "noexcept", "not", "nullptr", "operator", "or", "private",
    "protected", "public", "requires", "template", "this", "throw", "true", "try", "typeid", "typename", "using", "virtual",
    "xor",
    // the standard headers, and what generated code calls its own
    "main", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "size", "errno", "stdin", "stdout",
    "stderr", "memcpy", "memset", "arena", "memory", "tin"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_taken(std::string_view name) { return std::find(taken.begin(), taken.end(), name) != taken.end(); }

}  // namespace

bool is_identifier(std::string_view name) {
    return !name.empty() && is_letter(name[0]) && !is_taken(name) &&
           std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

std::string identifier_of(std::string_view name, std::string_view fallback) {
    std::string out;
    for (const char c : name) {
        const char kept = is_letter(c) || is_digit(c) ? c : '_';
        if (kept != '_' || out.empty() || out.back() != '_') out += kept;
    }
    while (!out.empty() && out.back() == '_') out.pop_back();
    if (out.empty()) return std::string(fallback);
    if (is_identifier(out)) return out;
    return std::string(fallback) + (out[0] == '_' ? "" : "_") + out;
}

std::string upper_case(std::string_view name) {
    std::string out(name);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

}  // namespace tinsmith::c99
