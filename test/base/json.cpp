// JSON that people and attackers write.
#include "base/json.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

std::string error_of(const std::string& text) {
    try {
        parse_json(text);
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::input);
        return e.what();
    }
    return "";
}

std::string nested(int depth) {
    return std::string(static_cast<size_t>(depth), '[') + std::string(static_cast<size_t>(depth), ']');
}

TEST(ParseJson, says_where_the_mistake_is) {
    EXPECT_EQ(error_of("{\"a\": [1, 2]}"), "");
    const std::string what = error_of("{\"a\": 1,\n  b}");
    EXPECT_TRUE(what.starts_with("this is not JSON: parse error at line 2, column 3: ")) << what;
    EXPECT_NE(error_of(""), "");
    EXPECT_NE(error_of("1e999"), "") << "a number out of range";
    EXPECT_NE(error_of("\"\xff\""), "") << "no UTF-8";
    EXPECT_LT(error_of("\"" + std::string(100000, 'x')).size(), 300u) << "a message is no place for a whole file";
}

TEST(ParseJson, bounds_the_nesting) {
    EXPECT_EQ(error_of(nested(deepest_json)), "");
    EXPECT_EQ(error_of(nested(deepest_json + 2)), "its lists and objects nest deeper than 256 levels");
    EXPECT_NE(error_of(nested(1000000)), "");
}

TEST(JsonText, shows_names_that_are_no_utf8) {
    EXPECT_EQ(json_text(nlohmann::json{{"name", "a\xff"}}), "{\"name\":\"a\xef\xbf\xbd\"}");
    EXPECT_EQ(json_excerpt(nlohmann::json(std::string(1000, 'x'))).size(), 80u);
}

}  // namespace
}  // namespace tinsmith
