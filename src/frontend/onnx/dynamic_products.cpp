#include "frontend/onnx/dynamic_products.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace tinsmith {

namespace {

class DynamicProducts {
public:
    explicit DynamicProducts(onnx::Graph& graph) : graph_(graph) {
        for (size_t n = 0; n < graph.nodes.size(); ++n) {
            for (const std::string& name : graph.nodes[n].outputs) producer_[name] = n;
            for (const std::string& name : graph.nodes[n].inputs) readers_[name].push_back(n);
        }
        for (const onnx::ValueInfo& output : graph.outputs) shown_.insert(output.name);
        for (const onnx::Tensor& tensor : graph.initializers) elements_[tensor.name] = element_count_of(tensor);
    }

    int run() {
        const bool nested = std::any_of(graph_.nodes.begin(), graph_.nodes.end(), [](const onnx::Node& node) {
            return std::any_of(node.attributes.begin(), node.attributes.end(), [](const auto& a) { return !a.graphs.empty(); });
        });
        if (nested) return 0;  // their bodies may read any name
        int found = 0;
        const size_t count = graph_.nodes.size();
        for (size_t n = 0; n < count; ++n)
            if (const auto product = match(n)) {
                replace(*product);
                ++found;
            } else if (takes_real_input(n)) {
                ++found;
            }
        if (found > 0) drop_what_is_replaced();
        return found;
    }

private:
    struct Product {
        size_t quantize, product, cast, scale, result;  // nodes
        std::string weights_scale;
    };

    static int64_t element_count_of(const onnx::Tensor& tensor) {
        int64_t count = 1;
        for (int64_t extent : tensor.dims) count *= extent;
        return count;
    }

    bool is(size_t n, std::string_view op) const { return graph_.nodes[n].domain.empty() && graph_.nodes[n].op_type == op; }

    std::optional<size_t> made_by(const std::string& name, std::string_view op) const {
        const auto at = producer_.find(name);
        return at != producer_.end() && is(at->second, op) ? std::optional(at->second) : std::nullopt;
    }

    std::optional<size_t> only_reader(size_t n, std::string_view op) const {
        if (graph_.nodes[n].outputs.empty()) return std::nullopt;
        const std::string& name = graph_.nodes[n].outputs[0];
        const auto at = readers_.find(name);
        if (at == readers_.end() || at->second.size() != 1 || shown_.contains(name) || !is(at->second[0], op))
            return std::nullopt;
        return at->second[0];
    }

    // The operand of a node of two that is not `name`.
    std::optional<std::string> other_operand(size_t n, const std::string& name) const {
        const std::vector<std::string>& in = graph_.nodes[n].inputs;
        if (in.size() != 2 || (in[0] != name && in[1] != name)) return std::nullopt;
        return in[in[0] == name ? 1 : 0];
    }

    std::optional<Product> match(size_t n) const {
        const bool conv = is(n, "ConvInteger");
        const onnx::Node& product = graph_.nodes[n];
        if ((!conv && !is(n, "MatMulInteger")) || product.inputs.size() < 3 || product.outputs.empty()) return std::nullopt;
        const auto quantize = made_by(product.inputs[0], "DynamicQuantizeLinear");
        if (!quantize) return std::nullopt;
        const std::vector<std::string>& q = graph_.nodes[*quantize].outputs;
        if (q.size() != 3 || graph_.nodes[*quantize].inputs.empty() || product.inputs[0] != q[0] || product.inputs[2] != q[2])
            return std::nullopt;
        const auto cast = only_reader(n, "Cast");
        const auto result = cast ? only_reader(*cast, "Mul") : std::nullopt;
        if (!result) return std::nullopt;
        const auto scales = other_operand(*result, graph_.nodes[*cast].outputs[0]);
        const auto scale = scales ? made_by(*scales, "Mul") : std::nullopt;
        if (!scale || only_reader(*scale, "Mul") != result) return std::nullopt;
        const auto weights_scale = other_operand(*scale, q[1]);
        if (!weights_scale) return std::nullopt;
        const auto elements = elements_.find(*weights_scale);
        if (elements == elements_.end() || (conv && elements->second != 1)) return std::nullopt;
        return Product{*quantize, n, *cast, *scale, *result, *weights_scale};
    }

    void replace(const Product& p) {
        const onnx::Node product = graph_.nodes[p.product];
        onnx::Node weights;
        weights.name = product.name + "/weights";
        weights.op_type = "DequantizeLinear";
        weights.inputs = {product.inputs[1], p.weights_scale};
        if (product.inputs.size() > 3) weights.inputs.push_back(product.inputs[3]);
        weights.outputs = {product.outputs[0] + "/weights"};
        onnx::Node real = product;
        real.op_type = product.op_type == "ConvInteger" ? "Conv" : "MatMul";
        real.inputs = {graph_.nodes[p.quantize].inputs[0], weights.outputs[0]};
        real.outputs = graph_.nodes[p.result].outputs;
        graph_.nodes[p.result] = std::move(real);
        graph_.nodes.push_back(std::move(weights));
        for (size_t n : {p.product, p.cast, p.scale}) replaced_.insert(n);
        quantized_.insert(p.quantize);
    }

    // A fused operator reads x instead of its integers, scale and zero point.
    bool takes_real_input(size_t n) {
        onnx::Node& node = graph_.nodes[n];
        if (node.domain != "com.microsoft") return false;
        const bool product = node.op_type == "MatMulIntegerToFloat";
        if (!product && node.op_type != "QAttention") return false;
        const size_t scale = product ? 2 : 3, zero = product ? 4 : 6;
        const auto quantize = node.inputs.size() > zero ? made_by(node.inputs[0], "DynamicQuantizeLinear") : std::nullopt;
        if (!quantize || graph_.nodes[*quantize].inputs.empty()) return false;
        const std::vector<std::string> q = graph_.nodes[*quantize].outputs;
        if (q.size() != 3 || node.inputs[0] != q[0] || node.inputs[scale] != q[1] || node.inputs[zero] != q[2]) return false;
        for (size_t i : {size_t{0}, scale, zero}) {
            std::erase(readers_[node.inputs[i]], n);
            node.inputs[i].clear();
        }
        node.inputs[0] = graph_.nodes[*quantize].inputs[0];
        quantized_.insert(*quantize);
        return true;
    }

    void drop_what_is_replaced() {
        const auto read = [&](const std::string& name) {
            const std::vector<size_t>& by = readers_[name];
            return shown_.contains(name) || std::any_of(by.begin(), by.end(), [&](size_t n) { return !replaced_.contains(n); });
        };
        for (size_t n : quantized_)
            if (std::none_of(graph_.nodes[n].outputs.begin(), graph_.nodes[n].outputs.end(), read)) replaced_.insert(n);
        for (auto n = replaced_.rbegin(); n != replaced_.rend(); ++n)
            graph_.nodes.erase(graph_.nodes.begin() + static_cast<std::ptrdiff_t>(*n));
    }

    onnx::Graph& graph_;
    std::map<std::string, size_t> producer_;
    std::map<std::string, std::vector<size_t>> readers_;
    std::map<std::string, int64_t> elements_;  // of constants
    std::set<std::string> shown_;              // outputs of the graph
    std::set<size_t> replaced_, quantized_;    // nodes
};

}  // namespace

int read_dynamic_products(onnx::Graph& graph) { return DynamicProducts(graph).run(); }

}  // namespace tinsmith
