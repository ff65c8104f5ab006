// tinsmith plan: where activations lie, and how much memory that takes.
#include "api/plan.hpp"
#include "base/file.hpp"
#include "base/sizes.hpp"
#include "exit_code.hpp"
#include "ir/macs.hpp"
#include "micro_report.hpp"
#include "options.hpp"
#include "report/memory.hpp"
#include "target/target.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>

namespace tinsmith::cli {

namespace {

struct PlanLine {
    std::string model, svg, max_ram, margin, target;
    std::vector<std::string> memories;
    bool keep_order = false;
    std::string windows = "apart";
    ReadTexts read;
    OutputOptions shown;
};

// "20%" or "0.2".
double parse_share(const std::string& text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
    check(error == std::errc() && (unit.empty() || unit == "%") && number >= 0 && number <= 1000,
          "--arena-margin: '{}' is no share; write 20%", text);
    return unit.empty() ? number : number / 100;
}

PlanMemory parse_memory(const std::string& text) {
    const size_t equals = text.find('=');
    check(equals != std::string::npos && equals != 0, "--memory: '{}' is not NAME=SIZE, as in sram=256K", text);
    return {text.substr(0, equals), parse_size("--memory", text.substr(equals + 1))};
}

// What plans arenas in its own way; other targets are boards.
bool is_runtime(const std::string& target) {
    return target.empty() || target == "c" || target == "tflm" || target == "tflm-32-bit" || target == "tflm-64-bit" ||
           target == "tflm-cmsis-nn";
}

PlanOptions plan_options(const PlanLine& line) {
    PlanOptions options;
    if (!is_runtime(line.target)) {
        check(line.memories.empty(), "--target {} has memories of its own: leave out --memory", line.target);
        for (const TargetMemory& memory : find_target(line.target).memories)
            options.memories.push_back({memory.name, static_cast<size_t>(memory.bytes)});
    }
    options.reorder = !line.keep_order;
    options.windows = line.windows == "pixels" ? Traversal::pixels
                      : line.windows == "rows" ? Traversal::rows
                                               : Traversal::unknown;
    options.depthwise = options.windows;
    if (!line.max_ram.empty()) options.max_bytes = parse_size("--max-ram", line.max_ram);
    for (const std::string& memory : line.memories) options.memories.push_back(parse_memory(memory));
    return options;
}

size_t recommended(const PlanLine& line, size_t bytes) {
    if (line.margin.empty()) return bytes;
    const double with = std::ceil(static_cast<double>(bytes) * (1 + parse_share(line.margin)));
    return (static_cast<size_t>(with) + 15) / 16 * 16;
}

std::string steps_table(const ModelPlan& model) {
    std::vector<std::vector<std::string>> rows{{"step", "operator", "node", "alive", "result at", "bytes", ""}};
    const std::vector<size_t> alive = bytes_by_step(model.plan);
    for (size_t i = 0; i < model.plan.order.size(); ++i) {
        const Node& node = model.graph.nodes[model.plan.order[i]];
        const PlannedValue& result = model.plan.values[node.outputs[0]];
        std::string how = result.alias_of != no_value ? "same bytes" : result.over != no_value ? "in place" : "";
        for (const PlannedStage& stage : model.plan.stages)
            if (i >= stage.first && i < stage.end)
                how += fmt::format("{}in {} tiles", how.empty() ? "" : ", ", stage.tiles.size());
        if (model.plan.memories.size() > 1 && result.memory != no_memory)
            how = model.plan.memories[result.memory].name + (how.empty() ? "" : ", ") + how;
        rows.push_back({std::to_string(i + 1), std::string(node.op->name), node_label(model.graph, node),
                        std::to_string(alive[i + 1]), std::to_string(result.offset), std::to_string(result.bytes), how});
    }
    return table(rows);
}

int64_t all_macs(const Graph& graph) {
    int64_t sum = 0;
    for (const Node& node : graph.nodes) sum += node_macs(graph, node);
    return sum;
}

void print_text(const PlanLine& line, const ModelPlan& model) {
    const MemoryPlan& plan = model.plan;
    fmt::print("{} ({})\n", styled(Style::bold, line.model), model.format);
    for (const std::string& note : model.notes) fmt::print("  {}\n", note);
    fmt::print("\n{}\n", steps_table(model));
    for (const PlannedStage& stage : plan.stages)
        fmt::print("steps {} to {} run in {} tiles of rows: {} MACs are computed twice, {:.0f} % of the model's\n",
                   stage.first + 1, stage.end, stage.tiles.size(), human_count(stage.recomputed_macs),
                   100.0 * static_cast<double>(stage.recomputed_macs) /
                       static_cast<double>(std::max<int64_t>(all_macs(model.graph), 1)));
    for (const MemoryUse& memory : plan.memories)
        if (plan.memories.size() > 1)
            fmt::print("{}: {} bytes, {} moved in one run\n", memory.name, memory.bytes, human_bytes(memory.moved_bytes));
    fmt::print("planned: {} bytes; lower bound of this order: {}, and {} if nothing were written over another\n",
               plan.arena_bytes(), plan.lower_bound, plan.separate_bound);
}

void print_json(const PlanLine& line, const ModelPlan& model, size_t arena) {
    nlohmann::ordered_json json{{"model", line.model}, {"format", model.format}};
    json.update(memory_json(model.graph, model.plan));
    json["macs"] = all_macs(model.graph);
    json["recommended_arena_bytes"] = arena;
    json["notes"] = model.notes;
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

// The arena that the target's runtime takes.
size_t target_arena(const PlanLine& line, const ModelPlan& model) {
    if (line.target.empty()) return model.plan.arena_bytes();
    if (line.target == "c" || !is_runtime(line.target)) {
        const size_t limit = line.max_ram.empty() ? 0 : parse_size("--max-ram", line.max_ram);
        const auto arena = generated_c_arena(line.model, read_options(line.read), limit);
        if (arena && !line.shown.json && !line.shown.quiet)
            fmt::print("generated C: {} bytes, the work space of its kernels included\n", *arena);
        return arena.value_or(model.plan.arena_bytes());
    }
    const MicroArenas arenas = micro_arenas(line.model);
    if (!line.shown.json && !line.shown.quiet) fmt::print("{}", micro_text(arenas));
    // Of a board whose kernels nobody named what suffices for both sets, as `export` writes it.
    return line.target == "tflm-cmsis-nn" ? arenas.cmsis_nn.bytes
           : line.target == "tflm-32-bit" ? arenas.board.bytes
           : line.target == "tflm-64-bit" ? arenas.host.bytes
                                          : std::max(arenas.board.bytes, arenas.cmsis_nn.bytes);
}

int plan_verb(const PlanLine& line) {
    const PlanOptions options = plan_options(line);
    const ModelPlan model = plan_model(line.model, read_options(line.read), options);
    if (!line.svg.empty()) write_file(line.svg, [&](ByteSink& sink) { sink.write_text(memory_svg(model.graph, model.plan)); });
    if (!line.shown.json && !line.shown.quiet) print_text(line, model);
    const size_t arena = recommended(line, target_arena(line, model));
    if (line.shown.json) print_json(line, model, arena);
    if (!line.shown.json && !line.shown.quiet) fmt::print("Recommended tensor arena: {} bytes ({})\n", arena, kilobytes(arena));
    if (options.max_bytes == 0 || model.plan.arena_bytes() <= options.max_bytes) return exit_ok;
    fail(Fault::target,
         "the arena takes {} bytes, {} more than --max-ram allows: no rows of the first layers small enough were found",
         model.plan.arena_bytes(), model.plan.arena_bytes() - options.max_bytes);
}

}  // namespace

void add_plan(CLI::App& app, int& status) {
    auto* verb = app.add_subcommand("plan", "Plan the memory of a model on a device: order, lifetimes, places in the arena");
    auto line = std::make_shared<PlanLine>();
    add_model_option(*verb, line->model);
    verb->add_option(
            "--max-ram", line->max_ram,
            "Bytes that the arena may take (48K, 2M): what needs more runs in patches, row by row, as far as that helps")
        ->type_name("SIZE");
    verb->add_option("--memory", line->memories,
                     "A memory and its size, the fastest first; repeat it: --memory sram=256K --memory psram=8M")
        ->type_name("NAME=SIZE");
    verb->add_option(
            "--target", line->target,
            "A board (fit --list has them), whose memories are then filled, the fastest first; or whose arena is "
            "meant: c, tflm (TFLite Micro on a board, whichever its kernels), tflm-32-bit (its reference kernels there), "
            "tflm-cmsis-nn, tflm-64-bit (hosts)")
        ->type_name("TARGET");
    verb->add_option("--arena-margin", line->margin, "Adds a share to the recommended arena, which is exact without it")
        ->type_name("20%");
    verb->add_option("--svg", line->svg, "Draw the arena over time into this file")->type_name("FILE");
    verb->add_option("--windows", line->windows,
                     "How the kernels of convolutions and pools go over their output, so that it may lie where the input was "
                     "read: apart (any order; what generated C and TFLite Micro take), rows, pixels")
        ->check(CLI::IsMember({"apart", "rows", "pixels"}))
        ->capture_default_str();
    verb->add_flag("--keep-order", line->keep_order, "Keep the order of the model's operators");
    add_read_options(*verb, line->read);
    add_output_options(*verb, line->shown);
    verb->footer(
        "\nExamples:\n"
        "  tinsmith plan model_int8.tflite\n"
        "  tinsmith plan model_int8.tflite --max-ram 48K --svg arena.svg\n"
        "  tinsmith plan model_int8.tflite --memory sram=128K --memory psram=8M\n"
        "  tinsmith plan model_int8.tflite --target esp32-s3-eye\n"
        "  tinsmith plan model_int8.tflite --target tflm-cmsis-nn\n"
        "  tinsmith plan model_int8.tflite --windows pixels      for kernels of your own\n"
        "  tinsmith plan model_int8.tflite --json | jq .arena_bytes");
    verb->callback([line, &status] { status = plan_verb(*line); });
}

}  // namespace tinsmith::cli
