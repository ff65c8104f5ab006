#include "micro/planner.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

namespace {

struct Placed {
    size_t offset, bytes;
    int first, last;
};

}  // namespace

static size_t lowest_gap(const std::vector<Placed>& placed, const MicroBuffer& buffer, size_t bytes) {
    size_t candidate = 0;
    for (const Placed& other : placed) {
        if (other.first > buffer.last || buffer.first > other.last) continue;
        if (other.offset >= candidate + bytes) break;
        candidate = std::max(candidate, other.offset + other.bytes);
    }
    return candidate;
}

size_t micro_plan(std::span<const MicroBuffer> buffers) {
    const auto rounded = [](size_t bytes) { return (bytes + 15) / 16 * 16; };
    // Fixed ones come first, as they are; the others from the last on, sorted by size: of equal ones the last comes first.
    std::vector<size_t> order, free;
    for (size_t i = 0; i < buffers.size(); ++i) (buffers[i].offline >= 0 ? order : free).push_back(i);
    std::reverse(free.begin(), free.end());
    std::stable_sort(free.begin(), free.end(),
                     [&](size_t a, size_t b) { return rounded(buffers[a].bytes) > rounded(buffers[b].bytes); });
    order.insert(order.end(), free.begin(), free.end());
    std::vector<Placed> placed;
    size_t top = 0;
    for (size_t i : order) {
        const size_t bytes = rounded(buffers[i].bytes);
        const size_t offset =
            buffers[i].offline >= 0 ? static_cast<size_t>(buffers[i].offline) : lowest_gap(placed, buffers[i], bytes);
        const auto at =
            std::upper_bound(placed.begin(), placed.end(), offset, [](size_t o, const Placed& p) { return o < p.offset; });
        placed.insert(at, {offset, bytes, buffers[i].first, buffers[i].last});
        top = std::max(top, offset + bytes);
    }
    return top;
}

}  // namespace tinsmith
