// The nodes of a graph or of a function, found by name, and the order in which they can be read.
#pragma once

#include "format/tensorflow/model.hpp"

#include <unordered_map>

namespace tinsmith::tensorflow {

struct TensorName {
    std::string_view node;
    size_t output = 0;
    bool control = false;  // "^node": no tensor
};

class Body {
public:
    explicit Body(std::vector<Node> nodes);
    explicit Body(Function function);

    const std::vector<Node>& nodes() const { return nodes_; }
    const std::vector<Argument>& inputs() const { return inputs_; }
    const std::vector<std::string_view>& results() const { return results_; }  // the tensors that a function returns
    const std::vector<std::string_view>& effects() const { return effects_; }  // the nodes that it runs for their effect

    std::optional<size_t> find(std::string_view node) const;
    // "node", "node:1", "^node", and in functions "node:output:0". Throws Fault::input when it is none of these.
    TensorName parse(std::string_view text) const;

    // The nodes that the wanted tensors need, each after those whose outputs it reads; nodes for which `known` is true end the search.
    // An Exit needs what its loop takes from outside. Throws Fault::input naming a node that is missing or the nodes of a cycle.
    std::vector<size_t> order(const std::vector<std::string_view>& wanted, const std::vector<bool>& known) const;

    // The Enter nodes of the loop that an Exit belongs to. Throws Fault::input when there is none.
    std::vector<size_t> entries(const Node& exit) const;
    // The node that computes input i of a node. Throws Fault::input when it is missing.
    const Node& source(const Node& node, size_t i) const;

private:
    void index();
    std::vector<size_t> needs(size_t node) const;
    size_t at(std::string_view node) const;

    std::vector<Node> nodes_;
    std::vector<Argument> inputs_;
    std::vector<std::string_view> results_, effects_;
    std::unordered_map<std::string_view, size_t> by_name_;
    bool is_function_ = false;
};

// What a message calls a node.
std::string node_label(const Node& node);

}  // namespace tinsmith::tensorflow
