// Values that must share one scale: operands and results of operators that move stored integers unchanged.
#pragma once

#include "quant/plan.hpp"

namespace tinsmith {

// Union-find over values. A group has the range of all its members, or the scale that one member's producer fixes.
class ScaleGroups {
public:
    ScaleGroups(const Graph& graph, const Ranges& ranges);

    void observe(ValueId id, Range range);  // of a constant
    void fix(ValueId id, Stored stored);    // the kernel that computes it knows this scale only
    Range range(ValueId id) const { return range_[find(id)]; }
    const std::optional<Stored>& fixed(ValueId id) const { return fixed_[find(id)]; }
    bool together(ValueId a, ValueId b) const { return find(a) == find(b); }
    // Requires that not both are fixed to different scales.
    void unite(ValueId a, ValueId b);
    Stored stored(ValueId id, DType dtype) const;

private:
    ValueId find(ValueId id) const;
    mutable std::vector<ValueId> parent_;
    std::vector<Range> range_;
    std::vector<std::optional<Stored>> fixed_;
};

}  // namespace tinsmith
