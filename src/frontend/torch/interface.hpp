// The inputs of an exported program: their types once --shape, --set and the batch of one have filled in the open extents.
#pragma once

#include "format/torch/program.hpp"
#include "frontend/read_options.hpp"

namespace tinsmith::torch {

struct Input {
    std::string name;
    Type type;
    std::optional<Buffer> value;  // --set
};

struct Interface {
    std::vector<Input> inputs;
    bool declared_holds = true;  // no static extent was replaced
};

// Throws Fault::input listing all inputs whose extents stay open, with an example of --shape.
Interface read_interface(const Program& program, const ReadOptions& options, std::vector<std::string>& notes);

}  // namespace tinsmith::torch
