// Files are written whole or not at all.
#include "base/error.hpp"
#include "base/file.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <filesystem>
#include <fstream>

namespace tinsmith {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("tinsmith_files_" + std::to_string(::getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }
    std::string path(const char* name) const { return folder_ / name; }
    static std::string content(const std::string& file) {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    fs::path folder_;
};

// Pages of this process that are in memory.
size_t resident_pages() {
    std::ifstream statm("/proc/self/statm");
    size_t all = 0, resident = 0;
    statm >> all >> resident;
    return resident;
}

TEST_F(Files, released_pages_leave_memory_and_come_back) {
    constexpr size_t size = 16 << 20;
    write_file(path("large"), [](ByteSink& sink) { sink.write(std::vector<std::byte>(size, std::byte{7})); });
    const Buffer file = map_file(path("large"));
    const auto sum = [](std::span<const std::byte> bytes) {
        size_t total = 0;
        for (std::byte b : bytes) total += static_cast<size_t>(b);
        return total;
    };
    EXPECT_EQ(sum(file.bytes()), 7 * size);
    const size_t page = static_cast<size_t>(::sysconf(_SC_PAGESIZE)), before = resident_pages();
    release_pages(file, file.bytes().subspan(100, size - 200));
    EXPECT_LT(resident_pages() + size / page / 2, before);
    EXPECT_EQ(sum(file.bytes()), 7 * size);
    const std::vector<std::byte> elsewhere(size, std::byte{3});
    release_pages(file, elsewhere);
    release_pages(file, {});
    EXPECT_EQ(sum(elsewhere), 3 * size);
}

TEST_F(Files, a_failed_write_leaves_the_old_file_and_nothing_else) {
    write_file(path("a"), [](ByteSink& sink) { sink.write_text("old"); });
    EXPECT_THROW(write_file(path("a"),
                            [](ByteSink& sink) {
                                sink.write_zeros(200000);
                                fail(Fault::internal, "halfway");
                            }),
                 Error);
    EXPECT_THROW(write_file(
                     path("a"), [](ByteSink& sink) { sink.write_text("new"); },
                     [](const std::string& temporary) {
                         EXPECT_EQ(content(temporary), "new");
                         fail(Fault::mismatch, "not accepted");
                     }),
                 Error);
    EXPECT_EQ(content(path("a")), "old");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(Files, a_splat_is_written_as_its_repetition) {
    float one = 1.5f;
    Buffer splat = Buffer::splat(std::as_bytes(std::span(&one, 1)), 100000 * sizeof(float));
    write_file(path("s"), [&](ByteSink& sink) { sink.write_buffer(splat); });
    Buffer back = map_file(path("s"));
    EXPECT_TRUE(same_content(splat, back));
}

TEST_F(Files, what_cannot_be_read_is_named) {
    std::ofstream(path("empty")).close();
    for (const std::string& bad : {path("absent"), path("empty"), folder_.string()}) {
        try {
            map_file(bad);
            FAIL() << bad;
        } catch (const Error& e) {
            EXPECT_EQ(e.fault, Fault::input);
            EXPECT_NE(std::string(e.what()).find(bad), std::string::npos) << e.what();
        }
    }
}

}  // namespace
}  // namespace tinsmith
