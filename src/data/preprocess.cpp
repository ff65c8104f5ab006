#include "data/preprocess.hpp"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace tinsmith {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 3> resize_names{"stretch", "fit", "crop"};
constexpr std::array<std::string_view, 2> channels_names{"rgb", "bgr"};
constexpr std::array<std::string_view, 2> layout_names{"nhwc", "nchw"};

// ImageNet's, as torchvision states them.
constexpr std::string_view imagenet = "mean=0.485,0.456,0.406,std=0.229,0.224,0.225";

// Adds the numbers of "1,2,3" up to the end or a word; returns what is left.
std::string_view numbers(std::string_view text, std::vector<double>& out, const std::string& whole) {
    while (!text.empty()) {
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{}) return text;
        check(std::isfinite(value), "--normalize '{}': {} is no number to calculate with", whole, value);
        out.push_back(value);
        text.remove_prefix(static_cast<size_t>(end - text.data()));
        if (text.starts_with(',')) text.remove_prefix(1);
    }
    return text;
}

void collapse_equal(std::vector<double>& mean, std::vector<double>& deviation) {
    const auto same = [](const std::vector<double>& v) {
        return std::all_of(v.begin(), v.end(), [&](double x) { return x == v[0]; });
    };
    if (!same(mean) || !same(deviation)) return;
    mean.resize(1);
    deviation.resize(1);
}

Normalization stated_numbers(std::string_view list, const std::string& text) {
    Normalization out{text, {}, {}};
    while (!list.empty()) {
        const bool is_mean = list.starts_with("mean="), is_std = list.starts_with("std=");
        auto& numbers_of = is_mean ? out.mean : out.deviation;
        const size_t skipped = is_mean ? 5 : 4;
        check((is_mean || is_std) && numbers_of.empty(),
              "--normalize '{}': expected 0..1, -1..1, imagenet, raw, or mean=0.5,0.5,0.5,std=0.5,0.5,0.5", text);
        list = numbers(list.substr(skipped), numbers_of, text);
    }
    check(!out.mean.empty() && !out.deviation.empty(), "--normalize '{}': both mean= and std= are needed", text);
    const size_t count = std::max(out.mean.size(), out.deviation.size());
    for (auto* list_of : {&out.mean, &out.deviation})
        if (list_of->size() == 1) list_of->resize(count, list_of->front());
    check(out.mean.size() == out.deviation.size() && (count == 1 || count == 3),
          "--normalize '{}': {} means and {} deviations; one each or three each are expected", text, out.mean.size(),
          out.deviation.size());
    for (double deviation : out.deviation)
        check(deviation > 0, "--normalize '{}': a deviation is above 0, not {}", text, deviation);
    const auto above_one = [](double x) { return std::fabs(x) > 1; };
    const bool pixels = std::any_of(out.mean.begin(), out.mean.end(), above_one) ||
                        std::any_of(out.deviation.begin(), out.deviation.end(), above_one);
    for (auto* list_of : {&out.mean, &out.deviation})
        for (double& value : *list_of) value *= pixels ? 1 : 255;
    collapse_equal(out.mean, out.deviation);
    return out;
}

template <class Enum, size_t N>
Enum value_named(std::string_view name, const std::array<std::string_view, N>& names) {
    const auto found = std::find(names.begin(), names.end(), name);
    check(found != names.end(), "'{}' is not known; there are {}", name, fmt::join(names, ", "));
    return static_cast<Enum>(found - names.begin());
}

template <class Enum, size_t N>
void read_enum(const Json& json, const char* key, const std::array<std::string_view, N>& names, std::optional<Enum>& out) {
    if (!json.contains(key)) return;
    check(json[key].is_string(), "preprocess: '{}' is no text", key);
    out = within(fmt::format("preprocess: '{}'", key), [&] { return value_named<Enum>(json[key].get<std::string>(), names); });
}

void read_normalization(const Json& json, const char* key, std::optional<Normalization>& out) {
    if (!json.contains(key)) return;
    check(json[key].is_string(), "preprocess: '{}' is no text", key);
    out = within("preprocess", [&] { return normalization_from(json[key].get<std::string>()); });
}

}  // namespace

Normalization normalization_from(const std::string& text) {
    if (text == "0..1") return {text, {0}, {255}};
    if (text == "-1..1") return {text, {127.5}, {127.5}};
    if (text == "raw") return {text, {0}, {1}};
    if (text == "imagenet") return stated_numbers(imagenet, text);
    return stated_numbers(text, text);
}

std::string_view resize_name(Resize resize) { return resize_names[static_cast<size_t>(resize)]; }
std::string_view channels_name(Channels channels) { return channels_names[static_cast<size_t>(channels)]; }
std::string_view layout_name(Layout layout) { return layout_names[static_cast<size_t>(layout)]; }

Resize resize_from(std::string_view name) { return value_named<Resize>(name, resize_names); }
Channels channels_from(std::string_view name) { return value_named<Channels>(name, channels_names); }
Layout layout_from(std::string_view name) { return value_named<Layout>(name, layout_names); }

Layout usual_layout(std::string_view format) {
    return format.starts_with("onnx") || format.starts_with("pt2") ? Layout::nchw : Layout::nhwc;
}

std::optional<Normalization> Preprocess::in_force() const { return folded ? normalization_from("raw") : normalize; }

void Preprocess::add_missing(const Preprocess& recorded) {
    const auto add = [](auto& mine, const auto& theirs) {
        if (!mine) mine = theirs;
    };
    add(resize, recorded.resize);
    add(antialias, recorded.antialias);
    add(channels, recorded.channels);
    add(normalize, recorded.normalize);
    add(data_layout, recorded.data_layout);
    add(rate, recorded.rate);
    add(folded, recorded.folded);
}

Json to_json(const Preprocess& p) {
    Json out = Json::object();
    if (p.resize) out["resize"] = resize_name(*p.resize);
    if (p.antialias) out["antialias"] = *p.antialias;
    if (p.channels) out["channels"] = channels_name(*p.channels);
    if (p.normalize) out["normalize"] = p.normalize->text;
    if (p.data_layout) out["data_layout"] = layout_name(*p.data_layout);
    if (p.rate) out["rate"] = *p.rate;
    if (p.folded) out["folded_normalize"] = p.folded->text;
    return out;
}

Preprocess preprocess_from_json(const Json& json) {
    check(json.is_object(), "preprocess: this is no JSON object");
    Preprocess out;
    read_enum(json, "resize", resize_names, out.resize);
    read_enum(json, "channels", channels_names, out.channels);
    read_enum(json, "data_layout", layout_names, out.data_layout);
    read_normalization(json, "normalize", out.normalize);
    read_normalization(json, "folded_normalize", out.folded);
    if (json.contains("antialias")) {
        check(json["antialias"].is_boolean(), "preprocess: 'antialias' is neither true nor false");
        out.antialias = json["antialias"].get<bool>();
    }
    if (json.contains("rate")) {
        check(json["rate"].is_number_integer() && json["rate"].get<int64_t>() > 0, "preprocess: 'rate' is no positive number");
        out.rate = json["rate"].get<int64_t>();
    }
    return out;
}

}  // namespace tinsmith
