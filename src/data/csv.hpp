// Tables of text: CSV as RFC 4180 has it, separated by commas, semicolons or tabs. Read in place; a row costs no memory of its own.
#pragma once

#include "base/buffer.hpp"
#include "base/error.hpp"

#include <deque>
#include <optional>

namespace tinsmith {

// The cells of one row. Those with doubled quotes are copied, the others are parts of the file.
struct CsvRow {
    std::vector<std::string_view> cells;
    std::deque<std::string> unescaped;
};

class CsvFile {
public:
    // The separator is the one of the first line. Throws Fault::input when there is no row.
    CsvFile(Buffer file, std::string path);

    const std::string& path() const { return path_; }
    // Reads the row that starts at `at` into `row`, and returns where the next one starts; size() at the end. Empty lines are
    // skipped. Throws Fault::input naming the line.
    size_t read_row(size_t at, CsvRow& row) const;
    size_t start() const { return start_; }
    size_t size() const { return text_.size(); }
    // "x.csv:17" for the row that starts at `at`.
    std::string place(size_t at) const;

private:
    size_t skip_empty_lines(size_t at) const;
    size_t read_quoted(size_t at, size_t row_start, CsvRow& row) const;

    Buffer file_;
    std::string path_;
    std::string_view text_;
    size_t start_ = 0;
    char separator_ = ',';
};

// The number in a cell, spaces around it ignored; nothing when it is none.
std::optional<double> csv_number(std::string_view cell);

// How a file was understood.
struct CsvHeader {
    std::vector<std::string> names;  // empty: the first row is data
    size_t first_row = 0;            // where data start
};

// The first row is a header when none of its cells is a number or a path, or when its numbers count the columns (0,1,2,… as
// pandas writes columns without names). Throws Fault::input when nothing follows it.
CsvHeader csv_header(const CsvFile& file);

// The first column with one of `known` names, in the order of `known`, in any case.
std::optional<size_t> column_named(const CsvHeader& header, std::initializer_list<std::string_view> known);

// The first column that is_label_name().
std::optional<size_t> label_column(const CsvHeader& header);

}  // namespace tinsmith
