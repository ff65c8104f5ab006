// How near the planner comes to the capacity of known hard problems: files NAME.CAPACITY.csv with columns lower, upper (behind the last
// step) and size, as MiniMalloc's benchmark has them. Usage: bench_placements FOLDER
#include "plan/place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

using namespace tinsmith;
namespace fs = std::filesystem;

static std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> out;
    std::istringstream text(line);
    for (std::string cell; std::getline(text, cell, ',');) out.push_back(cell.substr(0, cell.find('\r')));
    return out;
}

// Steps are points in time there: only their order counts.
static std::vector<Lifetime> read_problem(const fs::path& path) {
    struct Buffer {
        uint64_t lower, upper, size;
    };
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    std::map<std::string, size_t> column;
    for (const std::string& name : cells(line)) column.emplace(name, column.size());
    std::vector<Buffer> buffers;
    std::map<uint64_t, uint32_t> step;
    while (std::getline(file, line)) {
        const auto row = cells(line);
        if (row.size() < column.size()) continue;
        const auto number = [&](const char* name) { return std::stoull(row.at(column.at(name))); };
        buffers.push_back({number("lower"), number("upper"), number("size")});
        step[buffers.back().lower];
        step[buffers.back().upper];
    }
    uint32_t next = 0;
    for (auto& [time, index] : step) index = next++;
    std::vector<Lifetime> out;
    for (const Buffer& b : buffers) out.push_back({b.size, step[b.lower], step[b.upper] - 1});
    return out;
}

int main(int count, char** arguments) {
    const fs::path folder = count > 1 ? arguments[1] : "../shared/corpus/minimalloc";
    if (!fs::is_directory(folder)) {
        fmt::print("placements: skipped, {} is no folder (MiniMalloc's benchmarks/challenging)\n", folder.string());
        return 0;
    }
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".csv") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    fmt::print(
        "| problem | buffers | lower bound | planned | of the capacity | largest first | CPU s "
        "|\n|---|---|---|---|---|---|---|\n");
    for (const fs::path& path : files) {
        const std::vector<Lifetime> lives = read_problem(path);
        const std::string stem = path.stem().string();
        const double capacity = std::stod(stem.substr(stem.find('.') + 1));
        const std::clock_t start = std::clock();
        const size_t planned = place_best({lives, {}, 1}, 1'000'000).bytes;
        const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        fmt::print("| {} | {} | {} | {} | {:.3f} | {:.3f} | {:.2f} |\n", stem, lives.size(), live_peak(lives, 1), planned,
                   static_cast<double>(planned) / capacity, static_cast<double>(place(lives, 1).bytes) / capacity, seconds);
    }
}
