#include "terminal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace tinsmith::cli {

namespace {

bool wants_colour() {
    const char* off = std::getenv("NO_COLOR");
    if (off && *off) return false;
    const char* force = std::getenv("CLICOLOR_FORCE");
    if (force && *force && std::string_view(force) != "0") return true;
    const char* terminal = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) && terminal && std::string_view(terminal) != "dumb";
}

// Characters shown, colour codes left out; UTF-8 continuation bytes do not count.
size_t width(const std::string& text) {
    size_t out = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\033')
            i = std::min(text.find('m', i), text.size() - 1);
        else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80)
            ++out;
    }
    return out;
}

bool is_number(const std::string& text) {
    size_t at = text.starts_with('\033') ? text.find('m') + 1 : 0;
    return at < text.size() &&
           (std::isdigit(static_cast<unsigned char>(text[at])) || (text[at] == '-' && at + 1 < text.size()));
}

std::string scaled(double value, std::array<std::string_view, 4> units, double step) {
    size_t unit = 0;
    for (; value >= step && unit + 1 < units.size(); ++unit) value /= step;
    return unit == 0 ? fmt::format("{:.0f}{}", value, units[0]) : fmt::format("{:.1f}{}", value, units[unit]);
}

// At most a hundred lines and one for each piece of work.
void progress_for_a_program(std::string_view what, int64_t done, int64_t total) {
    if (total <= 0 || (done < total && done * 100 / total == (done - 1) * 100 / total)) return;
    fmt::print(stderr, "progress\t{}\t{}\t{}\n", what, done, total);
    std::fflush(stderr);
}

}  // namespace

std::string styled(Style style, const std::string& text) {
    static const bool colour = wants_colour();
    static constexpr std::array<std::string_view, 6> codes{"", "1", "2", "32", "33", "31"};
    if (!colour || style == Style::plain) return text;
    return fmt::format("\033[{}m{}\033[0m", codes[static_cast<size_t>(style)], text);
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width(row[c]));
    }
    std::string out;
    for (size_t r = 0; r < rows.size(); ++r) {
        std::string line;
        for (size_t c = 0; c < rows[r].size(); ++c) {
            std::string padding(widths[c] - width(rows[r][c]), ' ');
            std::string cell = r == 0 ? styled(Style::bold, rows[r][c]) : rows[r][c];
            const auto& decides = rows[r == 0 && rows.size() > 1 ? 1 : r];
            const bool right = rows.size() > 1 && c < decides.size() && is_number(decides[c]);
            line += (c ? "  " : "") + (right ? padding + cell : cell + padding);
        }
        out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return out;
}

Progress progress_line(bool quiet) {
    const char* form = std::getenv("TINSMITH_PROGRESS");
    if (form && std::string_view(form) == "lines") return progress_for_a_program;
    if (quiet || !::isatty(STDERR_FILENO)) return {};
    return [](std::string_view what, int64_t done, int64_t total) {
        constexpr int cells = 24;
        if (total <= 0 || done >= total) {
            fmt::print(stderr, "\r\033[K");
        } else {
            auto filled = static_cast<size_t>(cells * done / total);
            fmt::print(stderr, "\r\033[K{} [{}{}] {}/{}", what, std::string(filled, '='), std::string(cells - filled, ' '),
                       done, total);
        }
        std::fflush(stderr);
    };
}

std::string human_count(int64_t count) { return scaled(static_cast<double>(count), {"", " K", " M", " G"}, 1000); }

}  // namespace tinsmith::cli
