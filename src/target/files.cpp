#include "target/files.hpp"

namespace tinsmith {

std::span<const DataFile> target_files() {
    static constexpr DataFile files[] = {
#define DATA_FILE(folder, name, text) {folder, name, text},
#include "target_files.inc"  // written by CMake from boards/, cores/ and budgets/
#undef DATA_FILE
    };
    return files;
}

}  // namespace tinsmith
