#include "base/file.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <vector>

namespace tinsmith {

namespace {

struct Descriptor {
    int fd = -1;
    ~Descriptor() {
        if (fd >= 0) ::close(fd);
    }
};

std::string missing_folder(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code error;
    if (folder.empty() || std::filesystem::is_directory(folder, error)) return {};
    return fmt::format("; there is no folder '{}'", folder.string());
}

// A file being written under a temporary name; removed unless it is kept.
class PendingFile final : public ByteSink {
public:
    explicit PendingFile(const std::string& path) : path_(path), temporary_(path + ".XXXXXX") {
        file_.fd = ::mkstemp(temporary_.data());
        const int why = errno;
        if (file_.fd < 0) fail(Fault::input, "cannot write '{}': {}{}", path, std::strerror(why), missing_folder(path));
        buffer_.reserve(capacity);
    }
    PendingFile(const PendingFile&) = delete;
    PendingFile& operator=(const PendingFile&) = delete;
    ~PendingFile() override {
        if (!kept_) ::unlink(temporary_.c_str());
    }

    void write(std::span<const std::byte> bytes) override {
        if (buffer_.size() + bytes.size() > capacity) flush();
        if (bytes.size() > capacity) return write_through(bytes);
        buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    }

    const std::string& complete() {
        flush();
        return temporary_;
    }

    void keep() {
        mode_t mask = ::umask(0);
        ::umask(mask);
        ::fchmod(file_.fd, 0666 & ~mask);
        check(::rename(temporary_.c_str(), path_.c_str()) == 0, "cannot write '{}': {}", path_, std::strerror(errno));
        kept_ = true;
    }

private:
    static constexpr size_t capacity = 1 << 16;

    void flush() {
        write_through(buffer_);
        buffer_.clear();
    }
    void write_through(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            ssize_t written = ::write(file_.fd, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            check(written > 0, "cannot write '{}': {}", path_, std::strerror(errno));
            bytes = bytes.subspan(static_cast<size_t>(written));
        }
    }

    std::string path_, temporary_;
    Descriptor file_;
    std::vector<std::byte> buffer_;
    bool kept_ = false;
};

}  // namespace

// What else a path that leads nowhere may mean: a folder that is missing too, or the names nearest to its last part.
static std::string way_out(const std::string& path) {
    namespace fs = std::filesystem;
    fs::path wanted(path);
    if (!wanted.has_filename()) wanted = wanted.parent_path();  // "folder/"
    const fs::path folder = wanted.has_parent_path() ? wanted.parent_path() : fs::path(".");
    std::error_code error;
    if (std::string missing = missing_folder(wanted.string()); !missing.empty()) return missing;
    const std::string name = wanted.filename().string();
    constexpr size_t most_looked_at = 10000;
    std::vector<std::string> alike;
    size_t looked_at = 0;
    for (auto at = fs::directory_iterator(folder, error);
         !error && at != fs::directory_iterator() && looked_at < most_looked_at; at.increment(error), ++looked_at)
        if (std::string other = at->path().filename().string(); edit_distance(name, other) <= 1 + name.size() / 4)
            alike.push_back(std::move(other));
    std::sort(alike.begin(), alike.end());
    return alike.empty() ? "" : fmt::format("; there is {}", nearest_names(name, alike));
}

void check_exists(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) return;
    const int why = errno;
    fail(Fault::input, "cannot open '{}': {}{}", path, std::strerror(why), why == ENOENT ? way_out(path) : "");
}

Buffer map_file(const std::string& path) {
    check_exists(path);
    Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    check(file.fd >= 0, "cannot open '{}': {}", path, std::strerror(errno));
    struct stat status {};
    check(::fstat(file.fd, &status) == 0, "cannot read '{}': {}", path, std::strerror(errno));
    check(!S_ISDIR(status.st_mode), "'{}' is a folder, not a file", path);
    check(S_ISREG(status.st_mode), "'{}' is not a regular file", path);
    check(status.st_size > 0, "'{}' is empty", path);
    auto size = static_cast<size_t>(status.st_size);
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd, 0);
    check(address != MAP_FAILED, "cannot map '{}': {}", path, std::strerror(errno));
    std::shared_ptr<const void> owner(address, [size](const void* mapped) { ::munmap(const_cast<void*>(mapped), size); });
    return Buffer(std::move(owner), static_cast<const std::byte*>(address), size);
}

void release_pages(const Buffer& file, std::span<const std::byte> part) {
    const std::byte *start = file.bytes().data(), *end = start + file.size();
    if (part.empty() || std::less{}(part.data(), start) || std::less{}(end, part.data() + part.size())) return;
    const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
    const size_t first = static_cast<size_t>(part.data() - start) / page * page;
    const size_t past = static_cast<size_t>(part.data() + part.size() - start);
    ::madvise(const_cast<std::byte*>(start + first), past - first, MADV_DONTNEED);  // at worst, nothing happens
}

void ByteSink::write_zeros(size_t count) {
    static constexpr std::array<std::byte, 4096> zeros{};
    for (; count > 0; count -= std::min(count, zeros.size())) write(std::span(zeros).first(std::min(count, zeros.size())));
}

void ByteSink::write_buffer(const Buffer& buffer) {
    auto element = buffer.splat_element();
    if (element.empty()) return write(buffer.bytes());
    std::vector<std::byte> block;
    size_t block_size = std::min<size_t>(buffer.size(), element.size() * 4096);
    while (block.size() < block_size) block.insert(block.end(), element.begin(), element.end());
    for (size_t left = buffer.size(); left > 0; left -= std::min(left, block.size()))
        write(std::span(block).first(std::min(left, block.size())));
}

void write_file(const std::string& path, const std::function<void(ByteSink&)>& fill,
                const std::function<void(const std::string& temporary)>& accept) {
    PendingFile file(path);
    fill(file);
    const std::string& temporary = file.complete();
    if (accept) accept(temporary);
    file.keep();
}

}  // namespace tinsmith
