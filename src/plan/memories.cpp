// Which memory a value lies in. Every byte that nodes read or write costs the memory's cycles; so the fastest memory is filled with
// what is moved most often for its size and the time that it is alive, then the next.
#include "plan/layout.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

size_t Arenas::bytes() const {
    size_t sum = 0;
    for (const MemoryUse& memory : memories) sum += memory.bytes;
    return sum;
}

namespace {

// By lifetime: how many of its bytes nodes read and write in one run. Scratch is written and read at least once.
std::vector<size_t> moved_bytes(const Graph& graph, const Flow& flow, const Layout& layout) {
    std::vector<size_t> moved(layout.lives.size(), 0);
    for (const Node& node : graph.nodes)
        for (const auto* ids : {&node.inputs, &node.outputs})
            for (ValueId id : *ids)
                if (id != no_value) moved[flow.owner[id]] += layout.lives[flow.owner[id]].bytes;
    for (size_t i = layout.own.size(); i < moved.size(); ++i) moved[i] = 2 * layout.lives[i].bytes;
    return moved;
}

class Distributor {
public:
    Distributor(const Graph& graph, const Flow& flow, const Layout& layout, const PlanOptions& options)
        : graph_(graph),
          layout_(layout),
          options_(options),
          memories_(options.memories),
          moved_(moved_bytes(graph, flow, layout)) {
        if (memories_.empty()) memories_.emplace_back();
        arenas_.memory.assign(layout.lives.size(), 0);
        arenas_.offsets.assign(layout.lives.size(), 0);
        for (const PlanMemory& memory : memories_) arenas_.memories.push_back({memory.name, 0});
    }

    Arenas run() {
        std::vector<uint32_t> left = by_heat();
        for (uint32_t m = 0; m < memories_.size(); ++m) {
            // All of what is left, if it fits: nothing need be chosen, and the search looks at everything at once.
            if (place_in(m, left)) return std::move(arenas_);
            left = fill(m, left);
        }
        const uint32_t largest = *std::max_element(
            left.begin(), left.end(), [&](uint32_t a, uint32_t b) { return layout_.lives[a].bytes < layout_.lives[b].bytes; });
        refuse(left, largest);
    }

private:
    std::vector<uint32_t> by_heat() const {
        const auto heat = [&](uint32_t i) {
            const Lifetime& life = layout_.lives[i];
            return static_cast<double>(moved_[i]) / (static_cast<double>(life.bytes) * (life.last - life.first + 1));
        };
        std::vector<uint32_t> all;
        for (uint32_t i = 0; i < layout_.lives.size(); ++i)
            if (layout_.lives[i].bytes != 0) all.push_back(i);
        std::stable_sort(all.begin(), all.end(), [&](uint32_t a, uint32_t b) { return heat(a) > heat(b); });
        return all;
    }

    // Fills memory m from the hottest on; returns what did not fit.
    std::vector<uint32_t> fill(uint32_t m, const std::vector<uint32_t>& hottest_first) {
        std::vector<uint32_t> chosen, left;
        for (uint32_t i : hottest_first) {
            chosen.push_back(i);
            if (least(chosen) <= memories_[m].bytes && place(chosen, 0).bytes <= memories_[m].bytes) continue;
            chosen.pop_back();
            left.push_back(i);
        }
        place_in(m, chosen);
        return left;
    }

    // Lifetimes and overlaps of some alone, the others without bytes.
    struct Part {
        std::vector<Lifetime> lives;
        std::vector<Overlap> overlaps;
    };
    Part part(const std::vector<uint32_t>& some) const {
        Part p{std::vector<Lifetime>(layout_.lives.size()), {}};
        for (uint32_t i : some) p.lives[i] = layout_.lives[i];
        for (const Overlap& o : layout_.overlaps)
            if (p.lives[o.operand].bytes != 0 && p.lives[o.result].bytes != 0) p.overlaps.push_back(o);
        return p;
    }
    size_t least(const std::vector<uint32_t>& some) const {
        const Part p = part(some);
        return live_peak({p.lives, p.overlaps, options_.alignment});
    }
    Placement place(const std::vector<uint32_t>& some, uint64_t steps) const {
        const Part p = part(some);
        return place_best({p.lives, p.overlaps, options_.alignment}, steps);
    }

    bool place_in(uint32_t m, const std::vector<uint32_t>& some) {
        if (least(some) > memories_[m].bytes) return false;
        const Placement placement = place(some, options_.search_steps);
        if (placement.bytes > memories_[m].bytes) return false;
        arenas_.memories[m].bytes = placement.bytes;
        for (uint32_t i : some) {
            arenas_.memory[i] = m;
            arenas_.offsets[i] = placement.offsets[i];
            arenas_.memories[m].moved_bytes += moved_[i];
        }
        return true;
    }

    [[noreturn]] void refuse(const std::vector<uint32_t>& left, uint32_t largest) const {
        const size_t bytes = layout_.lives[largest].bytes, all = live_peak(layout_.lives, options_.alignment);
        size_t room = 0;
        for (const PlanMemory& memory : memories_) room += memory.bytes;
        const std::string what =
            largest < layout_.own.size() ? fmt::format("'{}'", graph_.value(largest).name) : std::string("a node's scratch");
        fail(Fault::target,
             "{} values do not fit, the largest of them {} of {} bytes: {} bytes are alive at the worst step, and the memories "
             "have {}",
             left.size(), what, bytes, all, room);
    }

    const Graph& graph_;
    const Layout& layout_;
    const PlanOptions& options_;
    std::vector<PlanMemory> memories_;
    std::vector<size_t> moved_;
    Arenas arenas_;
};

}  // namespace

Arenas place_in_memories(const Graph& graph, const Flow& flow, const Layout& layout, const PlanOptions& options) {
    return Distributor(graph, flow, layout, options).run();
}

}  // namespace tinsmith
