// Every branch of the decision chart and every "best for" row of the seeds, as what recommend says.
#include "api/recommend.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tinsmith {
namespace {

struct Expected {
    const char *said_by, *target, *priority;
    double accuracy;
    const char* method;
};

constexpr Expected expectations[] = {
    // The chart: target, then for phones whether accuracy is critical.
    {"chart: mobile, accuracy critical", "mobile", "any", 99.5, "float16"},
    {"chart: mobile, otherwise", "mobile", "any", 98, "dynamic_range"},
    {"chart: mobile, nothing said", "mobile", "any", 0, "dynamic_range"},
    {"chart: Edge TPU", "edgetpu", "any", 0, "int8"},
    {"chart: Raspberry Pi, ARM", "raspberry-pi", "any", 0, "int8"},
    {"chart: cloud server", "cloud", "any", 0, "float32"},
    {"chart: microcontroller", "microcontroller", "any", 0, "int8"},
    {"chart: GPU", "gpu", "any", 0, "float16"},
    // "Best for" of the overview of methods.
    {"best for: float32, cloud inference", "cloud", "any", 100, "float32"},
    {"best for: dynamic range, mobile", "android", "any", 0, "dynamic_range"},
    {"best for: float16, modern phones", "android", "any", 99.5, "float16"},
    {"best for: float16, GPU", "gpu", "any", 99, "float16"},
    {"when to use: float16, iOS", "ios", "any", 0, "float16"},
    {"best for: full integer, embedded", "microcontroller", "any", 95, "int8"},
    // "Best for" of the page on edge devices.
    {"best for: dynamic range, general deployment", "any", "any", 0, "dynamic_range"},
    {"best for: float16, Raspberry Pi with XNNPACK", "raspberry-pi", "any", 99, "float16"},
    {"best for: int8, Raspberry Pi CPU", "raspberry-pi", "any", 97, "int8"},
    {"best for: int8, Coral TPU", "edgetpu", "any", 97, "int8"},
    {"best for: int8 with QAT, accuracy-critical", "edgetpu", "any", 99, "int8_qat"},
    {"best for: TensorRT FP16, Jetson default", "jetson", "any", 0, "float16"},
    {"best for: TensorRT INT8, Jetson max throughput", "jetson", "speed", 0, "int8"},
    {"conversion map: OpenVINO, Intel", "intel", "any", 0, "float16"},
    {"OpenVINO int8, Intel", "intel", "speed", 0, "int8"},
    {"OpenVINO, Intel, accuracy critical", "intel", "any", 99.5, "float32"},
    // "Use case" of the page on TinyML.
    {"use case: FP16, GPU inference", "gpu", "any", 0, "float16"},
    {"use case: dynamic int8, quick deployment", "any", "effort", 0, "dynamic_range"},
    {"use case: full int8, standard edge", "edge", "any", 0, "int8"},
    {"use case: int8 with QAT, accuracy-critical", "edge", "any", 99, "int8_qat"},
    {"use case: int8 with QAT on a microcontroller", "microcontroller", "any", 99, "int8_qat"},
    {"use case: int8 with QAT wherever", "any", "any", 99, "int8_qat"},
    {"use case: INT4, extreme constraint", "microcontroller", "size", 0, "int4"},
};

TEST(recommend, says_what_the_seeds_say) {
    for (const Expected& e : expectations) EXPECT_EQ(recommend(e.target, e.priority, e.accuracy).method, e.method) << e.said_by;
}

TEST(recommend, every_row_is_reached_by_an_expectation) {
    for (const Advice& row : all_advice()) {
        const bool reached = std::any_of(std::begin(expectations), std::end(expectations), [&](const Expected& e) {
            return &recommend(e.target, e.priority, e.accuracy) == &row;
        });
        EXPECT_TRUE(reached) << row.target << ", " << row.priority << ", " << row.least;
    }
}

TEST(recommend, every_row_has_a_reason_and_a_command) {
    for (const Advice& row : all_advice()) {
        EXPECT_FALSE(row.reason.empty());
        EXPECT_NE(how(row, "m.onnx").find("m.onnx"), std::string::npos);
    }
}

TEST(recommend, takes_every_target_that_is_promised) {
    const auto targets = advice_targets();
    for (const char* target :
         {"mobile", "ios", "android", "edgetpu", "raspberry-pi", "cloud", "microcontroller", "gpu", "jetson", "intel"})
        EXPECT_NE(std::find(targets.begin(), targets.end(), target), targets.end()) << target;
}

}  // namespace
}  // namespace tinsmith
