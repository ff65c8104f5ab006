// A folder for files on the way, gone when it goes out of scope.
#pragma once

#include <filesystem>

namespace tinsmith {

class Workplace {
public:
    // Throws Fault::input where no folder can be made.
    Workplace();
    ~Workplace();
    Workplace(const Workplace&) = delete;
    Workplace& operator=(const Workplace&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace tinsmith
