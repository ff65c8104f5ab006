// Sums of products with constant weights, found among the nodes of a graph that is being read.
#pragma once

#include "ir/builder.hpp"

#include <unordered_map>

namespace tinsmith {

// The nodes from `first` on, by what they compute.
class Producers {
public:
    Producers(const Graph& graph, size_t first);
    const Graph& graph() const { return graph_; }
    // The node that computes `id`; null where it is another operator's or older.
    const Node* of(ValueId id, const OpDef& op) const;
    // Both operands of such a node, where it has two.
    std::optional<std::pair<ValueId, ValueId>> operands(ValueId id, const OpDef& op) const;

private:
    const Graph& graph_;
    std::unordered_map<ValueId, size_t> node_;
};

// input [rows, n] times the transposed weights[from : from + size, column : column + n], plus a bias of its own.
struct Product {
    ValueId input = no_value, weights = no_value;
    int64_t from = 0, column = 0;
    std::vector<double> bias;  // [size]
};

// Whether two products have the same weights, in one constant or in two that are alike.
bool is_same_product(const Graph& graph, const Product& a, const Product& b);

struct Affine {
    std::vector<Product> products;
    std::vector<double> constant;  // [size]: what was added to none of the products alone
};

// Columns [from, from + size) of `id`, f32 [rows, n], as a sum of products of computed tensors with constant weights, where it is one:
// through sums, biases, Split and Slice. The product of a Concat is the sum of its parts' products, but for parts that are zeros.
std::optional<Affine> affine(const Producers& made, ValueId id, int64_t from, int64_t size);

}  // namespace tinsmith
