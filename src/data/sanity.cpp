#include "data/sanity.hpp"

#include "base/parallel.hpp"
#include "data/convert.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace tinsmith {

namespace {

constexpr size_t enough_samples = 100, most_named = 5;

struct Extremes {
    double low = INFINITY, high = -INFINITY;
    void add(const Extremes& other) {
        low = std::min(low, other.low);
        high = std::max(high, other.high);
    }
};

Extremes extremes_of(const Type& type, const Buffer& data) {
    Extremes out;
    if (type.dtype == DType::f32) {
        const std::span<const std::byte> bytes = data.bytes();
        float low = INFINITY, high = -INFINITY;
        for (size_t at = 0; at < bytes.size(); at += sizeof(float)) {
            float value = 0;
            std::memcpy(&value, bytes.data() + at, sizeof value);
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
        return {low, high};
    }
    for (double value : real_values(type, data)) out.add({value, value});
    return out;
}

// What is kept of a sample: nothing that grows with it.
struct Digest {
    std::vector<Extremes> inputs;
    bool as_first = true;  // equal to the first sample
};

void check_classes(const Samples& samples, const DataOptions& options, std::vector<std::string>& warnings) {
    if (!samples.labelled()) return;
    std::set<int32_t> seen;
    for (size_t i = 0; i < samples.size(); ++i) seen.insert(samples.label(i));
    std::string names;
    size_t missing = 0;
    for (size_t c = 0; c < samples.class_names().size(); ++c) {
        if (seen.contains(static_cast<int32_t>(c)) || ++missing > most_named) continue;
        names += (names.empty() ? "'" : ", '") + samples.class_names()[c] + "'";
    }
    if (missing == 0) return;
    if (missing > most_named) names += fmt::format(" and {} more", missing - most_named);
    warnings.push_back(
        fmt::format("{}: {} without samples: {}", options.path, missing == 1 ? "a class is" : "classes are", names));
}

void compare_with_earlier(const SampleCheck& now, const DataRecord& earlier, std::vector<std::string>& warnings) {
    for (const auto& [name, range] : now.ranges)
        for (const auto& [known, before] : earlier.ranges) {
            const double wider = std::max(range.second - range.first, before.second - before.first);
            const double apart = std::max(std::fabs(range.first - before.first), std::fabs(range.second - before.second));
            if (known != name || apart <= wider / 3) continue;
            warnings.push_back(
                fmt::format("input '{}' goes from {:.4g} to {:.4g}, in the earlier run from {:.4g} to {:.4g}: is "
                            "--normalize the same?",
                            name, range.first, range.second, before.first, before.second));
        }
}

}  // namespace

SampleCheck check_samples(const Samples& samples, const DataOptions& options, int threads, const DataRecord& earlier) {
    SampleCheck out;
    const std::vector<Buffer> first = samples.inputs(0);
    std::vector<Extremes> all(samples.input_count());
    size_t others = 0;
    ordered_parallel(
        samples.size(), threads,
        [&](size_t i) {
            const std::vector<Buffer> inputs = samples.inputs(i);
            Digest digest;
            for (size_t p = 0; p < inputs.size(); ++p) {
                digest.inputs.push_back(extremes_of(samples.input_type(p), inputs[p]));
                digest.as_first = digest.as_first && same_content(inputs[p], first[p]);
            }
            return digest;
        },
        [&](size_t, const Digest& digest) {
            for (size_t p = 0; p < all.size(); ++p) all[p].add(digest.inputs[p]);
            others += !digest.as_first;
        });
    for (size_t p = 0; p < all.size(); ++p) {
        const std::string& name = samples.input_name(p);
        if (samples.input_type(p).elements() == 0) continue;
        if (all[p].low == all[p].high && !samples.input_is_shared(p))
            out.unfit = fmt::format(
                "{}: input '{}' is {} everywhere in {} samples: nothing can be learnt from that; give it once if it is meant "
                "to be "
                "so, or make it a constant with --set {}=…",
                options.path, name, all[p].low, samples.size(), name);
        out.ranges.emplace_back(name, std::pair{all[p].low, all[p].high});
    }
    if (others == 0 && out.unfit.empty())
        out.unfit =
            fmt::format("{}: {}: at least 2 that differ are needed for input '{}'", options.path,
                        samples.size() == 1 ? "there is 1 sample" : fmt::format("all {} samples are equal", samples.size()),
                        samples.input_count() == 0 ? "" : samples.input_name(0));
    if (samples.size() < enough_samples)
        out.warnings.push_back(
            fmt::format("{}: {} samples are few: {} or more give better ranges", options.path, samples.size(), enough_samples));
    check_classes(samples, options, out.warnings);
    compare_with_earlier(out, earlier, out.warnings);
    return out;
}

}  // namespace tinsmith
