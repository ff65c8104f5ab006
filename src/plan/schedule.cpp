// Orders of nodes. A set of nodes that may have run ("done") decides what is alive after it, whatever the order among them; so the
// best order is a path through such sets whose worst step is least. Paths are followed from the one with the least worst step on.
#include "plan/flow.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <queue>

namespace tinsmith {

namespace {

using Done = std::vector<bool>;

// What a step costs while it runs, and what is alive after it.
struct Cost {
    size_t during, after;
};

class Steps {
public:
    Steps(const Graph& graph, const Flow& flow) : flow_(flow) {
        std::vector<bool> made(graph.values.size(), false);
        std::vector<uint32_t> maker(graph.values.size());
        before_.resize(graph.nodes.size());
        after_.resize(graph.nodes.size());
        for (uint32_t i = 0; i < graph.nodes.size(); ++i) {
            for (ValueId id : graph.nodes[i].inputs)
                if (id != no_value && made[id]) {
                    before_[i].push_back(maker[id]);
                    after_[maker[id]].push_back(i);
                }
            for (ValueId id : graph.nodes[i].outputs)
                if (id != no_value) {
                    made[id] = true;
                    maker[id] = i;
                }
        }
        for (ValueId id : flow.given) start_ += alive_unread(id) ? flow.bytes[id] : 0;
    }

    size_t start() const { return start_; }
    size_t count() const { return before_.size(); }
    const std::vector<uint32_t>& after(uint32_t node) const { return after_[node]; }

    bool ready(uint32_t node, const Done& done) const {
        return !done[node] && std::all_of(before_[node].begin(), before_[node].end(), [&](uint32_t i) { return done[i]; });
    }

    Cost cost(uint32_t node, const Done& done, size_t alive) const {
        const NodeFlow& n = flow_.nodes[node];
        size_t made = n.scratch, freed = 0, common = 0;
        for (ValueId id : n.writes) made += flow_.bytes[id];
        for (const Shareable& s : n.shareable)
            if (dies(s.operand, node, done)) common += s.common;
        if (!n.writes.empty()) common = std::min(common, flow_.bytes[n.writes[0]]);
        for (ValueId id : n.reads)
            if (dies(id, node, done)) freed += flow_.bytes[id];
        const size_t during = alive + made - common;
        for (ValueId id : n.writes)
            if (!alive_unread(id)) freed += flow_.bytes[id];
        return {during, alive + made - n.scratch - freed};
    }

private:
    bool alive_unread(ValueId id) const { return flow_.stays[id] || !flow_.readers[id].empty(); }
    bool dies(ValueId id, uint32_t node, const Done& done) const {
        return !flow_.stays[id] && std::all_of(flow_.readers[id].begin(), flow_.readers[id].end(),
                                               [&](uint32_t i) { return i == node || done[i]; });
    }

    const Flow& flow_;
    std::vector<std::vector<uint32_t>> before_, after_;
    size_t start_ = 0;
};

size_t peak(const Steps& steps, std::span<const uint32_t> order) {
    Done done(steps.count(), false);
    size_t alive = steps.start(), most = alive;
    for (uint32_t node : order) {
        const Cost cost = steps.cost(node, done, alive);
        done[node] = true;
        alive = cost.after;
        most = std::max(most, cost.during);
    }
    return most;
}

// No order can do better than what its most demanding node needs alone.
size_t least_peak(const Steps& steps, const Flow& flow) {
    size_t least = steps.start();
    for (const NodeFlow& node : flow.nodes) {
        size_t sum = node.scratch, common = 0;
        for (ValueId id : node.reads) sum += flow.bytes[id];
        for (ValueId id : node.writes) sum += flow.bytes[id];
        for (const Shareable& s : node.shareable) common += s.common;
        if (!node.writes.empty()) common = std::min(common, flow.bytes[node.writes[0]]);
        least = std::max(least, sum - common);
    }
    return least;
}

// Always the ready node that leaves the least alive; the first of several.
std::vector<uint32_t> greedy(const Steps& steps) {
    Done done(steps.count(), false);
    std::vector<uint32_t> ready, order;
    for (uint32_t i = 0; i < steps.count(); ++i)
        if (steps.ready(i, done)) ready.push_back(i);
    size_t alive = steps.start();
    while (!ready.empty()) {
        size_t best = 0;
        Cost least{SIZE_MAX, SIZE_MAX};
        for (size_t i = 0; i < ready.size(); ++i) {
            const Cost cost = steps.cost(ready[i], done, alive);
            if (std::pair(cost.after, cost.during) < std::pair(least.after, least.during)) {
                best = i;
                least = cost;
            }
        }
        const uint32_t node = ready[best];
        ready.erase(ready.begin() + static_cast<std::ptrdiff_t>(best));
        done[node] = true;
        order.push_back(node);
        alive = least.after;
        for (uint32_t next : steps.after(node))
            if (steps.ready(next, done) && std::find(ready.begin(), ready.end(), next) == ready.end()) ready.push_back(next);
        std::sort(ready.begin(), ready.end());
    }
    return order;
}

// A set that some order reaches with the worst step `worst`, and how.
struct Reached {
    Done done;
    size_t alive;
    size_t worst;
    uint32_t from, node;
    uint32_t size;  // nodes that are done
};

// The order whose worst step is least, if it is below `bound` and found in time; else empty.
std::vector<uint32_t> search(const Steps& steps, size_t bound, uint64_t budget) {
    std::vector<Reached> reached{{Done(steps.count(), false), steps.start(), steps.start(), 0, 0, 0}};
    std::map<Done, size_t> known{{reached[0].done, steps.start()}};
    // The least worst step first; of several the one that is furthest.
    const auto later = [&](uint32_t a, uint32_t b) {
        return std::tuple(reached[a].worst, steps.count() - reached[a].size, a) >
               std::tuple(reached[b].worst, steps.count() - reached[b].size, b);
    };
    std::priority_queue<uint32_t, std::vector<uint32_t>, decltype(later)> open(later);
    open.push(0);
    const uint64_t price = 1 + steps.count() / 16;
    while (!open.empty()) {
        const uint32_t at = open.top();
        open.pop();
        if (reached[at].size == steps.count()) {
            std::vector<uint32_t> order;
            for (uint32_t i = at; i != 0; i = reached[i].from) order.push_back(reached[i].node);
            std::reverse(order.begin(), order.end());
            return order;
        }
        if (known[reached[at].done] < reached[at].worst) continue;
        for (uint32_t node = 0; node < steps.count(); ++node) {
            if (!steps.ready(node, reached[at].done)) continue;
            if (budget < price) return {};
            budget -= price;
            const Cost cost = steps.cost(node, reached[at].done, reached[at].alive);
            const size_t worst = std::max(reached[at].worst, cost.during);
            if (worst >= bound) continue;
            Done done = reached[at].done;
            done[node] = true;
            const auto [entry, fresh] = known.try_emplace(done, worst);
            if (!fresh && entry->second <= worst) continue;
            entry->second = worst;
            reached.push_back({std::move(done), cost.after, worst, at, node, reached[at].size + 1});
            open.push(static_cast<uint32_t>(reached.size() - 1));
        }
    }
    return {};
}

}  // namespace

std::vector<uint32_t> schedule(const Graph& graph, const Flow& flow, uint64_t steps_allowed) {
    std::vector<uint32_t> order(graph.nodes.size());
    std::iota(order.begin(), order.end(), 0u);
    const Steps steps(graph, flow);
    const size_t least = least_peak(steps, flow);
    size_t best = peak(steps, order);
    const auto take = [&](std::vector<uint32_t> other) {
        if (other.size() != order.size()) return;
        const size_t its = peak(steps, other);
        if (its >= best) return;
        best = its;
        order = std::move(other);
    };
    if (best > least) take(greedy(steps));
    // Each set that is remembered takes memory: that is what bounds the search.
    if (best > least) take(search(steps, best, std::min<uint64_t>(steps_allowed, 200'000)));
    return order;
}

}  // namespace tinsmith
