#include "litert/library.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>

namespace tinsmith::litert {

namespace fs = std::filesystem;

static constexpr std::string_view file_name = "libLiteRt.so", package = "ai_edge_litert";
static constexpr std::string_view install =
    "Install it with `pip install ai-edge-litert` (2.2 or later) and name it with --litert PATH or TINSMITH_LITERT=PATH: the "
    "file "
    "libLiteRt.so, or the virtual environment that has it";

// Folders below `folder` called python3.*, newest first: "python3.9" comes before "python3.11" by its letters.
static std::vector<fs::path> python_folders(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (it->path().filename().string().starts_with("python3")) found.push_back(it->path());
    std::sort(found.begin(), found.end(), [](const fs::path& a, const fs::path& b) {
        const std::string x = a.filename(), y = b.filename();
        return x.size() != y.size() ? x.size() > y.size() : x > y;
    });
    return found;
}

// Where the library may lie under a folder that somebody named: the package, site-packages, or an environment.
static std::vector<fs::path> candidates_in(const fs::path& folder) {
    std::vector<fs::path> out{folder / file_name, folder / package / file_name};
    for (const fs::path& python : python_folders(folder / "lib"))
        for (const char* packages : {"site-packages", "dist-packages"}) out.push_back(python / packages / package / file_name);
    return out;
}

static std::vector<fs::path> usual_candidates() {
    std::vector<fs::path> folders;
    if (const char* environment = std::getenv("VIRTUAL_ENV")) folders.emplace_back(environment);
    for (const char* here : {".venv", "venv", ".venv-test"}) folders.emplace_back(here);
    if (const char* home = std::getenv("HOME")) folders.push_back(fs::path(home) / ".local");
    folders.insert(folders.end(), {"/usr/local", "/usr"});
    std::vector<fs::path> out;
    for (const fs::path& folder : folders)
        for (fs::path& candidate : candidates_in(folder)) out.push_back(std::move(candidate));
    return out;
}

static std::string find(const std::string& stated) {
    std::string path = stated;
    if (const char* variable = std::getenv("TINSMITH_LITERT"); path.empty() && variable) path = variable;
    std::error_code error;
    if (!path.empty()) {
        check(fs::exists(path, error), "LiteRT: there is no '{}'. {}", path, install);
        if (!fs::is_directory(path, error)) return path;
    }
    for (const fs::path& candidate : path.empty() ? usual_candidates() : candidates_in(path))
        if (fs::is_regular_file(candidate, error)) return candidate.string();
    if (path.empty()) return std::string(file_name);  // wherever the loader looks
    fail(Fault::input, "LiteRT: there is no {} in '{}'. {}", file_name, path, install);
}

// "ai_edge_litert-2.3.0.dist-info" beside the package.
static std::string version_beside(const fs::path& library) {
    std::error_code error;
    const fs::path packages = library.parent_path().parent_path();
    const std::string prefix = std::string(package) + "-";
    for (fs::directory_iterator it(packages, error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename();
        if (name.starts_with(prefix) && name.ends_with(".dist-info"))
            return name.substr(prefix.size(), name.size() - prefix.size() - std::string_view(".dist-info").size());
    }
    return "";
}

static Library load(const std::string& path) {
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    check(handle != nullptr || path != file_name, "LiteRT is not found. {}", install);
    check(handle != nullptr, "LiteRT: its shared library cannot be opened: {}. {}", dlerror(), install);
    Library library;
    library.path = path;
    library.version = version_beside(path);
    // Before 2.1.6 LiteRtCreateModelFrom... of the same names took other parameters; this one came with the change.
    static constexpr const char* newest = "LiteRtCreateModelFromFd";
    std::string missing = dlsym(handle, newest) ? "" : newest;
#define TINSMITH_LITERT_LOAD(name, result, parameters)                                    \
    library.name = reinterpret_cast<result(*) parameters>(dlsym(handle, "LiteRt" #name)); \
    if (!library.name) missing = "LiteRt" #name;
    TINSMITH_LITERT_FUNCTIONS(TINSMITH_LITERT_LOAD)
#undef TINSMITH_LITERT_LOAD
    check(missing.empty(), "LiteRT: '{}'{} has no {}: a later version is needed. {}", path,
          library.version.empty() ? "" : " (version " + library.version + ")", missing, install);
    return library;
}

const Library& open_library(const std::string& path) {
    static std::mutex mutex;
    static std::map<std::string, Library> opened;
    const std::scoped_lock lock(mutex);
    const std::string file = find(path);
    auto at = opened.find(file);
    if (at == opened.end()) at = opened.emplace(file, load(file)).first;
    return at->second;
}

std::string status_text(Status status) {
    static const std::map<Status, std::string_view> texts{{1, "invalid argument"},
                                                          {2, "out of memory"},
                                                          {3, "it failed while running"},
                                                          {4, "an input is missing"},
                                                          {5, "not supported"},
                                                          {6, "not found"},
                                                          {8, "wrong version"},
                                                          {500, "the file cannot be read"},
                                                          {501, "not a sound model file"},
                                                          {502, "a library cannot be opened"},
                                                          {504, "the model cannot be made ready"}};
    const auto at = texts.find(status);
    return fmt::format("{} (status {})", at == texts.end() ? "unknown error" : at->second, status);
}

void done(Status status, std::string_view what) { check(status == 0, "LiteRT: {} failed: {}", what, status_text(status)); }

}  // namespace tinsmith::litert
