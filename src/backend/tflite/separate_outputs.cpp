// Before: an output of the graph that is also an input, a constant, or another output.
// After:  it has a tensor of its own: a Reshape to the same shape copies it.
// When:   a runtime hands out one buffer per tensor: names would share it, and nothing would fill a constant's.
#include "backend/tflite/legalize.hpp"
#include "op/list.hpp"

#include <set>

namespace tinsmith {

int separate_outputs(Graph& graph, const PassOptions&) {
    std::set<ValueId> taken;
    for (const Port& port : graph.inputs) taken.insert(port.value);
    int changed = 0;
    for (Port& port : graph.outputs) {
        if (!graph.is_constant(port.value) && taken.insert(port.value).second) continue;
        Type type = graph.type(port.value);
        ValueId copy = graph.add_value(port.name, type);
        graph.nodes.push_back({&op::Reshape, {port.value}, {copy}, {{"shape", type.shape}}, port.name});
        port.value = copy;
        ++changed;
    }
    return changed;
}

}  // namespace tinsmith
