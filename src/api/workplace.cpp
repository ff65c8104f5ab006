#include "api/workplace.hpp"

#include "base/error.hpp"

#include <cstdlib>

namespace tinsmith {

namespace fs = std::filesystem;

Workplace::Workplace() {
    std::string form = (fs::temp_directory_path() / "tinsmith-XXXXXX").string();
    check(mkdtemp(form.data()) != nullptr, "no folder can be made in {}", fs::temp_directory_path().string());
    path_ = form;
}

Workplace::~Workplace() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

}  // namespace tinsmith
