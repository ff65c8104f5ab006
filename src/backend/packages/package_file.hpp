// A file of a package, before anything is written.
#pragma once

#include <string>

namespace tinsmith {

struct PackageFile {
    std::string name;  // in the folder: "src/kws.cpp"
    std::string text;  // or bytes
};

}  // namespace tinsmith
