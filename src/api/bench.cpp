#include "api/bench.hpp"

#include "base/parallel.hpp"
#include "data/record.hpp"

#include <chrono>

namespace tinsmith {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Decoded before anything is timed; a few samples are enough, in turn.
std::vector<std::vector<Buffer>> decoded(const Samples& samples, size_t most) {
    std::vector<std::vector<Buffer>> out;
    for (size_t i = 0; i < std::min(samples.size(), most); ++i) out.push_back(samples.inputs(i));
    return out;
}

Timing time_batched(const Runner& runner, const std::vector<std::vector<Buffer>>& samples, const BenchOptions& options) {
    const auto batch = static_cast<size_t>(options.batch);
    const auto once = [&] {
        const auto start = Clock::now();
        ordered_parallel(
            batch, side_by_side(runner.graph(), options.threads),
            [&](size_t i) { return runner.run(samples[i % samples.size()]); }, [](size_t, const std::vector<Buffer>&) {});
        return seconds_since(start);
    };
    once();
    std::vector<double> seconds;
    for (int run = 0; run < std::max(options.runs / options.batch, 3); ++run) seconds.push_back(once());
    return timing_of(seconds, options.batch);
}

BenchResult measure(const BenchOptions& options, const Graph& graph, const std::vector<std::vector<Buffer>>& samples,
                    Runtime runtime) {
    BenchResult out;
    out.runtime = runtime;
    RuntimeOptions where{.runtime = runtime, .litert = options.litert};
    const auto total = static_cast<size_t>(options.warmup + options.runs + options.batch);
    where.litert.threads = options.threads;
    const auto runner = make_runner(options.model, graph, where, total);
    if (runtime == Runtime::litert) out.version = litert_description(options.litert);
    out.single = time_single(*runner, samples, options.warmup, options.runs);
    if (options.batch == 0) return out;
    // Side by side, each inference has one thread.
    where.litert.threads = 1;
    const bool same = runtime == Runtime::tinsmith || options.threads == 1;
    out.batched = time_batched(same ? *runner : *make_runner(options.model, graph, where, total), samples, options);
    return out;
}

}  // namespace

std::string_view runtime_name(Runtime runtime) { return runtime == Runtime::litert ? "litert" : "tinsmith"; }

Timing time_single(const Runner& runner, const std::vector<std::vector<Buffer>>& samples, int warmup, int runs) {
    std::vector<double> seconds;
    for (int run = -warmup; run < runs; ++run) {
        const auto& inputs = samples[static_cast<size_t>(run + warmup) % samples.size()];
        const auto start = Clock::now();
        runner.run(inputs);
        if (run >= 0) seconds.push_back(seconds_since(start));
    }
    return timing_of(seconds, 1);
}

Bench bench_model(const BenchOptions& options) {
    ReadResult source = read_model(options.model, options.read);
    DataOptions data = options.data;
    add_recorded(data, source.graph, options.model);
    data.model_layout = usual_layout(source.format);
    const Samples samples(source.graph, data);
    Bench out;
    out.notes = source.notes;
    out.notes.insert(out.notes.end(), samples.notes().begin(), samples.notes().end());
    const auto inputs = decoded(samples, static_cast<size_t>(std::max(options.batch, 16)));
    std::vector<Runtime> wanted{Runtime::tinsmith};
    if (options.runtime) wanted = {*options.runtime};
    const bool try_litert = !options.runtime && runs_in_litert(options.model);
    if (try_litert) wanted.push_back(Runtime::litert);
    for (size_t i = 0; i < wanted.size(); ++i) {
        if (options.progress)
            options.progress(fmt::format("timing on {}", runtime_name(wanted[i])), std::ssize(out.results), std::ssize(wanted));
        try {
            out.results.push_back(measure(options, source.graph, inputs, wanted[i]));
        } catch (const Error& error) {
            if (!try_litert || wanted[i] != Runtime::litert) throw;
            out.notes.push_back(fmt::format("not measured there: {}", error.what()));
        }
    }
    if (options.progress) options.progress("timing", std::ssize(wanted), std::ssize(wanted));
    return out;
}

}  // namespace tinsmith
