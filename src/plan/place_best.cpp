// Offsets by several quick orders, each improved for a while; what is left above the lower bound is searched for.
#include "plan/place.hpp"
#include "plan/separation.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

namespace {

// Places one lifetime after the other where it fits best among those that are placed.
class Greedy {
public:
    Greedy(const Separations& separations, bool lowest) : s_(separations), lowest_(lowest) {}

    std::vector<size_t> offsets;

    size_t run(const std::vector<uint32_t>& order) {
        placed_.assign(s_.sizes.size(), false);
        offsets.assign(s_.sizes.size(), 0);
        size_t height = 0;
        for (uint32_t i : order) {
            offsets[i] = position(i);
            placed_[i] = true;
            height = std::max(height, offsets[i] + s_.sizes[i]);
        }
        return height;
    }

private:
    // The lowest offset outside of all that neighbours forbid, or that of the smallest gap.
    size_t position(uint32_t i) {
        forbidden_.clear();
        for (const Neighbour& n : s_.neighbours[i])
            if (placed_[n.other]) {
                const size_t low = offsets[n.other] >= n.below ? offsets[n.other] - n.below + 1 : 0;
                forbidden_.push_back({low, offsets[n.other] + n.above});
            }
        std::sort(forbidden_.begin(), forbidden_.end());
        size_t best = SIZE_MAX, room = SIZE_MAX, top = 0;
        for (auto [low, end] : forbidden_) {
            if (low > top && low - top < room) {
                best = top;
                room = low - top;
                if (lowest_) return best;
            }
            top = std::max(top, end);
        }
        return best == SIZE_MAX ? top : best;
    }

    const Separations& s_;
    bool lowest_;
    std::vector<bool> placed_;
    std::vector<std::pair<size_t, size_t>> forbidden_;  // [low, end)
};

struct Best {
    size_t height = SIZE_MAX;
    std::vector<size_t> offsets;
    void take(size_t other, const std::vector<size_t>& its) {
        if (other >= height) return;
        height = other;
        offsets = its;
    }
};

// Those that end at the top come earlier next time, again and again.
void improve(const Separations& s, std::vector<uint32_t> order, bool lowest, int rounds, Best& best) {
    Greedy greedy(s, lowest);
    for (int round = 0; round < rounds && best.height > s.least; ++round) {
        const size_t height = greedy.run(order);
        best.take(height, greedy.offsets);
        size_t top = 0;
        while (greedy.offsets[order[top]] + s.sizes[order[top]] != height) ++top;
        if (top == 0) break;
        const uint32_t highest = order[top];
        order.erase(order.begin() + static_cast<std::ptrdiff_t>(top));
        order.insert(order.begin() + static_cast<std::ptrdiff_t>(round % 3 == 2 ? 0 : top / 2), highest);
    }
}

}  // namespace

Placement place_best(const PlaceProblem& problem, uint64_t steps) {
    const Separations s(problem);
    std::vector<uint32_t> all;
    for (uint32_t i = 0; i < s.sizes.size(); ++i)
        if (s.sizes[i] != 0) all.push_back(i);
    Best best{all.empty() ? 0 : SIZE_MAX, std::vector<size_t>(s.sizes.size(), 0)};
    const auto life = [&](uint32_t i) { return size_t{problem.lives[i].last - problem.lives[i].first} + 1; };
    const auto crowd = [&](uint32_t i) {
        size_t sum = s.sizes[i];
        for (const Neighbour& n : s.neighbours[i]) sum += s.sizes[n.other];
        return sum;
    };
    const auto attempt = [&](auto&& key) {
        std::vector<std::pair<size_t, uint32_t>> keyed;
        for (uint32_t i : all) keyed.push_back({key(i), i});
        std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
        std::vector<uint32_t> order;
        for (const auto& entry : keyed) order.push_back(entry.second);
        const int rounds = static_cast<int>(std::clamp<uint64_t>(steps / (all.size() * 64 + 1), 1, 200));
        for (bool lowest : {true, false}) improve(s, order, lowest, rounds, best);
    };
    attempt([&](uint32_t i) { return s.sizes[i]; });
    attempt([&](uint32_t i) { return s.sizes[i] * life(i); });
    attempt(crowd);
    attempt([&](uint32_t i) { return life(i); });
    attempt([&](uint32_t i) { return SIZE_MAX - problem.lives[i].first; });
    // The lower bound itself first; where it cannot be met or found, half way to what is known.
    size_t low = s.least;
    for (size_t height = low; best.height > low && steps != 0; height = low + (best.height - 1 - low) / 2) {
        uint64_t share = std::max<uint64_t>(steps / 4, std::min<uint64_t>(steps, 1000));
        steps -= share;
        std::vector<size_t> found = search_offsets(problem, s, height, share);
        if (!found.empty())
            best.take(height, found);
        else
            low = height + 1;
        if (steps < 1000) break;
    }
    Placement result{std::move(best.offsets), best.height * problem.alignment};
    for (size_t& offset : result.offsets) offset *= problem.alignment;
    return result;
}

}  // namespace tinsmith
