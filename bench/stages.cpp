// Where the time of a conversion goes, stage by stage, and what a run on the host costs.
//     bench_stages [MODEL.onnx] [--benchmark_filter=...]
#include "api/convert.hpp"
#include "data/samples.hpp"
#include "quant/calibrate.hpp"
#include "run/session.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace {

using namespace tinsmith;

std::string model = TINSMITH_SOURCE_DIR "/examples/digits/digits.onnx";

Graph optimised() {
    Graph graph = read_model(model).graph;
    run_passes(graph, canonical_passes(), {});
    run_passes(graph, optimizing_passes(), {});
    return graph;
}

void read_source(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(read_model(model));
}
BENCHMARK(read_source)->Unit(benchmark::kMillisecond);

void rewrite(benchmark::State& state) {
    const Graph source = read_model(model).graph;
    for (auto _ : state) {
        Graph graph = source;
        run_passes(graph, canonical_passes(), {});
        run_passes(graph, optimizing_passes(), {});
        benchmark::DoNotOptimize(graph);
    }
}
BENCHMARK(rewrite)->Unit(benchmark::kMillisecond);

void legalise(benchmark::State& state) {
    const Graph source = optimised();
    for (auto _ : state) {
        Graph graph = source;
        benchmark::DoNotOptimize(prepare_for_tflite(graph, {.method = static_cast<Method>(state.range(0))}));
    }
}
BENCHMARK(legalise)->ArgName("method")->DenseRange(0, 2)->Unit(benchmark::kMillisecond);

void run_on_host(benchmark::State& state) {
    Session session(optimised(), {.fast = state.range(0) != 0, .runs = 1000});
    std::vector<Buffer> inputs = Samples(session.graph(), {}).inputs(0);
    for (auto _ : state) benchmark::DoNotOptimize(session.run(inputs));
}
BENCHMARK(run_on_host)->ArgName("fast")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

// What watching costs beside running: 32 random samples, by observer.
void calibrate_random(benchmark::State& state) {
    const Graph graph = optimised();
    DataOptions data;
    data.samples = 32;
    const Samples samples(graph, data);
    CalibrationOptions options;
    options.observer = static_cast<Observer>(state.range(0));
    state.SetLabel(std::string(observer_name(options.observer)));
    for (auto _ : state) benchmark::DoNotOptimize(calibrate(graph, samples, options));
    state.counters["samples"] =
        benchmark::Counter(static_cast<double>(samples.size()), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(calibrate_random)->ArgName("observer")->DenseRange(0, 5)->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (argc > 1) model = argv[1];
    benchmark::RunSpecifiedBenchmarks();
}
