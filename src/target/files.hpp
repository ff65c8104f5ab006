// The data files that are part of the program.
#pragma once

#include <span>
#include <string_view>

namespace tinsmith {

struct DataFile {
    std::string_view folder, name, text;  // "boards", "esp32", its JSON
};
std::span<const DataFile> target_files();

}  // namespace tinsmith
