// The variables of a SavedModel: which entry of the checkpoint each is, and its value.
#pragma once

#include "format/tensorflow/checkpoint.hpp"
#include "frontend/tensorflow/operand.hpp"

namespace tinsmith::tensorflow {

// What a variable is restored from: an entry of the checkpoint, or a part of it ("10 5 0,4:-").
struct Restored {
    std::string key, part;
};
using RestoredKeys = std::map<std::string, Restored, std::less<>>;  // by the node that stands for the variable

class Variables {
public:
    // `folder` holds the checkpoint "variables"; it is opened when a variable is read. `graph` must outlive this.
    Variables(std::string folder, const GraphDef& graph);
    // No checkpoint: a frozen graph.
    Variables() = default;

    // Throws Fault::input naming the variable when it has no value.
    Tensor value(const Resource& variable);

private:
    Restored key_of(const Resource& variable);
    std::string folder_;
    RestoredKeys keys_;  // as the model's own restoring has them
    std::unique_ptr<Checkpoint> checkpoint_;
};

// What the graph's restoring (RestoreV2 and what assigns its results, in the graph or in a function that it calls) assigns to the variable
// that each node stands for.
RestoredKeys restored_keys(const GraphDef& graph);

}  // namespace tinsmith::tensorflow
