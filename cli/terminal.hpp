// What the command shows people: colours where they are wanted, tables, and one line of progress.
#pragma once

#include "base/progress.hpp"

#include <string>
#include <vector>

namespace tinsmith::cli {

enum class Style { plain, bold, dim, good, warn, bad };

// `text` in a style when standard output is a terminal that wants colour (NO_COLOR unset or empty, TERM not "dumb").
std::string styled(Style style, const std::string& text);

// Columns aligned, numbers (cells that start with a digit) to the right; the first row is the heading.
std::string table(const std::vector<std::vector<std::string>>& rows);

// Draws "what [=====   ] 12/40" on standard error when that is a terminal and `quiet` is false; otherwise does nothing. With
// TINSMITH_PROGRESS=lines it prints lines "progress<tab>what<tab>12<tab>40" there in any case, for a program that shows them.
Progress progress_line(bool quiet);

std::string human_count(int64_t count);  // "300.8 M"

}  // namespace tinsmith::cli
