// The kernels for microcontrollers against the plain ones. The seed is printed with every failure.
#include "random_layers.h"

#include <gtest/gtest.h>

#include <random>

namespace {

TEST(McuLayers, StoreWhatPlainKernelsStore) {
    for (const tin_layer_check* what = tin_layer_checks; what->name; ++what) {
        const uint32_t seed = std::random_device{}();
        const tin_check check = tin_check_layers(what, seed, what->times);
        EXPECT_EQ(check.wrong, 0) << what->name << ", seed " << seed << ", layer " << check.drawn;
        EXPECT_GT(check.packed, check.drawn / 3) << what->name << ", seed " << seed;
    }
}

}  // namespace
