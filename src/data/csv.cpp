#include "data/csv.hpp"

#include "data/image.hpp"
#include "data/labels.hpp"
#include "data/sound.hpp"

#include <algorithm>
#include <charconv>

namespace tinsmith {

CsvFile::CsvFile(Buffer file, std::string path) : file_(std::move(file)), path_(std::move(path)) {
    text_ = {reinterpret_cast<const char*>(file_.bytes().data()), file_.size()};
    if (text_.starts_with("\xef\xbb\xbf")) start_ = 3;
    check(!text_.starts_with("\xff\xfe") && !text_.starts_with("\xfe\xff"), "{}: the text is UTF-16; UTF-8 is read", path_);
    start_ = skip_empty_lines(start_);
    check(start_ < text_.size(), "{}: there are no rows", path_);
    size_t commas = 0, semicolons = 0, tabs = 0;
    bool quoted = false;
    for (size_t at = start_; at < text_.size() && (quoted || text_[at] != '\n'); ++at) {
        quoted ^= text_[at] == '"';
        commas += !quoted && text_[at] == ',';
        semicolons += !quoted && text_[at] == ';';
        tabs += !quoted && text_[at] == '\t';
    }
    // With a decimal comma in every number there is one more of them than semicolons.
    if (semicolons > commas || (semicolons > 0 && commas == semicolons + 1)) separator_ = ';';
    if (tabs > std::max(commas, semicolons)) separator_ = '\t';
}

size_t CsvFile::skip_empty_lines(size_t at) const {
    while (at < text_.size() && (text_[at] == '\n' || text_[at] == '\r')) ++at;
    return at;
}

std::string CsvFile::place(size_t at) const {
    const auto end = text_.begin() + static_cast<std::ptrdiff_t>(std::min(at, text_.size()));
    return fmt::format("{}:{}", path_, 1 + std::count(text_.begin(), end, '\n'));
}

// Reads a cell after its opening quote at `at` and returns where its separator or line end stands.
size_t CsvFile::read_quoted(size_t at, size_t row_start, CsvRow& row) const {
    const size_t first = at + 1;
    std::string* copy = nullptr;
    for (size_t from = first;;) {
        const size_t quote = text_.find('"', from);
        if (quote == std::string_view::npos)
            fail(Fault::input, "{}: a quote in column {} does not end", place(row_start), row.cells.size() + 1);
        const bool doubled = quote + 1 < text_.size() && text_[quote + 1] == '"';
        if (doubled && !copy) copy = &row.unescaped.emplace_back(text_.substr(first, from - first));
        if (copy) copy->append(text_.substr(from, quote - from + (doubled ? 1 : 0)));
        if (!doubled) {
            row.cells.push_back(copy ? std::string_view(*copy) : text_.substr(first, quote - first));
            at = quote + 1;
            break;
        }
        from = quote + 2;
    }
    const bool ends = at == text_.size() || text_[at] == separator_ || text_[at] == '\n' || text_[at] == '\r';
    if (!ends) fail(Fault::input, "{}: text follows the quotes in column {}", place(row_start), row.cells.size());
    return at;
}

size_t CsvFile::read_row(size_t at, CsvRow& row) const {
    row.cells.clear();
    row.unescaped.clear();
    const size_t row_start = at;
    while (true) {
        if (at < text_.size() && text_[at] == '"') {
            at = read_quoted(at, row_start, row);
        } else {
            const size_t first = at;
            while (at < text_.size() && text_[at] != separator_ && text_[at] != '\n') ++at;
            size_t end = at;
            if (end > first && text_[end - 1] == '\r' && (at == text_.size() || text_[at] == '\n')) --end;
            row.cells.push_back(text_.substr(first, end - first));
        }
        if (at >= text_.size() || text_[at] != separator_) return skip_empty_lines(at);
        ++at;
    }
}

std::optional<double> csv_number(std::string_view cell) {
    while (!cell.empty() && cell.front() == ' ') cell.remove_prefix(1);
    while (!cell.empty() && cell.back() == ' ') cell.remove_suffix(1);
    if (cell.starts_with('+')) cell.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc{} || end != cell.data() + cell.size()) return std::nullopt;
    return value;
}

static bool same_name(std::string_view a, std::string_view lower) {
    return std::equal(a.begin(), a.end(), lower.begin(), lower.end(),
                      [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x + 32 : x) == y; });
}

CsvHeader csv_header(const CsvFile& file) {
    CsvRow row;
    const size_t second = file.read_row(file.start(), row);
    size_t numbers = 0, known = 0, paths = 0;
    bool counting = true;  // the numbers are 0, 1, 2, ...
    for (std::string_view cell : row.cells) {
        const auto value = csv_number(cell);
        if (value) counting = counting && *value == static_cast<double>(numbers++);
        known += is_label_name(cell);
        paths += is_image_path(cell) || is_sound_path(cell);
    }
    if (paths > 0 || (numbers > 0 && !(counting && (known > 0 || numbers >= 3)))) return {{}, file.start()};
    check(second < file.size(), "{}: there is a header, but no row", file.path());
    CsvHeader header{{row.cells.begin(), row.cells.end()}, second};
    file.read_row(second, row);
    if (row.cells.size() != header.names.size())
        fail(Fault::input, "{}: {} columns, the header has {}", file.place(second), row.cells.size(), header.names.size());
    return header;
}

std::optional<size_t> column_named(const CsvHeader& header, std::initializer_list<std::string_view> known) {
    for (std::string_view name : known)
        for (size_t i = 0; i < header.names.size(); ++i)
            if (same_name(header.names[i], name)) return i;
    return std::nullopt;
}

std::optional<size_t> label_column(const CsvHeader& header) {
    const auto found = std::find_if(header.names.begin(), header.names.end(), is_label_name);
    return found == header.names.end() ? std::nullopt : std::optional(static_cast<size_t>(found - header.names.begin()));
}

}  // namespace tinsmith
