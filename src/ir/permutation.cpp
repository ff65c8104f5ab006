#include "ir/permutation.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

bool is_identity(const Ints& perm) {
    for (size_t i = 0; i < perm.size(); ++i)
        if (perm[i] != static_cast<int64_t>(i)) return false;
    return true;
}

Ints inverse(const Ints& perm) {
    Ints out(perm.size());
    for (size_t i = 0; i < perm.size(); ++i) out[static_cast<size_t>(perm[i])] = static_cast<int64_t>(i);
    return out;
}

Ints compose(const Ints& first, const Ints& second) {
    Ints out(second.size());
    for (size_t i = 0; i < second.size(); ++i) out[i] = first[static_cast<size_t>(second[i])];
    return out;
}

Shape permuted(const Shape& shape, const Ints& perm) { return compose(shape, perm); }

bool moves_only_units(const Shape& shape, const Ints& perm) {
    int64_t last = -1;
    for (int64_t dim : perm) {
        if (shape[static_cast<size_t>(dim)] == 1) continue;
        if (dim < last) return false;
        last = dim;
    }
    return true;
}

Ints channels_first_perm(int64_t rank) { return inverse(channels_last_perm(rank)); }

Ints channels_last_perm(int64_t rank) {
    Ints perm(static_cast<size_t>(rank));
    std::iota(perm.begin(), perm.end(), 1);
    perm.front() = 0;
    perm.back() = 1;
    for (size_t i = 1; i + 1 < perm.size(); ++i) perm[i] = static_cast<int64_t>(i) + 1;
    return perm;
}

namespace {

// Dimensions of more than one element of the Transpose's output, each with the dimension of x that it comes from.
struct Source {
    int64_t extent, from;
};

}  // namespace

std::optional<Swapped> swap_reshape(const Shape& x, const Ints& perm, const Shape& target) {
    std::vector<Source> in;
    for (int64_t dim : perm)
        if (int64_t extent = x[static_cast<size_t>(dim)]; extent != 1) in.push_back({extent, dim});
    for (int64_t extent : x)
        if (extent == 0) return std::nullopt;

    // Walk both shapes in step: a group of input dimensions becomes a group of target dimensions of the same product. Dimensions of
    // one element stay with the target dimension before them.
    std::vector<int64_t> from(target.size(), -1);  // dimension of x that a target dimension is cut from
    size_t next = 0, t = 0;
    while (t < target.size()) {
        if (target[t] == 1) {
            from[t] = t == 0 ? -1 : from[t - 1];
            ++t;
            continue;
        }
        if (next == in.size()) return std::nullopt;
        size_t first = next++, first_target = t;
        int64_t have = in[first].extent, want = target[t++];
        while (have != want) {
            if (have < want) {
                if (next == in.size()) return std::nullopt;
                // Merged dimensions must be neighbours in x, with nothing but ones between them.
                for (int64_t d = in [next - 1].from + 1; d < in[next].from; ++d)
                    if (x[static_cast<size_t>(d)] != 1) return std::nullopt;
                if (in[next].from < in[next - 1].from) return std::nullopt;
                have *= in[next++].extent;
            } else {
                if (t == target.size()) return std::nullopt;
                want *= target[t++];
            }
        }
        for (size_t i = first_target; i < t; ++i) from[i] = in[first].from;
    }
    // Order the target's dimensions as x has them; equal sources keep their order.
    Ints order(target.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int64_t a, int64_t b) { return from[static_cast<size_t>(a)] < from[static_cast<size_t>(b)]; });
    return Swapped{permuted(target, order), inverse(order)};
}

std::optional<Divided> divide_transpose(const Shape& x, const Ints& perm, const Shape& target) {
    std::vector<Ints> groups;  // dimensions of x that the Reshape merges, in the order in which it finds them
    size_t t = 0;
    int64_t have = 1, want = 1;
    for (int64_t dim : perm) {
        const int64_t extent = x[static_cast<size_t>(dim)];
        if (extent == 0) return std::nullopt;
        const bool goes_on = !groups.empty() && (extent == 1 || have != want);
        if (!goes_on) groups.emplace_back();
        groups.back().push_back(dim);
        have *= extent;
        while (want < have && t < target.size()) want *= target[t++];
        if (want < have) return std::nullopt;
    }
    std::stable_sort(groups.begin(), groups.end(), [](const Ints& a, const Ints& b) {
        return *std::min_element(a.begin(), a.end()) < *std::min_element(b.begin(), b.end());
    });
    Divided out;
    for (const Ints& group : groups) out.above.insert(out.above.end(), group.begin(), group.end());
    out.rest = compose(inverse(out.above), perm);
    if (is_identity(out.above) || is_identity(out.rest)) return std::nullopt;
    return out;
}

}  // namespace tinsmith
