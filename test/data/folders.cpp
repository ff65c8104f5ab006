// Folders and lists of images, sounds and arrays: classes, order, and faults that name the file.
#include "data/samples.hpp"
#include "data_test.hpp"
#include "format/npy/npy.hpp"

namespace tinsmith {
namespace {

namespace fs = std::filesystem;

class Folder : public testing::Test {
protected:
    void put(const std::string& name, const std::string& image = "rgb.png") {
        fs::copy_file(image_path(image), folder_.path(name));
    }
    Samples samples(DataOptions options = {}, Shape shape = {1, 31, 45, 3}) {
        options.path = folder_.root() + options.path;
        return Samples(graph_with({{"x", {DType::f32, std::move(shape), {}}}}), options);
    }
    // The message without the folder's path.
    std::string message(DataOptions options = {}, Shape shape = {1, 31, 45, 3}) {
        return shortened(message_of([&] { samples(options, shape); }));
    }
    std::string shortened(std::string text) const {
        for (size_t at; (at = text.find(folder_.root())) != std::string::npos;) text.erase(at, folder_.root().size());
        return text;
    }
    TemporaryFolder folder_;
};

TEST_F(Folder, sub_folders_are_classes) {
    put("dog/2.png"), put("cat/1.png"), put("dog/deeper/3.PNG"), put("dog/1.png");
    folder_.write("dog/notes.txt", "");
    folder_.write("bird/.hidden.png", "");
    const Samples s = samples();
    EXPECT_EQ(s.size(), 4u);
    EXPECT_EQ(s.class_names(), (std::vector<std::string>{"bird", "cat", "dog"}));
    EXPECT_EQ(s.label(0), 1);
    EXPECT_EQ(s.label(3), 2);
    EXPECT_EQ(shortened(s.name(2)), "/dog/2.png");
    folder_.write("names.txt", "dog\ncat\nbird\n");
    EXPECT_EQ(samples({.labels = folder_.root() + "/names.txt"}).label(0), 1);
    folder_.write("names.txt", "dog\r\nwolf\r\n");
    EXPECT_EQ(message({.labels = folder_.root() + "/names.txt"}),
              "/cat/1.png: the class 'cat' is not among the names; the nearest are 'dog', 'wolf'");
}

TEST_F(Folder, one_folder_without_classes) {
    put("b.png"), put("a.jpg", "rgb.jpg"), put("c.bmp", "rgb.bmp");
    const Samples s = samples();
    EXPECT_EQ(s.size(), 3u);
    EXPECT_FALSE(s.labelled());
    EXPECT_EQ(shortened(s.name(0)), "/a.jpg");
    EXPECT_EQ(as_floats(s.inputs(1)[0]), as_floats(s.inputs(2)[0]));
    EXPECT_EQ(s.notes(),
              (std::vector<std::string>{"images: pixels become 0..1; --normalize states what the network was trained on"}));
    EXPECT_EQ(s.stated_range(0), (std::pair{0.0f, 1.0f}));
    EXPECT_EQ(samples({.path = "/b.png"}).size(), 1u);
}

TEST_F(Folder, the_same_pixels_in_either_layout_and_order) {
    put("a.png");
    DataOptions options;
    options.preprocess.normalize = normalization_from("imagenet");
    const std::vector<float> last = as_floats(samples(options).inputs(0)[0]),
                             first = as_floats(samples(options, {1, 3, 31, 45}).inputs(0)[0]);
    for (size_t i = 0; i < size_t{31} * 45; ++i)
        for (size_t c = 0; c < 3; ++c) ASSERT_EQ(last[3 * i + c], first[c * 31 * 45 + i]);
    EXPECT_FALSE(samples(options).stated_range(0).has_value());
    EXPECT_TRUE(samples(options).scaled_by_channel(0));
    options.preprocess.normalize = normalization_from("raw");
    const std::vector<float> rgb = as_floats(samples(options).inputs(0)[0]);
    options.preprocess.channels = Channels::bgr;
    const std::vector<float> bgr = as_floats(samples(options).inputs(0)[0]);
    EXPECT_EQ(rgb[0], bgr[2]);
    EXPECT_EQ(rgb[4], bgr[4]);
    EXPECT_EQ(samples(options).stated_range(0), (std::pair{0.0f, 255.0f}));
}

TEST_F(Folder, faults_name_the_file) {
    EXPECT_EQ(message(),
              ": there are no samples: images (.jpg, .png, .bmp), sounds (.wav) or .npy files, in it or in a sub-folder for "
              "each class");
    put("good.png");
    folder_.write("torn.png", "\x89PNG\r\n\x1a\n and no more");
    const Samples s = samples();
    EXPECT_EQ(shortened(message_of([&] { s.inputs(1); })).substr(0, 35), "/torn.png: input 'x': the image is ");
    EXPECT_EQ(message({}, {1, 46}),
              ": input 'x' is 1x46: an image goes into 1xHxWx3, 1xHxWx1, 1x3xHxW, 1x1xHxW or a square number of grey pixels");
    folder_.write("z.wav", "");
    EXPECT_EQ(message(), "/z.wav: samples are of one kind, and the first is /good.png");
    DataOptions options;
    options.path = "/good.png";
    options.preprocess.normalize = normalization_from("imagenet");
    EXPECT_EQ(message(options, {1, 31, 45, 1}), "input 'x' is 1x31x45x1: --normalize imagenet is for 3 channels");
}

TEST_F(Folder, tables_of_paths) {
    put("images/1.png"), put("images/2.png");
    folder_.write("t.csv", "id,FilePath,label\n7,images/1.png,dog\n8,images/2.png,cat\n");
    const Samples s = samples({.path = "/t.csv"});
    EXPECT_EQ(s.size(), 2u);
    EXPECT_EQ(s.label(0), 1);
    EXPECT_EQ(shortened(s.name(1)), "/images/2.png");
    EXPECT_EQ(s.inputs(1)[0].size(), 31u * 45 * 3 * 4);
    folder_.write("bare.csv", "images/1.png,3\nimages/2.png,4\n");
    EXPECT_EQ(samples({.path = "/bare.csv"}).label(1), 4);
    folder_.write("absent.csv", "image,label\nimages/1.png,0\nimages/3.png,1\n");
    const Samples absent = samples({.path = "/absent.csv"});
    EXPECT_EQ(shortened(message_of([&] { absent.inputs(1); })),
              "/absent.csv:3: /images/3.png: input 'x': cannot open '/images/3.png': No such file or directory; there is "
              "'1.png', '2.png'");
    folder_.write("bad.csv", "path,label\nimages/1.png,0\n17,1\n");
    EXPECT_EQ(message({.path = "/bad.csv"}),
              "/bad.csv:3: '17' is no path of an image (.jpg, .png, .bmp), a sound (.wav) or a .npy file");
}

TEST_F(Folder, labels_of_their_own) {
    put("1.png"), put("2.png");
    const auto labels = [&](const std::vector<int64_t>& values) {
        write_npy(folder_.path("y.npy"), {DType::i64, {std::ssize(values)}, Buffer::of(values)});
        return folder_.root() + "/y.npy";
    };
    fs::create_directories(folder_.path("s/x"));
    put("s/1.png"), put("s/2.png");
    EXPECT_EQ(samples({.path = "/s", .labels_data = labels({4, 9})}).label(1), 9);
    EXPECT_EQ(message({.path = "/s", .labels_data = labels({4, 9, 1})}), "/y.npy: 3 labels for 2 samples");
    EXPECT_EQ(message({.path = "/s", .labels_data = labels({4, -1})}),
              "/y.npy: label 1 is -1: a class is a whole number from 0");
    folder_.write("y.txt", "cat\ndog\n");
    EXPECT_EQ(samples({.path = "/s", .labels_data = folder_.root() + "/y.txt"}).class_names(),
              (std::vector<std::string>{"cat", "dog"}));
    write_npy(folder_.path("y.npy"), {DType::u8, {2, 3}, Buffer::of(std::vector<uint8_t>{0, 0, 1, 1, 0, 0})});
    EXPECT_EQ(samples({.path = "/s", .labels_data = folder_.root() + "/y.npy"}).label(0), 2);
    write_npy(folder_.path("y.npy"), {DType::u8, {2, 3}, Buffer::of(std::vector<uint8_t>{0, 0, 1, 1, 1, 0})});
    EXPECT_EQ(message({.path = "/s", .labels_data = folder_.root() + "/y.npy"}),
              "/y.npy: row 1 of the labels is no class: exactly one element is 1, the others 0");
}

TEST_F(Folder, arrays_one_a_file) {
    write_npy(folder_.path("a.npy"), {DType::f32, {2}, Buffer::of(std::vector<float>{1, 2})});
    write_npy(folder_.path("b.npy"), {DType::f32, {1, 2}, Buffer::of(std::vector<float>{3, 4})});
    EXPECT_EQ(as_floats(samples({}, {1, 2}).inputs(1)[0]), (std::vector<float>{3, 4}));
    write_npy(folder_.path("c.npy"), {DType::f32, {3}, Buffer::of(std::vector<float>{3, 4, 5})});
    const Samples mixed = samples({}, {1, 2});
    EXPECT_EQ(shortened(message_of([&] { mixed.inputs(2); })),
              "/c.npy: input 'x': input 'x' is 1x2, the array is 3: that is no sample, nor a row of samples");
}

TEST_F(Folder, sounds) {
    const std::string head("RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0", 24), rest("\2\0\x10\0data\4\0\0\0\0\x40\0\xc0", 16);
    const std::string at_8000("\x40\x1f\0\0\x80\x3e\0\0", 8), at_16000("\x80\x3e\0\0\0\x7d\0\0", 8);
    folder_.write("a.wav", head + at_8000 + rest);
    const Samples s = samples({}, {1, 3});
    EXPECT_EQ(as_floats(s.inputs(0)[0]), (std::vector<float>{0.5f, -0.5f, 0}));
    EXPECT_EQ(shortened(s.notes().at(0)), "/a.wav: 2 samples at 8000 a second, input 'x' takes 3: zeros follow");
    folder_.write("b.wav", head + at_16000 + rest);
    const Samples mixed = samples({}, {1, 2});
    EXPECT_EQ(shortened(message_of([&] { mixed.inputs(1); })),
              "/b.wav: input 'x': 16000 samples a second, the first file has 8000: --rate 8000 brings all to one");
    DataOptions options;
    options.preprocess.rate = 8000;
    EXPECT_EQ(samples(options, {1, 2}).inputs(1)[0].size(), 8u);
    EXPECT_EQ(message({}, {1, 49, 40}),
              ": input 'x' is 1x49x40: sound is one line of samples; for spectrograms give arrays (.npy)");
    folder_.write("a.wav", (head + at_8000 + rest).substr(0, 45));
    EXPECT_EQ(message({}, {1, 2}), "/a.wav: the file is cut off: 1 of 4 bytes of sound are there");
}

}  // namespace
}  // namespace tinsmith
