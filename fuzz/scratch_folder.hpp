// A folder of the fuzz target's own, in memory where there is such a place, for decoders that read more than one file.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

class ScratchFolder {
public:
    ScratchFolder() {
        std::string name =
            std::filesystem::is_directory("/dev/shm") ? "/dev/shm/tinsmith_fuzz_XXXXXX" : "/tmp/tinsmith_fuzz_XXXXXX";
        path_ = ::mkdtemp(name.data());
    }
    ~ScratchFolder() { std::filesystem::remove_all(path_); }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::string& path() const { return path_; }
    void write(const std::string& name, std::span<const uint8_t> bytes) const {
        const std::string path = path_ + "/" + name;
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
    }

private:
    std::string path_;
};
