#include "frontend/onnx/unread.hpp"

#include "frontend/onnx/order.hpp"

#include <algorithm>

namespace tinsmith {

void forget_unread_outputs(onnx::Graph& graph) {
    std::unordered_set<std::string_view> read;
    for (const onnx::ValueInfo& output : graph.outputs) read.insert(output.name);
    for (const onnx::Node& node : graph.nodes) read.merge(read_names(node));
    for (onnx::Node& node : graph.nodes) {
        auto unread = [&](const std::string& name) { return !read.contains(name); };
        const bool dead = std::all_of(node.outputs.begin(), node.outputs.end(), unread);
        // The set holds views of names of inputs and graph outputs, which stay.
        for (size_t i = dead ? 1 : 0; i < node.outputs.size(); ++i)
            if (unread(node.outputs[i])) node.outputs[i].clear();
    }
}

}  // namespace tinsmith
