#include "base/isolate.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>

namespace tinsmith {

namespace {

void limit(decltype(RLIMIT_CPU) what, rlim_t value) {
    const rlimit both{value, value};
    setrlimit(what, &both);
}

// Bytes of address space in use.
size_t address_space() {
    size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    return pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

bool write_all(int to, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t n = write(to, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes = bytes.subspan(static_cast<size_t>(n));
    }
    return true;
}

[[noreturn]] void run_child(int to, const std::function<void(std::vector<std::byte>&)>& body, int seconds, size_t memory) {
    // A crash here is foreseen: it is nothing for the handlers of the program around it.
    for (const int crash : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGXCPU}) std::signal(crash, SIG_DFL);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, static_cast<rlim_t>(seconds));
    limit(RLIMIT_AS, address_space() + memory);
    if (const int nowhere = open("/dev/null", O_WRONLY); nowhere >= 0)
        dup2(nowhere, STDERR_FILENO);  // a crash has its own words
    bool fine = false;
    try {
        std::vector<std::byte> out;
        body(out);
        fine = write_all(to, out);
    } catch (...) {  // the parent sees that it failed
    }
    _exit(fine ? 0 : 1);
}

std::vector<std::byte> read_all(int from) {
    std::vector<std::byte> out;
    for (size_t got = 0;;) {
        constexpr size_t piece = size_t{64} << 10;
        out.resize(got + piece);
        const ssize_t n = read(from, out.data() + got, piece);
        if (n < 0 && errno == EINTR) continue;
        got += n > 0 ? static_cast<size_t>(n) : 0;
        out.resize(got);
        if (n <= 0) return out;
    }
}

}  // namespace

std::optional<std::vector<std::byte>> isolated(const std::function<void(std::vector<std::byte>&)>& body, int seconds,
                                               size_t memory) {
    int ends[2];
    if (pipe(ends) != 0) fail(Fault::internal, "no pipe to another process");
    const pid_t child = fork();
    if (child < 0) fail(Fault::internal, "no process to read the file in");
    if (child == 0) {
        close(ends[0]);
        run_child(ends[1], body, seconds, memory);
    }
    close(ends[1]);
    std::vector<std::byte> out = read_all(ends[0]);
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
    return out;
}

}  // namespace tinsmith
