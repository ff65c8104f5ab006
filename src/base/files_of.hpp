// A model may be a file or a folder of files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tinsmith {

// `path` itself, or the paths of the files under it that are not empty, sorted. Throws Fault::input where it cannot be read.
std::vector<std::string> files_of(const std::string& path);

// Bytes of all of them.
uint64_t size_on_disk(const std::string& path);

}  // namespace tinsmith
