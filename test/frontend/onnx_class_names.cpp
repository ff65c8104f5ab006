#include "frontend/onnx/class_names.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

using Names = std::vector<std::string>;

TEST(OnnxClassNames, the_forms_in_which_trainers_leave_them) {
    EXPECT_EQ(class_names_of({{"names", "{0: 'person', 1: \"traffic light\", 2: 'o\\'clock'}"}}),
              (Names{"person", "traffic light", "o'clock"}));
    EXPECT_EQ(class_names_of({{"names", R"({"1": "b", "0": "a"})"}}), (Names{"a", "b"}));
    EXPECT_EQ(class_names_of({{"classes", R"(["cat", "dog"])"}}), (Names{"cat", "dog"}));
    EXPECT_EQ(class_names_of({{"labels", "cat\r\ndog\n"}}), (Names{"cat", "dog"}));
    EXPECT_EQ(class_names_of({{"class_names", "cat, dog"}}), (Names{"cat", "dog"}));
}

TEST(OnnxClassNames, what_is_no_list_is_left_alone) {
    for (const char* text : {"", "{", "{0", "{0:", "{0: 'a", "{0: a}", "[", "{99999999: 'a', 1: 'b'}", "{-1: 'a'}", "one"})
        EXPECT_TRUE(class_names_of({{"names", text}}).empty()) << text;
    EXPECT_TRUE(class_names_of({{"author", "me, you"}}).empty());
}

}  // namespace
}  // namespace tinsmith
