#include "report/interface.hpp"

#include "ir/permutation.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

static Shape without_ones(Shape shape) {
    std::erase(shape, 1);
    return shape;
}

std::vector<Ints> layouts_between(const Shape& from, const Shape& to) {
    std::vector<Ints> found;
    if (from == to) found.emplace_back();
    if (from.size() >= 3 && from.size() == to.size()) {
        const Ints last = channels_last_perm(static_cast<int64_t>(from.size())), first = inverse(last);
        if (permuted(from, last) == to) found.push_back(last);
        if (first != last && permuted(from, first) == to) found.push_back(first);
    }
    if (found.empty() && without_ones(from) == without_ones(to)) found.emplace_back();
    return found;
}

static Ints layout_of(const Graph& source, const Port& from, const Graph& result, const Port& to) {
    const Shape &a = source.type(from.value).shape, &b = result.type(to.value).shape;
    const std::vector<Ints> layouts = layouts_between(a, b);
    check(!layouts.empty(), "'{}' is {} in one model and '{}' is {} in the other", from.name, to_string(a), to.name,
          to_string(b));
    const bool last = to.note.starts_with("channels-last"), first = to.note.starts_with("channels-first");
    if ((last || first) && a.size() >= 3) {
        Ints stated = last ? channels_last_perm(static_cast<int64_t>(a.size()))
                           : inverse(channels_last_perm(static_cast<int64_t>(a.size())));
        if (std::find(layouts.begin(), layouts.end(), stated) != layouts.end()) return stated;
    }
    return layouts[0];
}

static std::vector<PortPair> match(const Graph& source, const std::vector<Port>& from, const Graph& result,
                                   const std::vector<Port>& to) {
    std::vector<PortPair> pairs;
    for (size_t i = 0; i < to.size(); ++i) {
        const auto same = std::find_if(from.begin(), from.end(), [&](const Port& port) { return port.name == to[i].name; });
        if (same != from.end()) pairs.push_back({static_cast<size_t>(same - from.begin()), i, {}, {}});
    }
    if (pairs.size() != to.size()) {
        check(from.size() == to.size(), "one model has {} and the other {}, and their names differ", from.size(), to.size());
        pairs.clear();
        for (size_t i = 0; i < to.size(); ++i) pairs.push_back({i, i, {}, {}});
    }
    for (PortPair& pair : pairs) pair.perm = layout_of(source, from[pair.source], result, to[pair.result]);
    return pairs;
}

std::vector<PortPair> match_inputs(const Graph& source, const Graph& result) {
    return within("inputs", [&] { return match(source, source.inputs, result, result.inputs); });
}

// The parts of one output of the source: results [first, last), or nothing when they do not add up along one dimension.
static std::optional<std::vector<PortPair>> parts_of(const Graph& source, size_t output, const Graph& result, size_t first,
                                                     size_t last) {
    const Shape& whole = source.type(source.outputs[output].value).shape;
    std::vector<Ints> layouts{{}};
    if (whole.size() >= 3) layouts.push_back(channels_last_perm(static_cast<int64_t>(whole.size())));
    if (result.outputs[first].note.starts_with("channels-last")) std::reverse(layouts.begin(), layouts.end());
    for (const Ints& perm : layouts) {
        const Shape laid_out = perm.empty() ? whole : permuted(whole, perm);
        for (size_t axis = 0; axis < laid_out.size(); ++axis) {
            std::vector<PortPair> pairs;
            int64_t at = 0;
            bool fits = true;
            for (size_t i = first; i < last; ++i) {
                Shape shape = result.type(result.outputs[i].value).shape;
                const int64_t extent = axis < shape.size() ? shape[axis] : 0;
                if (axis < shape.size()) shape[axis] = laid_out[axis];
                fits = fits && shape == laid_out;
                const int64_t axis_of_source = perm.empty() ? static_cast<int64_t>(axis) : perm[axis];
                pairs.push_back({output, i, perm, PortPair::Part{axis_of_source, at, extent}});
                at += extent;
            }
            if (fits && at == laid_out[axis]) return pairs;
        }
    }
    return std::nullopt;
}

// Where outputs became several, every output of the source has its name or a run of names that begin with it.
static std::optional<std::vector<PortPair>> match_parts(const Graph& source, const Graph& result) {
    std::vector<PortPair> pairs;
    size_t next = 0;
    for (size_t o = 0; o < source.outputs.size(); ++o) {
        const std::string& name = source.outputs[o].name;
        const size_t first = next;
        if (first < result.outputs.size() && result.outputs[first].name == name) {
            pairs.push_back({o, next++, layout_of(source, source.outputs[o], result, result.outputs[first]), {}});
            continue;
        }
        while (next < result.outputs.size() && result.outputs[next].name.starts_with(name + "_")) ++next;
        const auto parts = next - first < 2 ? std::nullopt : parts_of(source, o, result, first, next);
        if (!parts) return std::nullopt;
        pairs.insert(pairs.end(), parts->begin(), parts->end());
    }
    return next == result.outputs.size() ? std::optional(pairs) : std::nullopt;
}

std::vector<PortPair> match_outputs(const Graph& source, const Graph& result) {
    return within("outputs", [&] {
        if (result.outputs.size() > source.outputs.size())
            if (auto parts = match_parts(source, result)) return *parts;
        std::vector<PortPair> pairs = match(source, source.outputs, result, result.outputs);
        std::sort(pairs.begin(), pairs.end(), [](const PortPair& a, const PortPair& b) { return a.source < b.source; });
        for (size_t i = 0; i < source.outputs.size(); ++i)
            check(i < pairs.size() && pairs[i].source == i, "'{}' is missing in one model", source.outputs[i].name);
        return pairs;
    });
}

}  // namespace tinsmith
