#include "data/convert.hpp"
#include "data/fit.hpp"
#include "data/source.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

namespace {

// Which columns are what.
struct Columns {
    std::vector<size_t> features;
    std::optional<size_t> label;
};

class CsvSource final : public Source {
public:
    CsvSource(std::shared_ptr<const CsvFile> file, const InputSlot& slot) : file_(std::move(file)), slot_(slot) {}

    std::vector<uint64_t> rows;
    std::vector<size_t> columns;
    std::optional<PixelTable> table;  // set: cells are pixels
    size_t channel_axis = 0;

    size_t count() const override { return rows.size(); }
    std::string name(size_t index) const override { return file_->place(rows[index]); }
    bool pixels() const override { return table.has_value(); }

    Buffer sample(size_t index) const override {
        CsvRow row;
        file_->read_row(rows[index], row);
        std::vector<double> values;
        for (size_t column : columns) values.push_back(csv_number(row.cells[column]).value_or(0));
        if (table) {
            const std::vector<uint8_t> pixels(values.begin(), values.end());
            return Buffer::of(table->apply(pixels.data(), slot_.type.shape, {}, channel_axis));
        }
        try {
            return Buffer::of(
                converted(reinterpret_cast<const std::byte*>(values.data()), std::ssize(values), DType::f64, slot_.type));
        } catch (const Error& e) {  // the row's number is counted only now: that takes a walk through the file
            throw Error(e.fault, fmt::format("{}: input '{}': {}", name(index), slot_.name, e.what()));
        }
    }

private:
    std::shared_ptr<const CsvFile> file_;
    InputSlot slot_;
};

Columns columns_of(const CsvFile& file, const CsvHeader& header, const CsvRow& first, const InputSlot& slot,
                   std::vector<std::string>& notes) {
    Columns out;
    const auto wanted = static_cast<size_t>(slot.type.elements()), count = first.cells.size();
    out.label = label_column(header);
    size_t begin = 0;
    const size_t features = count - (out.label ? 1 : 0);
    const bool indexed = !header.names.empty() && (header.names[0].empty() || header.names[0] == "Unnamed: 0");
    if (indexed && features == wanted + 1) {
        begin = 1;
        notes.push_back(fmt::format("{}: the first column has no name and counts rows: it is left out", file.path()));
    } else if (!out.label && features == wanted + 1) {
        out.label = csv_number(first.cells.front()) ? count - 1 : 0;
        notes.push_back(fmt::format("{}: column {} is one more than input '{}' takes: it is read as the label", file.path(),
                                    *out.label + 1, slot.name));
    }
    for (size_t i = begin; i < count; ++i)
        if (i != out.label) out.features.push_back(i);
    check(out.features.size() == wanted, "{}: input '{}' takes {} numbers, a row has {} columns{}: {} are numbers of the input",
          file.path(), slot.name, wanted, count, out.label ? " with the label" : "", out.features.size());
    return out;
}

std::string column_text(const CsvHeader& header, size_t column) {
    return header.names.empty() ? fmt::format("column {}", column + 1)
                                : fmt::format("column {} ('{}')", column + 1, header.names[column]);
}

[[noreturn]] void bad_cell(const CsvFile& file, const CsvHeader& header, size_t row, size_t column, std::string_view cell) {
    const std::string shown(cell.substr(0, 40));
    if (cell.empty()) fail(Fault::input, "{}: {} is empty", file.place(row), column_text(header, column));
    std::string pointed(cell);
    std::replace(pointed.begin(), pointed.end(), ',', '.');
    const bool comma = pointed != cell && csv_number(pointed);
    fail(Fault::input, "{}: {} is '{}', which is no finite number{}", file.place(row), column_text(header, column), shown,
         comma ? "; decimals have a point" : "");
}

}  // namespace

std::shared_ptr<const Source> csv_source(std::shared_ptr<const CsvFile> file, const CsvHeader& header, const InputSlot& slot,
                                         const DataOptions& options, Labels& labels, std::vector<std::string>& notes) {
    CsvRow row;
    file->read_row(header.first_row, row);
    const Columns columns = columns_of(*file, header, row, slot, notes);
    const size_t width = row.cells.size();
    auto source = std::make_shared<CsvSource>(file, slot);
    LabelTexts texts;
    bool all_bytes = true;
    for (size_t at = header.first_row; at < file->size();) {
        const size_t start = at;
        at = file->read_row(at, row);
        if (row.cells.size() != width)
            fail(Fault::input, "{}: {} columns, the rows before have {}", file->place(start), row.cells.size(), width);
        for (size_t column : columns.features) {
            const auto value = csv_number(row.cells[column]);
            if (!value || !std::isfinite(*value)) bad_cell(*file, header, start, column, row.cells[column]);
            all_bytes = all_bytes && *value >= 0 && *value <= 255 && *value == std::floor(*value);
        }
        if (columns.label) texts.add(row.cells[*columns.label]);
        source->rows.push_back(start);
    }
    source->columns = columns.features;
    if (columns.label) labels = texts.finish(std::move(labels.names), [&](size_t i) { return file->place(source->rows[i]); });
    const auto normalize = options.preprocess.in_force();
    check(all_bytes || !options.preprocess.folded,
          "{}: input '{}' takes raw pixels, the rows hold other numbers: the normalisation is in the model", file->path(),
          slot.name);
    if (normalize && all_bytes) {
        source->table.emplace(slot.type, normalize);
        source->channel_axis = channel_axis(slot, normalize);
    } else if (normalize) {
        notes.push_back(fmt::format("{}: numbers are taken as they are; --normalize {} is for pixels 0..255", file->path(),
                                    normalize->text));
    }
    return source;
}

}  // namespace tinsmith
