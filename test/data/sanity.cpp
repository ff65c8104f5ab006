// Sanity of samples, the choice among them, and what is stated about their preprocessing.
#include "data/sanity.hpp"

#include "data/choose.hpp"
#include "data_test.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <map>

namespace tinsmith {
namespace {

class Sanity : public testing::Test {
protected:
    SampleCheck check_rows(Shape shape, std::vector<float> values, DataOptions options = {}, const DataRecord& earlier = {}) {
        options.path = folder_.path("x.npy");
        write_npy(options.path, {DType::f32, std::move(shape), Buffer::of(std::move(values))});
        const Samples samples(graph_with({{"x", {DType::f32, {1, 2}, {}}}}), options);
        return check_samples(samples, options, 2, earlier);
    }
    std::string message(Shape shape, std::vector<float> values) {
        return message_of([&] {
                   const SampleCheck found = check_rows(shape, values);
                   check(found.unfit.empty(), "{}", found.unfit);
               })
            .substr(folder_.root().size());
    }
    TemporaryFolder folder_;
};

TEST_F(Sanity, errors_name_file_and_input) {
    EXPECT_EQ(message({2, 2}, {1, 2, NAN, 4}), "/x.npy: input 'x', sample 1: element 0 is nan");
    EXPECT_EQ(message({2, 2}, {1, 2, 3, -INFINITY}), "/x.npy: input 'x', sample 1: element 1 is -inf");
    EXPECT_EQ(
        message({2, 2}, {3, 3, 3, 3}),
        "/x.npy: input 'x' is 3 everywhere in 2 samples: nothing can be learnt from that; give it once if it is meant to be "
        "so, or make it a constant with --set x=…");
    EXPECT_EQ(message({1, 2}, {1, 2}), "/x.npy: there is 1 sample: at least 2 that differ are needed for input 'x'");
    EXPECT_EQ(message({3, 2}, {1, 2, 1, 2, 1, 2}),
              "/x.npy: all 3 samples are equal: at least 2 that differ are needed for input 'x'");
    EXPECT_EQ(message({2, 3}, {1, 2, 3, 4, 5, 6}),
              "/x.npy: input 'x' is 1x2, the array is 2x3: that is no sample, nor a row of samples");
    EXPECT_EQ(message_of([&] {
                  write_npy(folder_.path("c.npy"), {DType::f32, {2, 1, 8, 8}, Buffer::of(std::vector<float>(128))});
                  Samples(graph_with({{"x", {DType::f32, {1, 3, 8, 8}, {}}}}), {.path = folder_.path("c.npy")});
              }).substr(folder_.root().size()),
              "/c.npy: input 'x' is 1x3x8x8, the array is 2x1x8x8: 1 channels where the input has 3");
}

TEST_F(Sanity, warnings) {
    const SampleCheck few = check_rows({2, 2}, {1, 2, 3, 4});
    ASSERT_EQ(few.warnings.size(), 1u);
    EXPECT_EQ(few.warnings[0].substr(folder_.root().size()), "/x.npy: 2 samples are few: 100 or more give better ranges");
    EXPECT_EQ(few.ranges, (decltype(few.ranges){{"x", {1.0, 4.0}}}));
    std::vector<float> many(400);
    for (size_t i = 0; i < many.size(); ++i) many[i] = static_cast<float>(i);
    EXPECT_TRUE(check_rows({200, 2}, many).warnings.empty());

    folder_.write("names.txt", "a\nb\nc\n");
    std::string y;
    for (int i = 0; i < 200; ++i) y += i % 2 ? "a\n" : "c\n";
    folder_.write("y.txt", y);
    const SampleCheck classes =
        check_rows({200, 2}, many, {.labels_data = folder_.path("y.txt"), .labels = folder_.path("names.txt")});
    ASSERT_EQ(classes.warnings.size(), 1u);
    EXPECT_EQ(classes.warnings[0].substr(folder_.root().size()), "/x.npy: a class is without samples: 'b'");

    DataRecord earlier;
    earlier.ranges = {{"x", {0, 1}}};
    const SampleCheck other = check_rows({200, 2}, many, {}, earlier);
    ASSERT_EQ(other.warnings.size(), 1u);
    EXPECT_EQ(other.warnings[0], "input 'x' goes from 0 to 399, in the earlier run from 0 to 1: is --normalize the same?");
    earlier.ranges = {{"x", {0, 380}}};
    EXPECT_TRUE(check_rows({200, 2}, many, {}, earlier).warnings.empty());
}

TEST_F(Sanity, an_input_given_once_may_be_constant) {
    const std::string path = folder_.path("x.npz");
    const std::vector<std::pair<std::string, Array>> arrays{
        {"x", {DType::f32, {2, 2}, Buffer::of(std::vector<float>{1, 2, 3, 4})}},
        {"h", {DType::f32, {1, 2}, Buffer::of(std::vector<float>{0, 0})}},
        {"y", {DType::i64, {2}, Buffer::of(std::vector<int64_t>{1, 0})}}};
    write_npz(path, arrays);
    const Samples samples(graph_with({{"x", {DType::f32, {1, 2}, {}}}, {"h", {DType::f32, {1, 2}, {}}}}), {.path = path});
    EXPECT_EQ(check_samples(samples, {.path = path}, 1).ranges.size(), 2u);
    EXPECT_EQ(samples.label(0), 1);
}

TEST(ChooseSamples, every_class_gives_its_share) {
    std::vector<int32_t> labels(1000);
    for (size_t i = 0; i < labels.size(); ++i) labels[i] = i < 900 ? 0 : i < 998 ? 1 : 2;
    const std::vector<uint32_t> chosen = choose_samples(1000, 50, 7, labels);
    std::map<int32_t, int> count;
    for (uint32_t i : chosen) ++count[labels[i]];
    EXPECT_EQ(count, (std::map<int32_t, int>{{0, 44}, {1, 5}, {2, 1}}));
    EXPECT_TRUE(std::is_sorted(chosen.begin(), chosen.end()));
    EXPECT_EQ(std::adjacent_find(chosen.begin(), chosen.end()), chosen.end());
    EXPECT_EQ(chosen, choose_samples(1000, 50, 7, labels));
    EXPECT_NE(chosen, choose_samples(1000, 50, 8, labels));
}

TEST(ChooseSamples, spread_over_the_whole_file) {
    const std::vector<uint32_t> chosen = choose_samples(1000, 10, 3);
    for (uint32_t i = 0; i < 10; ++i) EXPECT_EQ(chosen[i] / 100, i);
    EXPECT_EQ(choose_samples(3, 3, 0), (std::vector<uint32_t>{0, 1, 2}));
}

TEST(Normalize, as_stated) {
    EXPECT_EQ(normalization_from("0..1").real(51, 0), 0.2f);
    EXPECT_EQ(normalization_from("-1..1").real(255, 0), 1.0f);
    EXPECT_EQ(normalization_from("raw").real(7, 0), 7.0f);
    const Normalization imagenet = normalization_from("imagenet");
    EXPECT_FLOAT_EQ(imagenet.real(255, 1), (1 - 0.456f) / 0.224f);
    EXPECT_EQ(normalization_from("mean=127.5,127.5,127.5,std=127.5,127.5,127.5").mean, (std::vector<double>{127.5}));
    EXPECT_FLOAT_EQ(normalization_from("mean=0.5,std=0.5").real(0, 2), -1.0f);
    EXPECT_FLOAT_EQ(normalization_from("std=58,57,57,mean=123,116,103").real(160, 2), 1.0f);
    for (const char* bad : {"", "0-1", "mean=1", "mean=1,2,std=1,2", "mean=1,std=0", "mean=1,std=-1", "mean=1,2,3,std=1,2",
                            "std=1,std=1", "mean=x,std=1", "mean=1,std=1,gamma=2"})
        EXPECT_NE(message_of([&] { normalization_from(bad); }).find("--normalize '" + std::string(bad) + "'"),
                  std::string::npos)
            << bad;
}

TEST(Record, what_was_stated_is_read_again) {
    DataRecord record;
    record.preprocess = {Resize::crop, false, Channels::bgr, normalization_from("mean=1,2,3,std=4,5,6"), Layout::nchw,
                         16000,        {}};
    record.classes = {"a", "b"};
    record.channels_last = {"x"};
    record.ranges = {{"x", {0.0, 1.5}}};
    EXPECT_EQ(data_record_from_json(to_json(record)), record);
    TemporaryFolder folder;
    EXPECT_EQ(recorded_beside(folder.path("m.tflite")), DataRecord{});
    folder.write("m.json", nlohmann::ordered_json{{"data", to_json(record)}}.dump());
    EXPECT_EQ(recorded_beside(folder.path("m.tflite")), record);

    Graph graph = graph_with({{"x", {DType::f32, {1, 4, 5, 3}, {}}}});
    DataOptions options;
    options.preprocess.resize = Resize::fit;
    add_recorded(options, graph, folder.path("m.tflite"));
    EXPECT_EQ(options.preprocess.resize, Resize::fit);
    EXPECT_EQ(options.preprocess.rate, 16000);
    EXPECT_EQ(graph.inputs[0].note, "channels-last: 1x4x5x3 (source 1x3x4x5)");
    EXPECT_EQ(channels_last_ports(graph), std::vector<std::string>{"x"});

    const auto damaged = [&](const std::string& text) {
        folder.write("m.json", text);
        return message_of([&] { recorded_beside(folder.path("m.tflite")); }).substr(folder.root().size());
    };
    EXPECT_TRUE(damaged("{").starts_with("/m.json: this is not JSON: parse error at line 1"));
    EXPECT_EQ(damaged(R"({"data": 1})"), "/m.json: 'data' is no object");
    EXPECT_EQ(damaged(R"({"data": {"preprocess": {"resize": "big"}}})"),
              "/m.json: preprocess: 'resize': 'big' is not known; there are stretch, fit, crop");
    EXPECT_EQ(damaged(R"({"data": {"input_ranges": {"x": [1]}}})"), "/m.json: 'input_ranges': 'x' is not two numbers");
}

TEST(Layout, the_sources_holds_unless_stated) {
    TemporaryFolder folder;
    const std::string path = folder.path("x.npy");
    std::vector<float> values(27);
    for (size_t i = 0; i < 27; ++i) values[i] = static_cast<float>(i);
    write_npy(path, {DType::f32, {1, 3, 3, 3}, Buffer::of(values)});
    Graph graph = graph_with({{"x", {DType::f32, {1, 3, 3, 3}, {}}}});
    const auto second = [&](std::optional<Layout> stated, Layout model) {
        DataOptions options{.path = path};
        options.preprocess.data_layout = stated;
        options.model_layout = model;
        return as_floats(Samples(graph, options).inputs(0)[0])[1];
    };
    EXPECT_EQ(second({}, Layout::nchw), 1.0f);
    EXPECT_EQ(second(Layout::nchw, Layout::nchw), 1.0f);
    EXPECT_EQ(second(Layout::nhwc, Layout::nchw), 3.0f);  // the next pixel's first channel
    EXPECT_EQ(second(Layout::nchw, Layout::nhwc), 9.0f);  // the same pixel's second channel
    graph.inputs[0].note = "channels-last: as its source is not";
    EXPECT_EQ(second({}, Layout::nhwc), 9.0f);
    EXPECT_EQ(second(Layout::nhwc, Layout::nhwc), 1.0f);
}

TEST(Pixels, bytes_are_normalised_and_floats_are_not) {
    TemporaryFolder folder;
    const std::string path = folder.path("x.npy");
    const Graph graph = graph_with({{"x", {DType::f32, {1, 3, 1, 2}, {}}}});
    write_npy(path, {DType::u8, {1, 1, 2, 3}, Buffer::of(std::vector<uint8_t>{10, 20, 30, 40, 50, 60})});
    DataOptions options{.path = path};
    options.preprocess.normalize = normalization_from("mean=10,20,30,std=1,2,5");
    EXPECT_EQ(as_floats(Samples(graph, options).inputs(0)[0]), (std::vector<float>{0, 30, 0, 15, 0, 6}));
    options.preprocess.folded = options.preprocess.normalize;
    EXPECT_EQ(as_floats(Samples(graph, options).inputs(0)[0]), (std::vector<float>{10, 40, 20, 50, 30, 60}));
    EXPECT_EQ(Samples(graph, options).stated_range(0), (std::pair{0.0f, 255.0f}));
    write_npy(path, {DType::f32, {1, 3, 1, 2}, Buffer::of(std::vector<float>{1, 2, 3, 4, 5, 6})});
    EXPECT_EQ(message_of([&] { Samples(graph, options); }),
              path + ": input 'x': raw pixels are its input, the array is f32 and not u8: the normalisation is in the model");
    options.preprocess.folded = std::nullopt;
    const Samples floats(graph, options);
    EXPECT_EQ(as_floats(floats.inputs(0)[0])[5], 6.0f);
    EXPECT_EQ(
        floats.notes().at(0),
        path +
            ": f32 numbers are taken as they are; --normalize mean=10,20,30,std=1,2,5 is for pixels (images and uint8 arrays)");
}

}  // namespace
}  // namespace tinsmith
