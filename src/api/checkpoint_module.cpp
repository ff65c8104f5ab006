#include "api/checkpoint_module.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "format/torch/checkpoint.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <optional>

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace tinsmith {

namespace {

namespace fs = std::filesystem;

// How tinsmith.export_checkpoint ends (python/tinsmith/export_checkpoint.py); anything else is a Python that could not start it.
constexpr int done = 0, fault_input = 2, fault_unsupported = 3;

struct ModuleName {
    std::string file, name;
};

ModuleName split(const std::string& module) {
    const size_t at = module.rfind(':');
    check(at != std::string::npos && at > 0 && at + 1 < module.size(), "--module '{}': expected FILE.py:CLASS", module);
    return {module.substr(0, at), module.substr(at + 1)};
}

void check_request(const std::string& checkpoint, const CheckpointModule& module) {
    const ModuleName name = split(module.name);
    check_exists(name.file);
    check(!module.shapes.empty(), "--module needs --shape, what {} takes: --shape 1x3x64x64", name.name);
    if (!module.arguments.empty())
        check(nlohmann::json::parse(module.arguments, nullptr, false).is_object(),
              "--module-args '{}': expected a JSON object of arguments by name, like '{{\"num_classes\": 5}}'",
              module.arguments);
    const Buffer file = map_file(checkpoint);
    check(torch::looks_like_checkpoint(checkpoint, file),
          "{}: --module is for a checkpoint, and this is no file of torch.save or .safetensors", checkpoint);
    within(checkpoint, [&] { return torch::read_checkpoint(file).tensors.size(); });
}

// While Python runs, an interrupt is for both: this process outlives it to take its folder away.
class Patience {
public:
    Patience() : interrupt_(std::signal(SIGINT, SIG_IGN)) {}
    ~Patience() { std::signal(SIGINT, interrupt_); }
    Patience(const Patience&) = delete;
    Patience& operator=(const Patience&) = delete;

private:
    void (*interrupt_)(int);
};

// Starts the words' first without a shell, what it prints on our standard error; its status as waitpid has it, or none.
std::optional<int> run(const std::vector<std::string>& words) {
    std::vector<char*> line;
    for (const std::string& word : words) line.push_back(const_cast<char*>(word.c_str()));
    line.push_back(nullptr);
    posix_spawn_file_actions_t streams;
    posix_spawn_file_actions_init(&streams);
    posix_spawn_file_actions_addopen(&streams, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&streams, STDERR_FILENO, STDOUT_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t usual;
    sigemptyset(&usual);
    sigaddset(&usual, SIGINT);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    const Patience patience;
    pid_t child = 0;
    const int failed = posix_spawnp(&child, line[0], &streams, &attributes, line.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&streams);
    if (failed != 0) return std::nullopt;
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

std::string text_of(const fs::path& path) {
    std::error_code ignored;
    if (!fs::is_regular_file(path, ignored) || fs::file_size(path, ignored) == 0) return "";
    const Buffer file = map_file(path.string());
    return {reinterpret_cast<const char*>(file.bytes().data()), file.size()};
}

// For whoever has PyTorch elsewhere.
std::string three_lines(const std::string& checkpoint, const CheckpointModule& module) {
    const ModuleName name = split(module.name);
    const bool safe = checkpoint.ends_with(".safetensors");
    std::string sample;  // "1, 3, 64, 64"
    for (const char c : module.shapes[0].find_first_not_of("0123456789x") == std::string::npos ? module.shapes[0] : "1x3x64x64")
        sample += c == 'x' ? ", " : std::string(1, c);
    return fmt::format(
        "  model = {}({})  # of {}\n"
        "  model.load_state_dict({}(\"{}\"))\n"
        "  torch.export.save(torch.export.export(model.eval(), (torch.zeros({}),)), \"{}.pt2\")",
        name.name, module.arguments.empty() ? "" : "**" + module.arguments, name.file,
        safe ? "safetensors.torch.load_file" : "torch.load", fs::path(checkpoint).filename().string(), sample,
        fs::path(checkpoint).stem().string());
}

}  // namespace

std::string CheckpointModule::described() const {
    const ModuleName name = split(this->name);
    return fs::path(name.file).filename().string() + ":" + name.name;
}

std::string python_command() {
    const char* named = std::getenv("TINSMITH_PYTHON");
    return named && *named ? named : "python3";
}

std::string exported_checkpoint(const std::string& checkpoint, const CheckpointModule& module, const fs::path& folder) {
    check_request(checkpoint, module);
    const std::string python = python_command();
    std::string output = (folder / fs::path(checkpoint).stem()).string() + ".pt2";
    const fs::path reason = folder / "reason";
    // -P: modules of the working folder do not stand in for Python's own; -B: nothing is written beside the module's file.
    std::vector<std::string> words{
        python,          "-P", "-B", "-m", "tinsmith.export_checkpoint", checkpoint, output, reason.string(), module.name,
        module.arguments};
    words.insert(words.end(), module.shapes.begin(), module.shapes.end());
    const std::optional<int> status = run(words);
    const std::string said = text_of(reason);
    if (status && WIFSIGNALED(*status) && WTERMSIG(*status) == SIGINT) {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
        std::raise(SIGINT);  // as the interrupt would have ended this process
        fail(Fault::input, "interrupted");
    }
    const int code = status && WIFEXITED(*status) ? WEXITSTATUS(*status) : -1;
    if (code == done && fs::is_regular_file(output)) return output;
    if (code == fault_input) fail(Fault::input, "{}", said);
    if (code == fault_unsupported) fail(Fault::unsupported, "{}", said);
    const std::string why = !said.empty() ? said
                            : !status     ? "there is no such program"
                                          : "it could not start tinsmith.export_checkpoint";
    fail(Fault::input,
         "{}: --module needs a Python that has tinsmith and torch, and '{}' is none: {}\nInstall them (`pip install tinsmith "
         "torch`; "
         "TINSMITH_PYTHON names another Python), or make a file of the graph where they are:\n{}",
         checkpoint, python, why, three_lines(checkpoint, module));
}

}  // namespace tinsmith
