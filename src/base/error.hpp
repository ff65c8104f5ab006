// Errors: one exception class that says whose fault it is, with context added on the way out.
#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace tinsmith {

// Whose fault an error is. The command maps each to an exit code (see cli/exit_code.hpp).
enum class Fault {
    input,        // the user's file, data or command line
    unsupported,  // a correct model that tinsmith cannot express in the requested form
    target,       // it does not fit the device
    mismatch,     // the proof failed: the result does not compute what the source computes
    internal,     // our bug
};

class Error : public std::runtime_error {
public:
    Error(Fault whose, const std::string& what) : std::runtime_error(what), fault(whose) {}
    Fault fault;
};

template <class... Args>
[[noreturn]] void fail(Fault fault, fmt::format_string<Args...> text, Args&&... args) {
    throw Error(fault, fmt::format(text, std::forward<Args>(args)...));
}

// Checks the user's input: throws Fault::input with the formatted text unless `ok`.
template <class... Args>
void check(bool ok, fmt::format_string<Args...> text, Args&&... args) {
    if (!ok) fail(Fault::input, text, std::forward<Args>(args)...);
}

// Refuses a correct model that cannot be expressed: throws Fault::unsupported unless `ok`.
template <class... Args>
void supported(bool ok, fmt::format_string<Args...> text, Args&&... args) {
    if (!ok) fail(Fault::unsupported, text, std::forward<Args>(args)...);
}

// Runs `body`; an Error that leaves it is prefixed with "where: ". Used at file, graph and node level.
template <class Body>
auto within(std::string_view where, Body&& body) {
    try {
        return body();
    } catch (const Error& e) {
        throw Error(e.fault, std::string(where) + ": " + e.what());
    }
}

}  // namespace tinsmith
