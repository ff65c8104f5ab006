// tinsmith inspect: what a model consists of.
#include "api/plan.hpp"
#include "base/file.hpp"
#include "base/files_of.hpp"
#include "base/json.hpp"
#include "base/sizes.hpp"
#include "checkpoint_report.hpp"
#include "delegate_report.hpp"
#include "exit_code.hpp"
#include "frontend/frontend.hpp"
#include "micro_report.hpp"
#include "options.hpp"
#include "report/inspection.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace tinsmith::cli {

namespace {

struct InspectLine {
    std::string model;
    std::string delegate, target;
    bool tensors = false;
    std::string save;  // where a checkpoint's tensors go
    ReadTexts read;
    OutputOptions shown;
};

std::string quantisation(const Type& type) {
    if (!type.quant) return "";
    const Quant& q = *type.quant;
    if (q.scale.size() != 1) return fmt::format("{} scales on axis {}", q.scale.size(), q.axis);
    return fmt::format("scale {:.6g}, zero point {}", q.scale[0], q.zero_point.empty() ? 0 : q.zero_point[0]);
}

std::string ports_table(const Inspection& model) {
    std::vector<std::vector<std::string>> rows{{"", "name", "dtype", "shape", "quantisation"}};
    for (const PortFigures& p : model.inputs)
        rows.push_back({"input", p.name, numpy_name(p.type.dtype), to_string(p.type.shape), quantisation(p.type)});
    for (const PortFigures& p : model.outputs)
        rows.push_back({"output", p.name, numpy_name(p.type.dtype), to_string(p.type.shape), quantisation(p.type)});
    return table(rows);
}

std::string operators_table(const Inspection& model) {
    std::vector<std::vector<std::string>> rows{{"operator", "count", "MACs"}};
    for (const OperatorFigures& o : model.operators)
        rows.push_back({o.name, std::to_string(o.count), o.macs ? human_count(o.macs) : ""});
    return table(rows);
}

std::string tensors_table(const Inspection& model) {
    std::vector<std::vector<std::string>> rows{{"tensor", "type", "bytes", ""}};
    for (const TensorFigures& t : model.tensors)
        rows.push_back(
            {t.name.empty() ? "-" : t.name, to_string(t.type), std::to_string(t.bytes), t.constant ? "constant" : ""});
    return table(rows);
}

void print_text(const ReadResult& source, const Inspection& model, const InspectLine& line, uint64_t bytes) {
    fmt::print("{} ({}, {})\n", styled(Style::bold, line.model), source.format, human_bytes(bytes));
    for (const std::string& note : source.notes) fmt::print("  {}\n", note);
    fmt::print("\n{}\n{}\n", ports_table(model), operators_table(model));
    fmt::print("{} operators, {} parameters ({}), {} MACs\n", model.nodes, human_count(model.parameters),
               human_bytes(model.constant_bytes), human_count(model.macs));
    fmt::print("activations: {} at the peak, {} planned in one arena\n", human_bytes(model.peak_activation_bytes),
               human_bytes(model.arena_bytes));
    if (line.tensors) fmt::print("\n{}", tensors_table(model));
}

void add_micro(Inspection& model, const MicroArenas& arenas) {
    model.target_bytes = {{"tflm_arena_bytes", arenas.host.bytes},
                          {"tflm_activation_bytes", arenas.host.activation_bytes},
                          {"tflm_persistent_bytes", arenas.host.persistent_bytes},
                          {"tflm_arena_bytes_32_bit", arenas.board.bytes},
                          {"tflm_arena_bytes_cmsis_nn", arenas.cmsis_nn.bytes}};
}

void inspect_tensors(const InspectLine& line, const Buffer& file) {
    const torch::Checkpoint checkpoint = within(line.model, [&] { return torch::read_checkpoint(file); });
    if (!line.save.empty()) write_npz(line.save, checkpoint_arrays(checkpoint));
    if (line.shown.json)
        fmt::print("{}\n", checkpoint_json(checkpoint, file.size()));
    else if (!line.shown.quiet)
        fmt::print("{} ({}, {})\n\n{}", styled(Style::bold, line.model), checkpoint.format, human_bytes(file.size()),
                   checkpoint_text(checkpoint));
}

int inspect_verb(const InspectLine& line) {
    if (!std::filesystem::is_directory(line.model)) {
        const Buffer file = map_file(line.model);
        if (torch::looks_like_checkpoint(line.model, file)) {
            inspect_tensors(line, file);
            return exit_ok;
        }
    }
    check(line.save.empty(), "--save writes the tensors of a checkpoint (.pth, .safetensors); '{}' is none", line.model);
    ReadResult source = read_model(line.model, read_options(line.read));
    Inspection model = inspect(source.graph);
    uint64_t bytes = size_on_disk(line.model);
    if (!line.delegate.empty()) {
        check(line.model.ends_with(".tflite"), "--delegate: delegates see .tflite files; convert '{}' first", line.model);
        if (line.shown.json)
            fmt::print("{}\n", json_text(delegate_json(source.graph, line.delegate), 2));
        else if (!line.shown.quiet)
            fmt::print("{}", delegate_text(source.graph, line.delegate));
        return exit_ok;
    }
    std::optional<MicroArenas> arenas;
    if (!line.target.empty()) arenas = micro_arenas(line.model);
    if (arenas) add_micro(model, *arenas);
    if (line.shown.json) {
        fmt::print("{}\n", inspection_json(model, bytes));
    } else if (!line.shown.quiet) {
        print_text(source, model, line, bytes);
        if (arenas) fmt::print("{}", micro_text(*arenas));
    }
    return exit_ok;
}

}  // namespace

void add_inspect(CLI::App& app, int& status) {
    auto* verb = app.add_subcommand("inspect", "Show what a model consists of: operators, shapes, work, memory");
    auto line = std::make_shared<InspectLine>();
    add_model_option(*verb, line->model);
    verb->add_flag("--tensors", line->tensors, "List every tensor, the largest first");
    verb->add_option("--delegate", line->delegate, "What an accelerator's delegate would take, and where it splits the graph")
        ->check(CLI::IsMember(delegate_names()));
    verb->add_option("--target", line->target, "What a runtime takes to run the file: tflm (TFLite Micro's tensor arena)")
        ->check(CLI::IsMember({"tflm"}));
    verb->add_option("--save", line->save, "Of a checkpoint: write its tensors as a .npz (bfloat16 as float32)")
        ->type_name("PATH");
    add_read_options(*verb, line->read);
    add_output_options(*verb, line->shown);
    verb->footer(
        "\nExamples:\n"
        "  tinsmith inspect model.tflite\n"
        "  tinsmith inspect model.onnx --tensors\n"
        "  tinsmith inspect model.pth                         the tensors of a PyTorch checkpoint\n"
        "  tinsmith inspect model_int8.tflite --delegate edgetpu\n"
        "  tinsmith inspect model_int8.tflite --target tflm --json | jq .tflm_arena_bytes\n"
        "  tinsmith inspect model.tflite --json | jq .model_size_bytes");
    verb->callback([line, &status] { status = inspect_verb(*line); });
}

}  // namespace tinsmith::cli
