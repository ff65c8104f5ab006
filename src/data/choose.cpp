#include "data/choose.hpp"

#include "data/random.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace tinsmith {

static void spread(std::span<const uint32_t> from, size_t wanted, uint64_t seed, std::vector<uint32_t>& out) {
    for (size_t i = 0; i < wanted; ++i) {
        const size_t first = i * from.size() / wanted, end = (i + 1) * from.size() / wanted;
        out.push_back(from[first + mixed(mixed(seed) + i) % (end - first)]);
    }
}

// How many of each class: its share of the whole rounded down, then one more for those that lost most (Hamilton's method), but
// none without any while another has two.
static std::vector<size_t> shares(const std::vector<size_t>& sizes, size_t count, size_t wanted) {
    std::vector<size_t> out(sizes.size()), order(sizes.size());
    size_t given = 0;
    for (size_t c = 0; c < sizes.size(); ++c) given += out[c] = sizes[c] * wanted / count;
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return sizes[a] * wanted % count > sizes[b] * wanted % count; });
    for (size_t i = 0; given < wanted; ++i, ++given) ++out[order[i]];
    for (size_t c = 0; c < sizes.size(); ++c) {
        const auto most = std::max_element(out.begin(), out.end());
        if (out[c] > 0 || *most < 2) continue;
        --*most;
        out[c] = 1;
    }
    return out;
}

std::vector<uint32_t> choose_samples(size_t count, size_t wanted, uint64_t seed, std::span<const int32_t> labels) {
    std::map<int32_t, std::vector<uint32_t>> classes;
    for (size_t i = 0; i < count; ++i) classes[labels.empty() ? 0 : labels[i]].push_back(static_cast<uint32_t>(i));
    std::vector<size_t> sizes;
    for (const auto& [label, members] : classes) sizes.push_back(members.size());
    const std::vector<size_t> share = shares(sizes, count, wanted);
    std::vector<uint32_t> out;
    size_t c = 0;
    for (const auto& [label, members] : classes) {
        if (share[c] > 0) spread(members, share[c], seed, out);
        ++c;
    }
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace tinsmith
