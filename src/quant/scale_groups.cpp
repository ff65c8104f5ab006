#include "quant/scale_groups.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace tinsmith {

ScaleGroups::ScaleGroups(const Graph& graph, const Ranges& ranges)
    : parent_(graph.values.size()), range_(graph.values.size()), fixed_(graph.values.size()) {
    std::iota(parent_.begin(), parent_.end(), ValueId{0});
    for (ValueId id = 0; id < graph.values.size(); ++id)
        if (const Observation* seen = ranges.of(id)) range_[id] = seen->range;
}

ValueId ScaleGroups::find(ValueId id) const {
    while (parent_[id] != id) id = parent_[id] = parent_[parent_[id]];
    return id;
}

void ScaleGroups::observe(ValueId id, Range range) { range_[find(id)] = range; }
void ScaleGroups::fix(ValueId id, Stored stored) { fixed_[find(id)] = std::move(stored); }

void ScaleGroups::unite(ValueId a, ValueId b) {
    a = find(a), b = find(b);
    if (a == b) return;
    assert(!fixed_[a] || !fixed_[b] || *fixed_[a] == *fixed_[b]);
    parent_[b] = a;
    range_[a] = {std::min(range_[a].min, range_[b].min), std::max(range_[a].max, range_[b].max)};
    if (!fixed_[a]) fixed_[a] = fixed_[b];
}

Stored ScaleGroups::stored(ValueId id, DType dtype) const {
    const ValueId root = find(id);
    return fixed_[root] && fixed_[root]->dtype == dtype ? *fixed_[root] : stored_for(range_[root], dtype);
}

}  // namespace tinsmith
