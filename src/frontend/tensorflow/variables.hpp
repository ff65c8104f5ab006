// The variables of a SavedModel: which entry of the checkpoint each is, and its value.
#pragma once

#include "format/tensorflow/checkpoint.hpp"
#include "frontend/tensorflow/operand.hpp"

namespace tinsmith::tensorflow {

class Variables {
public:
    // `folder` holds the checkpoint "variables"; it is opened when a variable is read. `graph` must outlive this.
    Variables(std::string folder, const GraphDef& graph);
    // No checkpoint: a frozen graph.
    Variables() = default;

    // Throws Fault::input naming the variable when it has no value.
    Tensor value(const Resource& variable);

private:
    std::string key_of(const Resource& variable);
    std::string folder_;
    std::map<std::string, std::string, std::less<>> keys_;  // node of a handle -> key, as the model's own restoring has it
    std::unique_ptr<Checkpoint> checkpoint_;
};

// Which key of a checkpoint the graph's restoring (RestoreV2 and what assigns its results, in the graph or in a function that it calls)
// assigns to the variable that each node stands for.
std::map<std::string, std::string, std::less<>> restored_keys(const GraphDef& graph);

}  // namespace tinsmith::tensorflow
