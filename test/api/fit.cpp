// fit on the example: a model that fits, one that does not, and what it is told.
#include "api/fit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tinsmith {
namespace {

FitOptions options(const std::string& target) {
    FitOptions out;
    out.model = TINSMITH_SOURCE_DIR "/examples/digits/digits.onnx";
    out.target = find_target(target);
    return out;
}

const FitLine& line(const FitResult& result, std::string_view what) {
    return *std::find_if(result.lines.begin(), result.lines.end(), [&](const FitLine& l) { return l.what == what; });
}

TEST(Fit, digits_fit_a_nano) {
    const FitResult result = fit(options("arduino-nano-33-ble"));
    EXPECT_TRUE(result.fits());
    EXPECT_EQ(result.method, "float32");
    EXPECT_TRUE(result.advice.empty());
    EXPECT_GT(result.estimate.instructions, 1e4);
    EXPECT_EQ(line(result, "size").limit, 1 << 20);
    EXPECT_TRUE(line(result, "latency").estimated);
}

TEST(Fit, integers_are_measured_without_samples) {
    FitOptions how = options("arduino-nano-33-ble");
    const FitResult floats = fit(how);
    how.method = Method::int8;
    const FitResult integers = fit(how);
    EXPECT_LT(line(integers, "size").value, line(floats, "size").value / 2);
    EXPECT_LT(line(integers, "ram").value, line(floats, "ram").value);
    EXPECT_EQ(line(integers, "operations").value, line(floats, "operations").value);
}

TEST(Fit, what_would_help_is_said) {
    FitOptions how = options("generic-cortex-m0plus");
    how.limits.size_bytes = 30'000;
    const FitResult result = fit(how);
    EXPECT_FALSE(result.fits());
    EXPECT_GT(line(result, "size").over(), 0);
    ASSERT_FALSE(result.advice.empty());
    EXPECT_NE(result.advice[0].find("it fits"), std::string::npos) << result.advice[0];
    how.limits.ram_bytes = 100;  // not even the stack
    how.method = Method::int8;
    EXPECT_FALSE(fit(how).fits());
}

TEST(Fit, a_stricter_budget_decides) {
    FitOptions how = options("esp32");
    how.limits = find_budget("tinyml");
    const FitResult result = fit(how);
    EXPECT_EQ(line(result, "size").limit_of, "budget tinyml");
    EXPECT_EQ(line(result, "parameters").limit, 100'000);
}

}  // namespace
}  // namespace tinsmith
