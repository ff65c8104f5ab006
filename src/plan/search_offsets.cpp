// Lifetimes are placed from the bottom up: each at the lowest offset that those below leave it, in the order of these offsets. Some
// placement of this form is as good as any. A branch is given up when something that waits no longer fits, or when those that wait
// for one step need more than is left above the lowest of them.
#include "plan/separation.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

class Search {
public:
    Search(const PlaceProblem& problem, const Separations& separations, size_t height, uint64_t& steps)
        : problem_(problem),
          s_(separations),
          height_(height),
          steps_(steps),
          floor_(s_.sizes.size(), 0),
          placed_(s_.sizes.size(), false),
          offsets_(s_.sizes.size(), 0) {
        for (uint32_t i = 0; i < s_.sizes.size(); ++i)
            if (s_.sizes[i] != 0) waiting_.push_back(i);
        gather_crowds();
    }

    std::vector<size_t> run() {
        for (uint32_t i : waiting_)
            if (s_.sizes[i] > height_) return {};
        return place_next(0, 0) ? offsets_ : std::vector<size_t>{};
    }

private:
    // The sets of lifetimes that are alive together, wherever one begins.
    void gather_crowds() {
        std::vector<uint32_t> births;
        for (uint32_t i : waiting_) births.push_back(problem_.lives[i].first);
        std::sort(births.begin(), births.end());
        births.erase(std::unique(births.begin(), births.end()), births.end());
        std::vector<size_t> shared(s_.sizes.size(), 0);
        for (const Overlap& o : problem_.overlaps) {
            const size_t distance = (o.distance + s_.alignment - 1) / s_.alignment, size = s_.sizes[o.result];
            shared[o.result] += std::min(size - std::min(distance, size), s_.sizes[o.operand]);
        }
        size_t members = 0;
        for (uint32_t step : births) {
            Crowd crowd;
            for (uint32_t i : waiting_) {
                if (problem_.lives[i].first > step || problem_.lives[i].last < step) continue;
                const size_t common = problem_.lives[i].first == step ? std::min(shared[i], s_.sizes[i]) : 0;
                crowd.members.push_back({i, s_.sizes[i] - common});
            }
            members += crowd.members.size();
            crowds_.push_back(std::move(crowd));
        }
        cost_ = 1 + members / 64;
    }

    bool hopeless(size_t above) const {
        for (const Crowd& crowd : crowds_) {
            size_t need = 0, lowest = SIZE_MAX;
            for (auto [i, size] : crowd.members) {
                if (placed_[i]) continue;
                need += size;
                lowest = std::min(lowest, floor_[i]);
            }
            if (need != 0 && std::max(lowest, above) + need > height_) return true;
        }
        return false;
    }

    bool are_neighbours(uint32_t a, uint32_t b) const {
        const auto& list = s_.neighbours[a];
        const auto at =
            std::lower_bound(list.begin(), list.end(), b, [](const Neighbour& n, uint32_t other) { return n.other < other; });
        return at != list.end() && at->other == b;
    }

    // Tries every lifetime that may come next, after `last` was placed at `above`.
    bool place_next(size_t above, uint32_t last) {
        if (waiting_.empty()) return true;
        if (steps_ == 0 || hopeless(above)) return false;
        size_t first_top = SIZE_MAX;  // where some other would fit wholly below, a higher one need not come first
        for (uint32_t i : waiting_) first_top = std::min(first_top, std::max(floor_[i], above) + s_.sizes[i]);
        std::vector<uint32_t> candidates;
        for (uint32_t i : waiting_) {
            // Of those at one offset that do not meet, one order is enough.
            const bool turned = floor_[i] == above && i < last && !are_neighbours(i, last);
            if (floor_[i] >= above && floor_[i] < first_top && !turned) candidates.push_back(i);
        }
        std::stable_sort(candidates.begin(), candidates.end(), [&](uint32_t a, uint32_t b) {
            return std::pair(floor_[a], s_.sizes[b]) < std::pair(floor_[b], s_.sizes[a]);
        });
        for (uint32_t i : candidates) {
            if (steps_ == 0) return false;
            steps_ -= std::min(steps_, cost_);
            if (place_one(i, floor_[i])) return true;
        }
        return false;
    }

    bool place_one(uint32_t i, size_t offset) {
        const std::vector<size_t> floors = floor_;
        offsets_[i] = offset;
        placed_[i] = true;
        bool fits = offset + s_.sizes[i] <= height_;
        for (const Neighbour& n : s_.neighbours[i]) {
            if (placed_[n.other]) continue;
            floor_[n.other] = std::max(floor_[n.other], offset + n.below);
            fits = fits && floor_[n.other] + s_.sizes[n.other] <= height_;
        }
        const auto at = std::find(waiting_.begin(), waiting_.end(), i);
        const auto index = at - waiting_.begin();
        waiting_.erase(at);
        if (fits && place_next(offset, i)) return true;
        waiting_.insert(waiting_.begin() + index, i);
        placed_[i] = false;
        floor_ = floors;
        return false;
    }

    struct Crowd {
        std::vector<std::pair<uint32_t, size_t>> members;  // and what each adds at least
    };
    const PlaceProblem& problem_;
    const Separations& s_;
    size_t height_;
    uint64_t& steps_;
    uint64_t cost_ = 1;  // in steps, of placing one
    std::vector<Crowd> crowds_;
    std::vector<uint32_t> waiting_;
    std::vector<size_t> floor_;  // the lowest offset that those placed leave each of the others
    std::vector<bool> placed_;
    std::vector<size_t> offsets_;
};

}  // namespace

std::vector<size_t> search_offsets(const PlaceProblem& problem, const Separations& separations, size_t height,
                                   uint64_t& steps) {
    return Search(problem, separations, height, steps).run();
}

}  // namespace tinsmith
