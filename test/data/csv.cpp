// Tables: cells as RFC 4180 has them, features and labels found by name or place, and every fault with its line and column.
#include "data/csv.hpp"

#include "base/file.hpp"
#include "data/samples.hpp"
#include "data_test.hpp"

#include <chrono>

namespace tinsmith {
namespace {

std::vector<std::vector<std::string>> rows_of(const std::string& text) {
    const CsvFile file(Buffer::copy_of(std::as_bytes(std::span(text.data(), text.size()))), "t.csv");
    std::vector<std::vector<std::string>> out;
    CsvRow row;
    for (size_t at = file.start(); at < file.size();) {
        at = file.read_row(at, row);
        out.emplace_back(row.cells.begin(), row.cells.end());
    }
    return out;
}

using Rows = std::vector<std::vector<std::string>>;

TEST(Csv, cells) {
    EXPECT_EQ(rows_of("a,b\n1,2\n"), (Rows{{"a", "b"}, {"1", "2"}}));
    EXPECT_EQ(rows_of("\xef\xbb\xbf\r\na;b\r\n\r\n1;2"), (Rows{{"a", "b"}, {"1", "2"}}));
    EXPECT_EQ(rows_of("a\t\"b \"\"c\"\", d\ne\"\t\n,\t\t\n"), (Rows{{"a", "b \"c\", d\ne", ""}, {",", "", ""}}));
    EXPECT_EQ(rows_of("\"\",\"\"\"\"\n"), (Rows{{"", "\""}}));
    EXPECT_EQ(message_of([] { rows_of("a,b\n1,\"2\n3"); }), "t.csv:2: a quote in column 2 does not end");
    EXPECT_EQ(message_of([] { rows_of("a,\"b\"c\n"); }), "t.csv:1: text follows the quotes in column 2");
    EXPECT_EQ(message_of([] { rows_of("\n\n"); }), "t.csv: there are no rows");
}

TEST(Csv, numbers) {
    EXPECT_EQ(csv_number(" 1.5e3 "), 1500.0);
    EXPECT_EQ(csv_number("+2"), 2.0);
    EXPECT_FALSE(csv_number("").has_value());
    EXPECT_FALSE(csv_number("1,5").has_value());
    EXPECT_FALSE(csv_number("0x10").has_value());
}

class Table : public testing::Test {
protected:
    Samples samples(const std::string& text, Shape shape = {1, 3}, DataOptions options = {}) {
        options.path = folder_.write("t.csv", text);
        return Samples(graph_with({{"x", {DType::f32, std::move(shape), {}}}}), options);
    }
    std::string message(const std::string& text, Shape shape = {1, 3}, DataOptions options = {}) {
        std::string out = message_of([&] { samples(text, shape, options); });
        const size_t at = out.find(folder_.root());
        return at == std::string::npos ? out : out.erase(at, folder_.root().size() + 1);
    }
    TemporaryFolder folder_;
};

TEST_F(Table, labels_by_name_in_any_place) {
    const Samples s = samples("label,a,b,c\n7,1,2,3\n2,4,5,6\n");
    EXPECT_EQ(as_floats(s.inputs(1)[0]), (std::vector<float>{4, 5, 6}));
    EXPECT_EQ(s.label(0), 7);
    EXPECT_TRUE(s.class_names().empty());
    EXPECT_EQ(s.name(1), folder_.root() + "/t.csv:3");
    const Samples named = samples("a,b,Class,c\n1,2,dog,3\n4,5,cat,6\n1,1,dog,1\n");
    EXPECT_EQ(named.class_names(), (std::vector<std::string>{"cat", "dog"}));
    EXPECT_EQ(named.label(0), 1);
    EXPECT_EQ(named.label(1), 0);
}

TEST_F(Table, labels_by_place_or_none) {
    const Samples last = samples("1,2,3,0\n4,5,6,1\n");
    EXPECT_EQ(last.label(1), 1);
    ASSERT_EQ(last.notes().size(), 1u);
    EXPECT_NE(last.notes()[0].find("column 4 is one more than input 'x' takes: it is read as the label"), std::string::npos);
    const Samples text = samples("yes,1,2,3\nno,4,5,6\n");
    EXPECT_EQ(text.class_names(), (std::vector<std::string>{"no", "yes"}));
    EXPECT_FALSE(samples("1,2,3\n4,5,6\n").labelled());
    EXPECT_FALSE(samples("a,b,c\n4,5,6\n").labelled());
    const Samples pandas = samples(",0,1,2,label\n0,1,2,3,5\n1,4,5,6,4\n");
    EXPECT_EQ(as_floats(pandas.inputs(0)[0]), (std::vector<float>{1, 2, 3}));
    EXPECT_EQ(pandas.label(0), 5);
}

TEST_F(Table, faults_have_line_and_column) {
    EXPECT_EQ(message("a,b,c\n1,2,3\n1,two,3\n"), "t.csv:3: column 2 ('b') is 'two', which is no finite number");
    EXPECT_EQ(message("1,2,3\n1,2,x\n"), "t.csv:2: column 3 is 'x', which is no finite number");
    EXPECT_EQ(message("a,b,c\n1,,3\n"), "t.csv:2: column 2 ('b') is empty");
    EXPECT_EQ(message("a,b,c\n1,nan,3\n"), "t.csv:2: column 2 ('b') is 'nan', which is no finite number");
    EXPECT_EQ(message("a,b,c\n1,2,3\n1,2\n"), "t.csv:3: 2 columns, the rows before have 3");
    EXPECT_EQ(message("0,5;1,25;2,0\n1,5;0,5;1,0\n"),
              "t.csv:2: column 1 ('0,5') is '1,5', which is no finite number; decimals have a point");
    EXPECT_EQ(message(std::string("\xff\xfe"
                                  "1\0,\0",
                                  6)),
              "t.csv: the text is UTF-16; UTF-8 is read");
    EXPECT_EQ(message("a,b,c\n"), "t.csv: there is a header, but no row");
    EXPECT_EQ(message("a,b,c,d,label\n1,2,3,4,0\n"),
              "t.csv: input 'x' takes 3 numbers, a row has 5 columns with the label: 4 are numbers of the input");
    folder_.write("names.txt", "cat\ndog\n");
    EXPECT_EQ(message("a,b,c,label\n1,2,3,dog\n1,2,3,dgo\n", {1, 3}, {.labels = folder_.root() + "/names.txt"}),
              "t.csv:3: the class 'dgo' is not among the names; the nearest are 'dog', 'cat'");
    EXPECT_EQ(message("a,b,c,label\n1,2,3,0\n1,2,3,2\n", {1, 3}, {.labels = folder_.root() + "/names.txt"}),
              "t.csv:3: class 2, but there are 2 names");
}

TEST_F(Table, pixels_are_normalised_and_other_numbers_are_not) {
    DataOptions options;
    options.preprocess.normalize = normalization_from("0..1");
    const Samples pixels = samples("0,51,255\n255,0,0\n", {1, 3}, options);
    EXPECT_EQ(as_floats(pixels.inputs(0)[0]), (std::vector<float>{0, 0.2f, 1}));
    EXPECT_TRUE(pixels.stated_range(0).has_value());
    const Samples reals = samples("0,51,255\n255,0,0.5\n", {1, 3}, options);
    EXPECT_EQ(as_floats(reals.inputs(0)[0]), (std::vector<float>{0, 51, 255}));
    EXPECT_FALSE(reals.stated_range(0).has_value());
    EXPECT_NE(reals.notes().at(0).find("numbers are taken as they are; --normalize 0..1 is for pixels"), std::string::npos);
}

TEST_F(Table, a_million_rows) {
    std::string text = "a,b,c,label\n";
    for (int i = 0; i < 1000000; ++i) text += "0.125,-3.5,17.25,3\n";
    const std::clock_t start = std::clock();
    DataOptions options;
    options.most = 500;
    const Samples s = samples(text, {1, 3}, options);
    EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 5);  // 0.2 s optimised
    EXPECT_EQ(s.size(), 500u);
    EXPECT_EQ(as_floats(s.inputs(499)[0]), (std::vector<float>{0.125f, -3.5f, 17.25f}));
    EXPECT_EQ(s.label(77), 3);
    const std::clock_t ready = std::clock();
    for (size_t i = 0; i < 500; ++i) s.inputs(i);
    EXPECT_LT(static_cast<double>(std::clock() - ready) / CLOCKS_PER_SEC, 0.5);  // a row costs the same wherever it stands
}

TEST_F(Table, one_input_only) {
    folder_.write("t.csv", "1,2,3\n");
    EXPECT_NE(message_of([&] {
                  Samples(graph_with({{"x", {}}, {"y", {}}}), {.path = folder_.root() + "/t.csv"});
              }).find("the model has 2 inputs: give a .npz with the arrays 'x', 'y'"),
              std::string::npos);
}

}  // namespace
}  // namespace tinsmith
