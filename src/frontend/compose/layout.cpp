#include "frontend/compose/layout.hpp"

#include "op/list.hpp"

#include <numeric>

namespace tinsmith {

static ValueId permute(Builder& b, ValueId x, Ints perm) { return b.add(op::Transpose, {x}, {{"perm", std::move(perm)}}); }

ValueId to_channels_last(Builder& b, ValueId x) {
    Ints perm(b.shape(x).size());
    check(perm.size() >= 2, "a tensor of shape {} has no channel dimension", to_string(b.shape(x)));
    perm.front() = 0;
    perm.back() = 1;
    std::iota(perm.begin() + 1, perm.end() - 1, 2);
    return permute(b, x, std::move(perm));
}

ValueId to_channels_first(Builder& b, ValueId x) {
    Ints perm(b.shape(x).size());
    check(perm.size() >= 2, "a tensor of shape {} has no channel dimension", to_string(b.shape(x)));
    std::iota(perm.begin(), perm.end(), -1);
    perm[0] = 0;
    perm[1] = static_cast<int64_t>(perm.size()) - 1;
    return permute(b, x, std::move(perm));
}

}  // namespace tinsmith
