// Exit codes of the command, as documented in docs/command.md.
#pragma once

#include "base/error.hpp"

namespace tinsmith::cli {

inline constexpr int exit_ok = 0;
inline constexpr int exit_disagree = 1;  // compare, validate: no agreement

constexpr int exit_code(Fault fault) {
    switch (fault) {
        case Fault::input: return 2;
        case Fault::unsupported: return 3;
        case Fault::target: return 4;
        case Fault::mismatch: return 5;
        case Fault::internal: return 70;
    }
    return 70;
}

}  // namespace tinsmith::cli
