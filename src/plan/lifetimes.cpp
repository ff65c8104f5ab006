#include "plan/lifetimes.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

namespace {

struct Births {
    const Graph& graph;
    std::vector<Lifetime> lives = std::vector<Lifetime>(graph.values.size());

    void born(ValueId id, uint32_t step) {
        if (id == no_value || graph.is_constant(id)) return;
        lives[id] = {graph.type(id).bytes(), step, step};
    }
    void used(ValueId id, uint32_t step) {
        if (id != no_value) lives[id].last = std::max(lives[id].last, step);
    }
    // Returns the last step, that of the outputs.
    uint32_t follow(std::span<const uint32_t> order) {
        for (const Port& port : graph.inputs) born(port.value, 0);
        for (const State& state : graph.states) born(state.value, 0);
        uint32_t step = 0;
        for (uint32_t index : order) {
            ++step;
            for (ValueId id : graph.nodes[index].inputs) used(id, step);
            for (ValueId id : graph.nodes[index].outputs) born(id, step);
        }
        ++step;
        for (const Port& port : graph.outputs) used(port.value, step);
        for (const State& state : graph.states) used(state.next, step);
        return step;
    }
};

}  // namespace

std::vector<Lifetime> value_lifetimes(const Graph& graph) {
    std::vector<uint32_t> order(graph.nodes.size());
    std::iota(order.begin(), order.end(), 0u);
    Births births{graph};
    births.follow(order);
    return std::move(births.lives);
}

std::vector<Lifetime> ordered_lifetimes(const Graph& graph, std::span<const uint32_t> order) {
    Births births{graph};
    const uint32_t end = births.follow(order);
    for (const State& state : graph.states) births.used(state.value, end);
    return std::move(births.lives);
}

}  // namespace tinsmith
