// The calls of a functional model's layers as a graph of their own, checked and in order.
#pragma once

#include "frontend/keras/call.hpp"

namespace tinsmith::keras {

struct Network {
    struct Ref {
        size_t call = 0, tensor = 0;
    };
    struct Node {
        const Json* layer = nullptr;
        Call call;
        std::vector<Ref> from;  // of call.tensors
        bool is_input = false;
    };
    std::vector<Node> calls;
    std::vector<size_t> order;   // each call after those it depends on, otherwise as the file lists them
    std::vector<size_t> inputs;  // calls
    std::vector<Ref> outputs;
};

// Throws Fault::input naming the layer where calls refer to what is not there, or to each other.
Network read_network(const Json& model);

}  // namespace tinsmith::keras
