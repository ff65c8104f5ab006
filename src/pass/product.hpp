// A product spelled with any bracketing: x * (0.5 * y) / 6 is the factors {x, y} and the scalar 0.5 / 6.
#pragma once

#include "ir/rewrite.hpp"

namespace tinsmith {

struct Product {
    std::vector<ValueId> factors;  // run-time ones, at most 4
    double scalar = 1;
};

// Opens Mul nodes (and Div by a scalar) below `node` as long as nothing else reads their results. Requires `node` to be a Mul or Div;
// nullopt when it is not a plain product (a fused activation, a constant that is not uniform).
std::optional<Product> product_of(const Rewriter& r, const Node& node);

}  // namespace tinsmith
