#include "quant/suspicions.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

static constexpr size_t most_named = 3;

// "'a', 'b', 'c' and 4 more"
static std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (size_t i = 0; i < std::min(names.size(), most_named); ++i) text += (i == 0 ? "'" : ", '") + names[i] + "'";
    if (names.size() > most_named) text += fmt::format(" and {} more", names.size() - most_named);
    return text;
}

std::vector<std::string> suspicions(const Graph& graph, const Ranges& ranges) {
    const std::vector<std::string> names = unique_names(graph);
    std::vector<std::string> zero, still;
    for (ValueId id = 0; id < names.size(); ++id) {
        const Observation* o = ranges.of(id);
        // A tensor of one number says little, and a single sample nothing, about change.
        if (!o || o->seen.min != o->seen.max || o->count <= ranges.samples || ranges.samples < 2) continue;
        (o->seen.max == 0 ? zero : still).push_back(names[id]);
    }
    std::vector<std::string> notes;
    if (!zero.empty())
        notes.push_back(
            fmt::format("{} never {} zero over {} samples: check the samples' preprocessing (--normalize), or the "
                        "training of what is dead there",
                        listed(zero), zero.size() == 1 ? "leaves" : "leave", ranges.samples));
    if (!still.empty())
        notes.push_back(fmt::format("{} {} the same number throughout {} samples: check that the samples differ", listed(still),
                                    still.size() == 1 ? "is" : "are", ranges.samples));
    return notes;
}

std::vector<std::string> disagreements(const Graph& graph, const Ranges& now, const Ranges& earlier) {
    const std::vector<std::string> names = unique_names(graph);
    std::vector<std::string> found;
    for (ValueId id = 0; id < names.size(); ++id) {
        const Observation *a = now.of(id), *b = earlier.of(id);
        if (!a || !b) continue;
        const double wider = std::max(double{a->seen.max} - a->seen.min, double{b->seen.max} - b->seen.min);
        const double apart = std::max(std::abs(double{a->seen.min} - b->seen.min), std::abs(double{a->seen.max} - b->seen.max));
        if (apart <= wider / 3) continue;
        found.push_back(fmt::format("'{}' goes from {:.4g} to {:.4g}, in the earlier ranges from {:.4g} to {:.4g}", names[id],
                                    a->seen.min, a->seen.max, b->seen.min, b->seen.max));
    }
    const size_t all = found.size();
    found.resize(std::min(all, most_named));
    if (all > most_named) found.push_back(fmt::format("{} more tensors disagree with the earlier ranges", all - most_named));
    if (all > 0) found.back() += ": check that the samples and --normalize are the same";
    return found;
}

}  // namespace tinsmith
