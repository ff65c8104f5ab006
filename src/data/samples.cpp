#include "data/samples.hpp"

#include "base/file.hpp"
#include "base/suffix.hpp"
#include "data/choose.hpp"
#include "data/random.hpp"
#include "data/source.hpp"

#include <algorithm>
#include <filesystem>

namespace tinsmith {

static std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
    return text;
}

static InputSlot slot_of(const Graph& graph, const Port& port, const DataOptions& options) {
    const bool turned = port.note.starts_with("channels-last") && graph.type(port.value).rank() >= 3;
    return {port.name, graph.type(port.value), turned, turned ? Layout::nhwc : options.model_layout};
}

Samples::Samples(const Graph& graph, const DataOptions& options) : options_(options) {
    check(!options.samples || *options.samples >= 1, "--samples is {}: at least 1 is needed", options.samples.value_or(0));
    for (const Port& port : graph.inputs) slots_.push_back(slot_of(graph, port, options));
    sources_.resize(slots_.size());
    size_ = static_cast<size_t>(options.samples.value_or(1));
    if (!options.labels.empty()) labels_.names = read_class_names(options.labels);
    if (options.path.empty()) {
        check(options.labels_data.empty(), "--labels-data are classes of samples: --data names those");
        return;
    }
    open();
    if (!options.labels_data.empty()) labels_ = read_labels(options.labels_data, std::move(labels_.names));
    if (labelled()) check_labels(labels_, stored_, options.labels_data.empty() ? options.path : options.labels_data);
    choose();
}

void Samples::open() {
    check(!slots_.empty(), "the model has no inputs to take data");
    std::error_code ignored;
    const std::string& path = options_.path;
    check_exists(path);
    if (path.ends_with(".npz")) return open_npz();
    std::vector<std::string> names;
    for (const InputSlot& slot : slots_) names.push_back(slot.name);
    check(slots_.size() == 1, "{}: the model has {} inputs: give a .npz with the arrays {}", path, slots_.size(),
          joined(names));
    std::shared_ptr<const Source>& source = sources_[0];
    if (std::filesystem::is_directory(path, ignored)) {
        source = file_source(folder_paths(path, labels_.names, labels_, notes_), slots_[0], options_, notes_);
    } else if (has_suffix(path, {".csv", ".tsv"})) {
        const auto file = std::make_shared<const CsvFile>(map_file(path), path);
        const CsvHeader header = csv_header(*file);
        auto paths = table_paths(file, header, labels_.names, labels_);
        source = paths ? file_source(std::move(*paths), slots_[0], options_, notes_)
                       : csv_source(file, header, slots_[0], options_, labels_, notes_);
    } else if (path.ends_with(".npy")) {
        const Buffer file = map_file(path);
        source = within(path, [&] { return array_source(path, file, parse_npy(file), slots_[0], options_, notes_); });
    } else {
        check(std::filesystem::exists(path, ignored), "{}: No such file or directory", path);
        check(is_sample_path(path),
              "{}: data is read from .npy, .npz, .csv, images (.jpg, .png, .bmp), sounds (.wav) and folders of them", path);
        source = file_source({"", {path}, nullptr, {}}, slots_[0], options_, notes_);
    }
    stored_ = source->count();
}

void Samples::open_npz() {
    const std::string& path = options_.path;
    within(path, [&] {
        const Buffer file = map_file(path);
        const Npz npz(file);
        std::vector<std::string> names = npz.names();
        const auto is_input = [&](const std::string& name) {
            return std::any_of(slots_.begin(), slots_.end(), [&](const InputSlot& slot) { return slot.name == name; });
        };
        const auto label = std::find_if(names.begin(), names.end(),
                                        [&](const std::string& name) { return is_label_name(name) && !is_input(name); });
        if (label != names.end() && names.size() > slots_.size()) {
            if (options_.labels_data.empty())
                labels_.of_samples =
                    within(fmt::format("array '{}'", *label), [&] { return labels_from_array(npz.read(*label)); });
            names.erase(label);
        }
        for (size_t i = 0; i < slots_.size(); ++i) {
            std::string name = slots_[i].name;
            if (!npz.contains(name)) name = fmt::format("arr_{}", i);  // np.savez without names
            if (!npz.contains(name) && slots_.size() == 1 && names.size() == 1) name = names[0];
            check(npz.contains(name), "there is no array for input '{}': the file has {}", slots_[i].name, joined(npz.names()));
            sources_[i] = array_source(path, file, npz.read(name), slots_[i], options_, notes_);
            stored_ = std::max(stored_, sources_[i]->count());
        }
        for (size_t i = 0; i < slots_.size(); ++i)
            check(sources_[i]->count() == stored_ || sources_[i]->count() == 1, "input '{}' has {} samples, another has {}",
                  slots_[i].name, sources_[i]->count(), stored_);
    });
}

void Samples::choose() {
    const size_t wanted = options_.samples    ? static_cast<size_t>(*options_.samples)
                          : options_.most > 0 ? options_.most
                                              : stored_;
    size_ = std::min(wanted, stored_);
    if (options_.samples && wanted > stored_)
        notes_.push_back(fmt::format("{}: has {} samples, {} were asked for", options_.path, stored_, wanted));
    if (size_ == stored_) return;
    check(stored_ <= UINT32_MAX, "{}: {} samples are too many", options_.path, stored_);
    chosen_ = choose_samples(stored_, size_, options_.seed, labels_.of_samples);
    if (!options_.samples)
        notes_.push_back(fmt::format("{}: {} of {} samples serve{}; --samples says otherwise", options_.path, size_, stored_,
                                     labelled() ? ", of each class its share" : ""));
}

size_t Samples::stored_index(size_t index) const { return chosen_.empty() ? index : chosen_[index]; }

std::string Samples::name(size_t index) const {
    const auto named = std::find_if(sources_.begin(), sources_.end(),
                                    [&](const auto& source) { return source && source->count() == stored_; });
    return named == sources_.end() ? fmt::format("random sample {}", index) : (*named)->name(stored_index(index));
}

std::vector<Buffer> Samples::inputs(size_t index) const {
    const size_t stored = stored_index(index);
    std::vector<Buffer> inputs;
    for (size_t i = 0; i < slots_.size(); ++i)
        inputs.push_back(sources_[i] ? sources_[i]->sample(sources_[i]->count() == 1 ? 0 : stored)
                                     : Buffer::of(random_elements(slots_[i].type, options_.seed, stored, i)));
    return inputs;
}

size_t Samples::input_count() const { return slots_.size(); }
const std::string& Samples::input_name(size_t input) const { return slots_[input].name; }
const Type& Samples::input_type(size_t input) const { return slots_[input].type; }
bool Samples::input_is_shared(size_t input) const { return sources_[input] && stored_ > 1 && sources_[input]->count() == 1; }

std::optional<std::pair<float, float>> Samples::stated_range(size_t input) const {
    const auto normalize = options_.preprocess.in_force();
    if (!normalize || !normalize->one_scale() || !sources_[input] || !sources_[input]->pixels()) return std::nullopt;
    return std::pair{normalize->real(0, 0), normalize->real(255, 0)};
}

bool Samples::scaled_by_channel(size_t input) const {
    const auto normalize = options_.preprocess.in_force();
    return normalize && !normalize->one_scale() && sources_[input] && sources_[input]->pixels();
}

}  // namespace tinsmith
