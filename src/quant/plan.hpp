// QuantPlan: which nodes of a float graph are to compute on integers, and how every value between them is stored. Made, and
// printed, before anything is changed.
#pragma once

#include "quant/recipe.hpp"
#include "quant/stored.hpp"
#include "quant/take_stated_scales.hpp"

#include <map>

namespace tinsmith {

struct NodePlan {
    Scheme scheme = Scheme::stays_float;
    std::string reason;      // why it stays float; empty where nothing kept it from its scheme
    bool one_scale = false;  // int8: all output channels of the weights share a scale
};

struct QuantPlan {
    std::vector<NodePlan> nodes;  // by index
    std::vector<std::optional<Stored>>
        values;  // by ValueId: what integer nodes read and write, constant weights and biases excepted
    // Operands, by node and position, that are brought to another scale in front of a node which wants all alike.
    std::map<std::pair<size_t, size_t>, Stored> requantised;
    std::vector<std::optional<Stored>> inputs, outputs;  // by port: what the interface holds; nothing: as the source
    std::vector<std::string> notes;                      // what the user should know
};

// Ranges are those of the same graph, and so are the scales that the model states, which hold where they can. Throws Fault::unsupported listing all nodes that stay float when the recipe is strict.
QuantPlan plan_quantization(const Graph& graph, const Ranges& ranges, const Recipe& recipe, const StatedScales& stated = {});

// The same plan with floats at the model's inputs and outputs.
QuantPlan with_float_interface(QuantPlan plan);

// One line for each node: scheme, scales of operands and results, reasons.
std::string print_plan(const Graph& graph, const QuantPlan& plan);

// The element type of a scheme's activations. Requires an integer scheme.
DType activation_type(Scheme scheme);
inline bool is_integer_scheme(Scheme scheme) { return scheme == Scheme::int8 || scheme == Scheme::int16x8; }

// Where an operator with constant weights keeps them.
struct WeightOperands {
    size_t weights, bias;  // positions
    int axis;              // of the output channels
};
std::optional<WeightOperands> weight_operands(const OpDef& op);
// Weights and biases; the other operands of real numbers are activations.
bool is_parameter(const Node& node, size_t operand);

}  // namespace tinsmith
