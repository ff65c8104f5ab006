// JSON from files that anyone may have written, and to print what was read from files: names need not be UTF-8, which JSON must be.
#pragma once

#include "base/error.hpp"

#include <nlohmann/json.hpp>

namespace tinsmith {

inline constexpr int deepest_json = 256;

// Throws Fault::input saying where the text is no JSON, or that its lists and objects nest deeper than deepest_json: the library
// parses any depth, but copies and prints by recursion.
template <class Json = nlohmann::json>
Json parse_json(std::string_view text) {
    constexpr size_t longest_reason = 200;
    try {
        return Json::parse(text, [](int depth, auto, const Json&) {
            check(depth <= deepest_json, "its lists and objects nest deeper than {} levels", deepest_json);
            return true;
        });
    } catch (const typename Json::exception& e) {  // "[json.exception.parse_error.101] parse error at line 1, column 2: …"
        const std::string_view what = e.what();
        const size_t tag = what.find("] ");
        fail(Fault::input, "this is not JSON: {}", what.substr(tag == what.npos ? 0 : tag + 2, longest_reason));
    }
}

// What is no UTF-8 becomes U+FFFD.
template <class Json>
std::string json_text(const Json& json, int indent = -1) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

// The beginning of it, for a message.
template <class Json>
std::string json_excerpt(const Json& json) {
    constexpr size_t longest = 80;
    return json_text(json).substr(0, longest);
}

}  // namespace tinsmith
