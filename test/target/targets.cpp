// Boards, cores and budgets: every one that is part of the program, and files that say nonsense.
#include "target/files.hpp"
#include "target/target.hpp"

#include "message_of.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

TEST(Targets, everyone_is_whole) {
    EXPECT_GE(target_names().size(), 14u);
    for (const std::string& name : target_names()) {
        const Target target = find_target(name);
        EXPECT_EQ(target.name, name);
        EXPECT_GT(target.ram_bytes(), 0u) << name;
        EXPECT_GT(target.clock_hz, 1e6) << name;
        EXPECT_GT(target.power_watts, 0) << name;
        EXPECT_FALSE(target.core.source.empty()) << name;
        EXPECT_TRUE(target.sources.contains("memory") && target.sources.contains("power")) << name;
        for (const std::string& alias : target.aliases) EXPECT_EQ(find_target(alias).name, name);
    }
    for (const DataFile& file : target_files())
        if (file.folder == "cores") {
            EXPECT_EQ(parse_core(file.text).name, file.name);
        }
}

TEST(Targets, those_of_the_documents_have_their_figures) {
    const Target nano = find_target("arduino-nano-33-ble");
    EXPECT_EQ(nano.ram_bytes(), 256u << 10);
    EXPECT_EQ(nano.flash_bytes, 1u << 20);
    EXPECT_NEAR(nano.power_watts, 0.020, 1e-9);
    EXPECT_EQ(find_target("stm32f4").ram_bytes(), 192u << 10);
    const Budget budget = find_budget("tinyml");
    EXPECT_EQ(budget.size_bytes, 100u << 10);
    EXPECT_EQ(budget.ram_bytes, 50u << 10);
    EXPECT_EQ(budget.latency_ms, 10);
    EXPECT_EQ(budget.parameters, 100'000u);
    EXPECT_EQ(budget.operations, 10'000'000u);
}

TEST(Targets, a_library_takes_the_place_of_the_cores_figures) {
    const Target board = find_target("esp32-s3-eye"), with = with_library(board, "esp-nn");
    const auto cycles = [](const Target& target, const char* what) {
        return target.core.work.find(what)->second.per_mac * target.core.cycles_per_instruction;
    };
    EXPECT_LT(cycles(with, "Conv"), cycles(board, "Conv") / 4);
    EXPECT_NEAR(cycles(with, "HdcBits"), cycles(board, "HdcBits"), 1e-9) << "it has no such function";
    EXPECT_EQ(cycles(with_library(board, "portable"), "Conv"), cycles(board, "Conv"));
    EXPECT_NE(message_of([&] { with_library(board, "esp-n"); }).find("'esp-nn'"), std::string::npos);
    EXPECT_NE(message_of([] { with_library(find_target("stm32f4"), "esp-nn"); }).find("'portable'"), std::string::npos);
}

TEST(Targets, unknown_names_show_the_nearest) {
    const std::string what = message_of([] { find_target("esp23"); });
    EXPECT_NE(what.find("'esp32'"), std::string::npos) << what;
    EXPECT_NE(message_of([] { find_budget("tinym"); }).find("'tinyml'"), std::string::npos);
    EXPECT_NE(message_of([] { find_target("absent.json"); }).find("absent.json"), std::string::npos);
}

TEST(Targets, files_that_say_nonsense_are_refused) {
    const std::string sound =
        R"({"name": "b", "title": "B", "core": "cortex-m4", "clock_mhz": 1, "power_mw": 1, "flash_bytes": 1, "toolchain": "plain",
            "memories": [{"name": "sram", "bytes": 1024}]})";
    EXPECT_EQ(parse_target(sound).ram_bytes(), 1024u);
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string text = sound;
        text.replace(text.find(from), from.size(), to);
        return message_of([&] { parse_target(text); });
    };
    EXPECT_NE(with("cortex-m4", "cortex-m5").find("'cortex-m55'"), std::string::npos);
    EXPECT_NE(with("\"clock_mhz\": 1", "\"clock_mhz\": 0").find("clock_mhz"), std::string::npos);
    EXPECT_NE(with("\"clock_mhz\": 1", "\"clock_mhz\": -1").find("clock_mhz"), std::string::npos);
    EXPECT_NE(with("1024", "\"much\"").find("'bytes'"), std::string::npos);
    EXPECT_NE(with("[{\"name\": \"sram\", \"bytes\": 1024}]", "[]").find("memories"), std::string::npos);
    EXPECT_NE(with("\"title\": \"B\", ", "").find("'title'"), std::string::npos);
    for (size_t size = 0; size < sound.size(); size += 7)
        EXPECT_NE(message_of([&] { parse_target(std::string_view(sound).substr(0, size)); }), "no error");
}

}  // namespace
}  // namespace tinsmith
