#include "api/class_names.hpp"
#include "api/export_formats.hpp"
#include "api/workplace.hpp"
#include "backend/packages/edge_tpu.hpp"
#include "base/file.hpp"
#include "op/custom.hpp"
#include "report/delegates.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <map>

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace tinsmith {

namespace {

constexpr const char* compiler = "edgetpu_compiler";

struct Compiled {
    bool installed = false;
    std::string file, said;  // the compiled model, empty where there is none; what the compiler printed
};

std::string text_of(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored) || std::filesystem::file_size(path, ignored) == 0) return "";
    const Buffer file = map_file(path.string());
    return {reinterpret_cast<const char*>(file.bytes().data()), file.size()};
}

// Runs the compiler where it is installed.
Compiled compiled(const std::string& stem, const Buffer& model) {
    const Workplace place;
    const std::string source = (place.path() / (stem + ".tflite")).string(), log = (place.path() / "log").string();
    const std::string folder = place.path().string();
    write_file(source, [&](ByteSink& sink) { sink.write_buffer(model); });
    std::array<const char*, 6> line{compiler, "-s", "-o", folder.c_str(), source.c_str(), nullptr};
    posix_spawn_file_actions_t streams;
    posix_spawn_file_actions_init(&streams);
    posix_spawn_file_actions_addopen(&streams, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&streams, STDOUT_FILENO, STDERR_FILENO);
    pid_t child = 0;
    const int failed = posix_spawnp(&child, compiler, &streams, nullptr, const_cast<char**>(line.data()), environ);
    posix_spawn_file_actions_destroy(&streams);
    if (failed != 0) return {};
    int status = 0;
    waitpid(child, &status, 0);
    Compiled out{true, "", text_of(log)};
    check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "{} refuses the model: {}", compiler, out.said);
    out.file = text_of(place.path() / (stem + "_edgetpu.tflite"));
    check(!out.file.empty(), "{} wrote no {}_edgetpu.tflite: {}", compiler, stem, out.said);
    return out;
}

// By the published table, which the compiler may know better.
std::string mapped_operators(const Graph& graph, std::vector<std::string>& notes) {
    const DelegateReport report = delegate_report(graph, "edgetpu");
    std::map<std::pair<std::string, std::string>, int> counts;
    for (const DelegateNode& node : report.nodes)
        ++counts[{std::string(operator_name(graph.nodes[node.node])), node.taken ? "Edge TPU" : "CPU: " + node.reason}];
    std::string out = "| Operator | Count | Runs on |\n|---|---|---|\n";
    for (const auto& [row, count] : counts) out += fmt::format("| {} | {} | {} |\n", row.first, count, row.second);
    const std::string summary =
        fmt::format("{} of {} operators would be mapped to the Edge TPU, {:.1f} % of the multiply-accumulates", report.taken,
                    report.nodes.size(),
                    report.macs == 0 ? 0 : 100 * static_cast<double>(report.taken_macs) / static_cast<double>(report.macs));
    notes.push_back(summary);
    return fmt::format("{}, by the table of {}.\n\n{}", summary, report.source, out);
}

}  // namespace

void export_edge_tpu(const ExportOptions& options, const std::vector<DeviceModel>& models, ExportDraft& draft) {
    Exported& out = draft.result;
    check(options.variants.empty(), "an Edge TPU runs one model a file: export each by itself");
    const DeviceModel& model = models[0];
    supported(model.method == "int8", "an Edge TPU computes on int8 only, not on {}", model.method);
    out.models[0].constant_bytes = model.file.size();
    constexpr std::string_view method = "_int8";
    if (out.name.size() > method.size() && out.name.ends_with(method)) out.name.resize(out.name.size() - method.size());
    const std::string stem = out.name + "_int8";
    const Compiled result = compiled(stem, model.file);
    const std::string command = fmt::format("{} -s {}.tflite", compiler, stem);
    if (!result.installed) out.notes.push_back(fmt::format("{} is not in PATH: where it is, run `{}`", compiler, command));
    draft.files.push_back({stem + ".tflite", {reinterpret_cast<const char*>(model.file.bytes().data()), model.file.size()}});
    if (result.installed) draft.files.push_back({stem + "_edgetpu.tflite", result.file});
    const std::vector<std::string>& classes = model.data.classes;
    if (!classes.empty())
        draft.files.push_back({out.name + "_labels.txt", packages::label_lines(classes)});
    else
        out.notes.emplace_back("no names of classes are known: --labels FILE gives them");
    packages::EdgeTpuAbout about{out.name,    made_by(models),  command,          mapped_operators(model.graph, out.notes),
                                 result.said, result.installed, !classes.empty(), model.data.preprocess};
    for (PackageFile& file : packages::edge_tpu_files(package_models(out.name, models)[0], about))
        draft.files.push_back(std::move(file));
}

}  // namespace tinsmith
