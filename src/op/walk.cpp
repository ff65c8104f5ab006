#include "op/walk.hpp"

#include <algorithm>
#include <cassert>

namespace tinsmith {

// Element strides of a contiguous tensor as seen from a broadcast output of `rank` dimensions.
static std::vector<int64_t> broadcast_strides(const Shape& shape, size_t rank) {
    std::vector<int64_t> strides(rank, 0);
    int64_t step = 1;
    for (size_t i = 1; i <= shape.size(); ++i) {
        const int64_t extent = shape[shape.size() - i];
        if (extent != 1) strides[rank - i] = step;
        step *= extent;
    }
    return strides;
}

tin_walk broadcast_walk(const Shape& out, std::initializer_list<const Shape*> inputs) {
    tin_walk walk{};
    walk.rank = 1;
    walk.dim[0] = 1;
    if (std::find(out.begin(), out.end(), 0) != out.end()) {
        walk.dim[0] = 0;
        for (auto& stride : walk.stride) stride[0] = 1;
        return walk;
    }
    std::vector<std::vector<int64_t>> strides;
    for (const Shape* shape : inputs) strides.push_back(broadcast_strides(*shape, out.size()));

    int last = -1;  // the dimension of the walk that a further one may join
    for (size_t d = 0; d < out.size(); ++d) {
        if (out[d] == 1) continue;
        bool joins = last >= 0;
        for (size_t k = 0; k < strides.size(); ++k) joins = joins && walk.stride[k][last] == strides[k][d] * out[d];
        if (!joins) {
            assert(last + 1 < TIN_MAX_RANK);
            walk.dim[++last] = 1;
        }
        walk.dim[last] *= out[d];
        for (size_t k = 0; k < strides.size(); ++k) walk.stride[k][last] = strides[k][d];
    }
    walk.rank = std::max(last + 1, 1);
    return walk;
}

}  // namespace tinsmith
