// What a decoder may throw: anything else, and it itself where we are to blame, ends the run.
#pragma once

#include "base/error.hpp"

#include <fmt/format.h>

#include <cstdlib>

// Reads; an Error passes unless its fault is ours, or, where everything that can be wrong is the input's fault, any other than that.
template <class Read>
void attempt(Read read, bool only_input = false) {
    using tinsmith::Fault;
    try {
        read();
    } catch (const tinsmith::Error& e) {
        if (only_input ? e.fault == Fault::input : e.fault != Fault::internal) return;
        fmt::print(stderr, "{}\n", e.what());
        std::abort();
    }
}

template <class Read>
void attempt_input(Read read) {
    attempt(read, true);
}
