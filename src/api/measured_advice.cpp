#include "api/measured_advice.hpp"

#include "api/recommend.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

// Without classes: what a usable integer model keeps at least.
static constexpr double least_sqnr = 20;
// Of samples, for a share of them to say anything.
static constexpr int64_t fewest = 10;

std::optional<double> kept(const Variant& variant) {
    if (!variant.agreement || !variant.agreement->ranked() || variant.agreement->samples < fewest) return std::nullopt;
    return variant.agreement->top1();
}

static bool passes(const Variant& variant, double threshold) {
    if (!variant.refusal.empty() || !variant.agreement) return false;
    const auto share = kept(variant);
    return share ? *share >= threshold : variant.agreement->sqnr() >= least_sqnr;
}

static std::string figures(const Variant& variant, uint64_t source_bytes) {
    const double ratio = static_cast<double>(source_bytes) / static_cast<double>(std::max<uint64_t>(variant.bytes, 1));
    std::string out = fmt::format("{:.1f} times smaller than the source", ratio);
    if (const auto share = kept(variant))
        out += fmt::format(", agreement {:.2f} % on {} samples", 100 * *share, variant.agreement->samples);
    else if (variant.agreement)
        out += std::isinf(variant.agreement->sqnr()) ? ", exact" : fmt::format(", {:.1f} dB", variant.agreement->sqnr());
    if (variant.latency) out += fmt::format(", {:.3g} ms here", variant.latency->median_ms);
    return out;
}

static const Variant* find(const Conversion& conversion, std::string_view method) {
    for (const Variant& v : conversion.variants)
        if (method_name(v.method) == method) return &v;
    return nullptr;
}

std::vector<std::string> measured_advice(const Conversion& conversion, double threshold) {
    struct Place {
        const char *target, *name;
    };
    static constexpr Place places[] = {{"mobile", "phones"},
                                       {"raspberry-pi", "a Raspberry Pi"},
                                       {"microcontroller", "microcontrollers and Edge TPUs"},
                                       {"gpu", "GPUs"}};
    std::vector<std::string> out;
    for (const Place& place : places) {
        const Advice& usual = recommend(place.target, "any", 0);
        const Variant* variant = find(conversion, usual.method);
        if (!variant || !variant->refusal.empty()) {
            if (usual.method == "int8") out.push_back(fmt::format("{}: int8, which needs samples: --data SAMPLES", place.name));
        } else if (passes(*variant, threshold)) {
            out.push_back(fmt::format("{}: {}, {}", place.name, usual.method, figures(*variant, conversion.source_bytes)));
        } else if (variant->agreement) {
            // The smallest of those that keep enough; integers are all that a microcontroller computes.
            const Variant* other = nullptr;
            for (const Variant& v : conversion.variants)
                if (passes(v, threshold) && (!other || v.bytes < other->bytes)) other = &v;
            const bool only_integers = std::string_view(place.target) == "microcontroller";
            const std::string instead = only_integers || !other ? "`tinsmith validate` says what to do"
                                                                : fmt::format("take {} ({})", method_name(other->method),
                                                                              figures(*other, conversion.source_bytes));
            out.push_back(fmt::format("{}: {} keeps too little ({}); {}", place.name, usual.method,
                                      figures(*variant, conversion.source_bytes), instead));
        }
    }
    return out;
}

}  // namespace tinsmith
