#include "quant/scale_groups.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace tinsmith {

// Few numbers do not show how far others will go, and clipping a logit costs more than coarser steps: the extremes of 500
// numbers are moved out by 30 %, those of 10,000 or more by nothing (measured: docs/quantisation.md).
static Range with_margin(const Observation& seen) {
    if (seen.count == 0) return seen.range;
    constexpr double most = 0.3, few = 500, many = 1e4;
    const double share = std::log(many / static_cast<double>(seen.count)) / std::log(many / few);
    const auto factor = static_cast<float>(1 + most * std::clamp(share, 0.0, 1.0));
    return {seen.range.min * factor, seen.range.max * factor};
}

ScaleGroups::ScaleGroups(const Graph& graph, const Ranges& ranges)
    : parent_(graph.values.size()), range_(graph.values.size()), fixed_(graph.values.size()) {
    std::iota(parent_.begin(), parent_.end(), ValueId{0});
    for (ValueId id = 0; id < graph.values.size(); ++id)
        if (const Observation* seen = ranges.of(id)) range_[id] = with_margin(*seen);
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
