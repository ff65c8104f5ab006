#include "data/labels.hpp"

#include "base/file.hpp"
#include "base/lines.hpp"
#include "base/nearest.hpp"
#include "data/convert.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace tinsmith {

static constexpr int32_t most_classes = 1 << 24;

static std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    return out;
}

bool is_label_name(std::string_view name) {
    static constexpr std::string_view known[] = {"label",      "labels", "class",    "class_id",
                                                 "class_name", "target", "category", "y"};
    return std::find(std::begin(known), std::end(known), lower(name)) != std::end(known);
}

// "7", and "7.0" as pandas writes a column that once had gaps.
static std::optional<int32_t> whole_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size() && value >= 0 && value < most_classes &&
                       value == std::floor(value);
    return whole ? std::optional(static_cast<int32_t>(value)) : std::nullopt;
}

void LabelTexts::add(std::string_view text) {
    auto found = ids_.find(text);
    if (found == ids_.end()) found = ids_.emplace(std::string(text), static_cast<int32_t>(ids_.size())).first;
    of_samples_.push_back(found->second);
}

Labels LabelTexts::finish(std::vector<std::string> names, const std::function<std::string(size_t)>& where) const {
    Labels out;
    out.names = std::move(names);
    const bool numbers =
        std::all_of(ids_.begin(), ids_.end(), [](const auto& id) { return whole_number(id.first).has_value(); });
    if (out.names.empty() && !numbers)
        for (const auto& [text, id] : ids_) out.names.push_back(text);
    std::vector<int32_t> class_of(ids_.size());
    for (const auto& [text, id] : ids_) {
        const auto found = std::find(out.names.begin(), out.names.end(), text);
        if (found != out.names.end()) {
            class_of[static_cast<size_t>(id)] = static_cast<int32_t>(found - out.names.begin());
            continue;
        }
        const int32_t number = numbers ? whole_number(text).value_or(-1) : -1;
        const bool known = number >= 0 && (out.names.empty() || static_cast<size_t>(number) < out.names.size());
        class_of[static_cast<size_t>(id)] = number;
        if (known) continue;
        const auto first = std::find(of_samples_.begin(), of_samples_.end(), id) - of_samples_.begin();
        const std::string place = where(static_cast<size_t>(first));
        if (number >= 0) fail(Fault::input, "{}: class {}, but there are {} names", place, number, out.names.size());
        fail(Fault::input, "{}: the class '{}' is not among the names; the nearest are {}", place, text,
             nearest_names(text, out.names));
    }
    for (int32_t id : of_samples_) out.of_samples.push_back(class_of[static_cast<size_t>(id)]);
    return out;
}

std::vector<int32_t> labels_from_array(const Array& array) {
    const std::vector<double> values = real_values(array.type(), array.data);
    std::vector<int32_t> out;
    const bool rows = array.shape.size() == 2 && array.shape[1] > 1;
    check(array.shape.size() == 1 || array.shape.size() == 2, "labels are {}: one number a sample, or rows with a single 1",
          to_string(array.shape));
    const size_t width = rows ? static_cast<size_t>(array.shape[1]) : 1;
    for (size_t at = 0; at < values.size(); at += width) {
        if (!rows) {
            const double value = values[at];
            check(value >= 0 && value < most_classes && value == std::floor(value),
                  "label {} is {}: a class is a whole number from 0", at, value);
            out.push_back(static_cast<int32_t>(value));
            continue;
        }
        const auto row = std::span(values).subspan(at, width);
        const auto one = std::find(row.begin(), row.end(), 1.0);
        const bool single = one != row.end() && std::count(row.begin(), row.end(), 0.0) == std::ssize(row) - 1;
        check(single, "row {} of the labels is no class: exactly one element is 1, the others 0", at / width);
        out.push_back(static_cast<int32_t>(one - row.begin()));
    }
    return out;
}

std::vector<std::string> read_class_names(const std::string& path) {
    const Buffer file = map_file(path);
    std::vector<std::string> out = lines_of({reinterpret_cast<const char*>(file.bytes().data()), file.size()});
    check(!out.empty(), "'{}' holds no names", path);
    return out;
}

Labels read_labels(const std::string& path, std::vector<std::string> names) {
    check_exists(path);
    if (path.ends_with(".npy"))
        return {within(path, [&] { return labels_from_array(parse_npy(map_file(path))); }), std::move(names)};
    if (path.ends_with(".npz"))
        return within(path, [&]() -> Labels {
            const Npz npz = Npz(map_file(path));
            const auto found = std::find_if(npz.names().begin(), npz.names().end(), is_label_name);
            const bool only = found == npz.names().end() && npz.names().size() == 1;
            check(only || found != npz.names().end(), "there is no array 'y', 'label' or 'labels'");
            return {labels_from_array(npz.read(only ? npz.names()[0] : *found)), std::move(names)};
        });
    LabelTexts texts;
    for (const std::string& line : read_class_names(path)) texts.add(line);
    return texts.finish(std::move(names), [&](size_t i) { return fmt::format("{}:{}", path, i + 1); });
}

void check_labels(const Labels& labels, size_t count, const std::string& path) {
    check(labels.of_samples.size() == count, "{}: {} labels for {} samples", path, labels.of_samples.size(), count);
    for (size_t i = 0; i < count && !labels.names.empty(); ++i)
        check(static_cast<size_t>(labels.of_samples[i]) < labels.names.size(),
              "{}: label {} is class {}, but there are {} names", path, i, labels.of_samples[i], labels.names.size());
}

}  // namespace tinsmith
