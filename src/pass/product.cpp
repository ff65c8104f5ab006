#include "pass/product.hpp"

#include "op/list.hpp"
#include "pass/constant.hpp"

namespace tinsmith {

static bool gather(const Rewriter& r, const Node& node, Product& product, int depth) {
    if (node.text("activation") != "none") return false;
    for (size_t i = 0; i < 2; ++i) {
        ValueId id = node.inputs[i];
        bool divides = node.is(op::Div) && i == 1;
        if (r.graph.is_constant(id)) {
            auto scalar = uniform(r.graph, id);
            if (!scalar || (divides && *scalar == 0)) return false;
            product.scalar *= divides ? 1 / *scalar : *scalar;
            continue;
        }
        if (divides) return false;
        const Node* inner = r.producer(id);
        bool opens = inner && (inner->is(op::Mul) || inner->is(op::Div)) && r.uses(id) == 1 && depth < 4;
        Product deeper = product;
        if (opens && gather(r, *inner, deeper, depth + 1)) {
            product = std::move(deeper);
        } else {
            product.factors.push_back(id);
        }
        if (product.factors.size() > 4) return false;
    }
    return true;
}

std::optional<Product> product_of(const Rewriter& r, const Node& node) {
    Product product;
    if (!gather(r, node, product, 0)) return std::nullopt;
    return product;
}

}  // namespace tinsmith
