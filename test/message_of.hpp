// What a piece of code says when it fails.
#pragma once

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tinsmith {

// The text of the Error that the body throws, which must have this fault; "no error" where it throws none.
template <class Body>
std::string message_of(Body body, Fault fault = Fault::input) {
    try {
        body();
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, fault) << e.what();
        return e.what();
    }
    return "no error";
}

}  // namespace tinsmith
