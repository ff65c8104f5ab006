// Recipe: which scheme each node is to have, as the user or the target states it. Plain data; read from JSON.
#pragma once

#include "ir/graph.hpp"

namespace tinsmith {

enum class Scheme : uint8_t {
    stays_float,
    weights_only,  // weights stored as int8, computed as floats
    int8,          // int8 activations and weights, one scale for each output channel of the weights, int32 bias
    int16x8,       // int16 activations, int8 weights, int64 bias
};
std::string_view scheme_name(Scheme scheme);  // "float", "weights_only", "int8", "int16x8"
std::optional<Scheme> scheme_from_name(std::string_view name);

// Element type of the integers at the model's interface.
enum class Io : uint8_t { int8, uint8, float32 };
std::string_view io_name(Io io);
std::optional<Io> io_from_name(std::string_view name);

// The last rule that fits a node decides; an empty text fits everything.
struct RecipeRule {
    std::string op;      // operator, e.g. "Softmax"
    std::string layer;   // pattern of the node's origin or its output's name; '*' stands for any characters
    std::string target;  // e.g. "tflm"
    Scheme scheme = Scheme::int8;
};

struct Recipe {
    Scheme scheme = Scheme::int8;  // of nodes that no rule fits
    std::vector<RecipeRule> rules;
    Io io = Io::int8;
    std::string target;   // "litert", "tflm"; empty: both
    bool strict = false;  // a node without integer form is an error
};

Scheme scheme_of(const Recipe& recipe, const Graph& graph, const Node& node);

// Adds to `recipe` what a JSON text states: {"scheme": "int8", "io": "int8", "strict": false, "rules": [{"op": "Softmax",
// "layer": "head*", "target": "tflm", "scheme": "float"}]}. Throws Fault::input saying what is wrong with it.
void read_recipe(std::string_view json, Recipe& recipe);
void load_recipe(const std::string& path, Recipe& recipe);

}  // namespace tinsmith
