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
        const Ints stated = last ? channels_last_perm(static_cast<int64_t>(a.size()))
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
        if (same != from.end()) pairs.push_back({static_cast<size_t>(same - from.begin()), i, {}});
    }
    if (pairs.size() != to.size()) {
        check(from.size() == to.size(), "one model has {} and the other {}, and their names differ", from.size(), to.size());
        pairs.clear();
        for (size_t i = 0; i < to.size(); ++i) pairs.push_back({i, i, {}});
    }
    for (PortPair& pair : pairs) pair.perm = layout_of(source, from[pair.source], result, to[pair.result]);
    return pairs;
}

std::vector<PortPair> match_inputs(const Graph& source, const Graph& result) {
    return within("inputs", [&] { return match(source, source.inputs, result, result.inputs); });
}

std::vector<PortPair> match_outputs(const Graph& source, const Graph& result) {
    return within("outputs", [&] {
        std::vector<PortPair> pairs = match(source, source.outputs, result, result.outputs);
        std::sort(pairs.begin(), pairs.end(), [](const PortPair& a, const PortPair& b) { return a.source < b.source; });
        for (size_t i = 0; i < source.outputs.size(); ++i)
            check(i < pairs.size() && pairs[i].source == i, "'{}' is missing in one model", source.outputs[i].name);
        return pairs;
    });
}

}  // namespace tinsmith
