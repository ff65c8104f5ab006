#include "frontend/onnx/origin.hpp"

namespace tinsmith {

// PyTorch's exporter writes the modules as a Python list, outermost first, the operation last: "['', 'layer1', 'layer1.0', 'conv']".
static std::string module_of(const std::string& list) {
    std::string last, before;
    for (size_t open = list.find('\''); open != std::string::npos;) {
        size_t close = list.find('\'', open + 1);
        if (close == std::string::npos) break;
        before = std::move(last);
        last = list.substr(open + 1, close - open - 1);
        open = list.find('\'', close + 1);
    }
    return before;
}

std::string origin_of(const onnx::Node& node) {
    if (auto scopes = node.metadata.find("pkg.torch.onnx.name_scopes"); scopes != node.metadata.end())
        if (std::string module = module_of(scopes->second); !module.empty()) return module + "/" + node.name;
    if (!node.name.empty()) return node.name;
    for (const std::string& output : node.outputs)
        if (!output.empty()) return output;
    return node.op_type;
}

}  // namespace tinsmith
