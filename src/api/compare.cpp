#include "api/compare.hpp"

#include "api/raw_pixels.hpp"

namespace tinsmith {

// On one sample two models agree on the class or do not, by luck.
static constexpr int64_t random_samples = 32;

Comparison compare_models(const CompareOptions& options) {
    check(options.result.empty() != options.expected.empty(),
          "compare needs a second model, or --expected with stored outputs");
    check_runtime(options.runtime, options.read);
    ReadResult source = read_model(options.source, options.read);
    DataOptions data = options.data;
    add_recorded(data, source.graph, options.source);
    data.model_layout = usual_layout(source.format);
    if (data.path.empty() && !data.samples) data.samples = random_samples;
    std::optional<ReadResult> result;
    if (options.expected.empty()) {
        ReadOptions alone;
        alone.reset_states = options.read.reset_states;
        result = read_model(options.result, alone);
        add_recorded(data, result->graph, options.result);
        if (data.preprocess.folded) take_raw_pixels(source.graph, *data.preprocess.folded, data);
    }
    Samples samples(source.graph, data);
    Comparison out;
    out.notes = source.notes;
    out.notes.insert(out.notes.end(), samples.notes().begin(), samples.notes().end());
    ProofOptions how{.threads = options.threads, .progress = {}};
    if (options.progress)
        how.progress = [&](size_t done, size_t all) {
            options.progress("comparing", static_cast<int64_t>(done), static_cast<int64_t>(all));
        };
    // What is judged runs where that was asked for, its source here.
    if (!options.expected.empty()) {
        const auto runner = make_runner(options.source, std::move(source.graph), options.runtime, samples.size());
        out.agreement =
            within(options.expected, [&] { return prove_expected(open_npz(options.expected), *runner, samples, how); });
        return out;
    }
    out.notes.insert(out.notes.end(), result->notes.begin(), result->notes.end());
    if (options.runtime.runtime == Runtime::tinsmith && !options.runtime.plain) {
        out.agreement = prove(source.graph, result->graph, samples, how);
        return out;
    }
    RuntimeOptions here;
    here.plain = options.runtime.plain;
    const auto expected = make_runner(options.source, std::move(source.graph), here, samples.size());
    const auto actual = make_runner(options.result, std::move(result->graph), options.runtime, samples.size());
    out.agreement = prove(*expected, *actual, samples, how);
    return out;
}

}  // namespace tinsmith
