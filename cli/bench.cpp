// tinsmith bench: latency and throughput.
#include "api/bench.hpp"
#include "base/json.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "timing_report.hpp"
#include "verbs.hpp"

namespace tinsmith::cli {

namespace {

using nlohmann::ordered_json;

struct BenchLine {
    BenchOptions bench;
    std::string runtime;
    ReadTexts read;
    OutputOptions shown;
};

std::string heading(const BenchResult& result) {
    return result.runtime == Runtime::litert ? "LiteRT " + result.version : std::string("tinsmith");
}

std::string result_table(const Bench& bench, const BenchLine& line) {
    std::vector<std::vector<std::string>> rows{{"ms", "mean", "std", "min", "median", "p95", "max", "samples/s"}};
    const auto add = [&](const std::string& what, const Timing& t) {
        rows.push_back({what, ms_text(t.mean_ms), ms_text(t.std_ms), ms_text(t.min_ms), ms_text(t.median_ms), ms_text(t.p95_ms),
                        ms_text(t.max_ms), fmt::format("{:.1f}", t.throughput_fps)});
    };
    for (const BenchResult& r : bench.results) {
        add(fmt::format("{}, single", runtime_name(r.runtime)), r.single);
        if (r.batched) add(fmt::format("{}, {} at once", runtime_name(r.runtime), line.bench.batch), *r.batched);
    }
    return table(rows);
}

ordered_json result_json(const BenchResult& result, const BenchLine& line) {
    ordered_json out{{"runtime", runtime_name(result.runtime)}};
    if (!result.version.empty()) out["litert"] = result.version;
    out.update(timing_json(result.single));
    if (result.batched) {
        out["batched"] = ordered_json{{"batch", line.bench.batch}};
        out["batched"].update(timing_json(*result.batched));
    }
    return out;
}

int bench_verb(BenchLine& line) {
    line.bench.read = read_options(line.read);
    line.bench.progress = progress_line(line.shown.quiet || line.shown.json);
    if (line.runtime == "tinsmith") line.bench.runtime = Runtime::tinsmith;
    if (line.runtime == "litert") line.bench.runtime = Runtime::litert;
    const Bench bench = bench_model(line.bench);
    if (line.shown.json) {
        // The first runtime's figures at the top, for those who read one number; each with its name below.
        ordered_json all{{"model", line.bench.model}, {"threads", line.bench.threads}, {"warmup", line.bench.warmup}};
        all.update(result_json(bench.results[0], line));
        all["runtimes"] = ordered_json::array();
        for (const BenchResult& result : bench.results) all["runtimes"].push_back(result_json(result, line));
        all["notes"] = bench.notes;
        fmt::print("{}\n", json_text(all, 2));
    } else if (!line.shown.quiet) {
        fmt::print("{}", result_table(bench, line));
        for (const BenchResult& result : bench.results)
            if (result.runtime == Runtime::litert) fmt::print("{}, delegate {}\n", heading(result), line.bench.litert.delegate);
        for (const std::string& note : bench.notes) fmt::print("{}\n", note);
    }
    return exit_ok;
}

}  // namespace

void add_bench(CLI::App& app, int& status) {
    auto* verb = app.add_subcommand("bench", "Measure latency and throughput, here and in LiteRT");
    auto line = std::make_shared<BenchLine>();
    add_model_option(*verb, line->bench.model);
    verb->add_option("--warmup", line->bench.warmup, "Runs before measuring")
        ->check(CLI::Range(0, 1000000))
        ->capture_default_str();
    verb->add_option("--runs", line->bench.runs, "Measured runs")->check(CLI::Range(1, 10000000))->capture_default_str();
    verb->add_option("--batch", line->bench.batch, "Samples handed over at once, shared among the threads; 0: none")
        ->check(CLI::Range(0, 4096))
        ->capture_default_str();
    verb->add_option("--threads", line->bench.threads, "Of LiteRT's single inference; for batches, samples side by side")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    verb->add_option("--runtime", line->runtime, "Default: tinsmith's executor, and LiteRT where it is found")
        ->check(CLI::IsMember({"tinsmith", "litert", "all"}))
        ->type_name("tinsmith|litert|all");
    add_litert_options(*verb, line->bench.litert);
    add_data_options(*verb, line->bench.data);
    add_read_options(*verb, line->read);
    add_output_options(*verb, line->shown);
    verb->footer(
        "\nExamples:\n"
        "  tinsmith bench model.tflite\n"
        "  tinsmith bench model.tflite --runs 1000 --threads 4 --json | jq .mean_ms\n"
        "  tinsmith bench model.tflite --runtime litert --litert .venv --delegate none\n"
        "  tinsmith bench model.onnx --data x.npy");
    verb->callback([line, &status] { status = bench_verb(*line); });
}

}  // namespace tinsmith::cli
