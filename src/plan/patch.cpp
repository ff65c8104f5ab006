// Which stages run in patches: for every range of steps that can, the fewest tiles that suffice, and of all ranges the one that
// recomputes least. When one stage does not suffice the one that helps most is kept and another looked for.
#include "plan/layout.hpp"
#include "plan/patches.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

constexpr int max_stages = 3;
constexpr size_t max_nodes = 64;  // of a stage

struct Candidate {
    Layout layout;
    size_t excess = SIZE_MAX;  // bytes beyond what is allowed, summed over steps
    int64_t recomputed = 0;
    bool better_than(const Candidate& other) const {
        return std::pair(excess, recomputed) < std::pair(other.excess, other.recomputed);
    }
};

class Patcher {
public:
    Patcher(const Graph& graph, const Flow& flow, size_t max_bytes, size_t alignment)
        : graph_(graph), flow_(flow), max_bytes_(max_bytes), alignment_(alignment) {}

    std::vector<size_t> excess(const Layout& layout) const {
        std::vector<size_t> live = live_bytes({layout.lives, layout.overlaps, alignment_});
        for (size_t& bytes : live) bytes -= std::min(bytes, max_bytes_);
        return live;
    }

    Candidate with(const Layout& base, std::optional<PlannedStage> stage) const {
        std::vector<PlannedStage> stages = base.stages;
        if (stage) stages.push_back(std::move(*stage));
        Candidate candidate{lay_out(graph_, flow_, base.order, std::move(stages)), 0, 0};
        for (size_t bytes : excess(candidate.layout)) candidate.excess += bytes;
        for (const PlannedStage& s : candidate.layout.stages) candidate.recomputed += s.recomputed_macs;
        return candidate;
    }

    // The best stage beside those of `base`.
    Candidate another_stage(const Candidate& base) const {
        Candidate best = base;
        const std::vector<size_t> over = excess(base.layout);
        const size_t steps = base.layout.order.size();
        for (size_t first = 0; first < steps; ++first)
            for (size_t end = first + 2; end <= std::min(steps, first + max_nodes); ++end) {
                const bool helps =
                    std::any_of(over.begin() + static_cast<std::ptrdiff_t>(first + 1),
                                over.begin() + static_cast<std::ptrdiff_t>(end + 1), [](size_t b) { return b != 0; });
                if (helps && !meets_another(base.layout, first, end)) try_range(base, first, end, best);
            }
        return best;
    }

private:
    static bool meets_another(const Layout& layout, size_t first, size_t end) {
        return std::any_of(layout.stages.begin(), layout.stages.end(),
                           [&](const PlannedStage& s) { return s.first < end && first < s.end; });
    }

    void try_range(const Candidate& base, size_t first, size_t end, Candidate& best) const {
        for (int64_t tiles = 2;; tiles += (tiles + 3) / 4) {
            auto stage = make_stage(graph_, base.layout.order, first, end, tiles);
            if (!stage) return;
            Candidate candidate = with(base.layout, std::move(stage));
            // More tiles recompute more: once the best range needs less work this one will not win.
            if (best.excess == 0 && candidate.recomputed >= best.recomputed) return;
            const bool enough = candidate.excess == 0;
            if (candidate.better_than(best)) best = std::move(candidate);
            if (enough) return;
        }
    }

    const Graph& graph_;
    const Flow& flow_;
    size_t max_bytes_, alignment_;
};

}  // namespace

Layout patch(const Graph& graph, const Flow& flow, const Layout& whole, size_t max_bytes, size_t alignment) {
    const Patcher patcher(graph, flow, max_bytes, alignment);
    Candidate best = patcher.with(whole, std::nullopt);
    for (int round = 0; round < max_stages && best.excess != 0; ++round) {
        Candidate next = patcher.another_stage(best);
        if (!next.better_than(best)) break;
        best = std::move(next);
    }
    std::sort(best.layout.stages.begin(), best.layout.stages.end(),
              [](const PlannedStage& a, const PlannedStage& b) { return a.first < b.first; });
    return std::move(best.layout);
}

}  // namespace tinsmith
