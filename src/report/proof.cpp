#include "report/proof.hpp"

#include "base/parallel.hpp"
#include "data/convert.hpp"
#include "data/fit.hpp"
#include "ir/permutation.hpp"
#include "report/pairing.hpp"
#include "run/session.hpp"

#include <limits>

namespace tinsmith {

static constexpr double infinity = std::numeric_limits<double>::infinity();

// float32: a reordering of sums. float16: weights have 11 significant bits; 60 dB and more for trained models, 38 dB (a relative
// error of 0.014, TensorFlow's file the same) for MobileNetV2 with random weights. Dynamic range, measured: trained models keep 28 to 64 dB,
// MobileNetV2 with random weights (the worst: errors of 53 layers add up over noise) 20 dB; a mistake in a scale leaves less than 10.
const Tolerance float32_tolerance{1e-4, -infinity}, float16_tolerance{infinity, 30}, dynamic_range_tolerance{infinity, 10},
    integer_tolerance{infinity, 15};

bool Tolerance::holds(const OutputAgreement& output) const {
    return output.unlike == 0 && output.relative() <= relative && output.sqnr() >= sqnr;
}

bool Tolerance::holds(const Agreement& agreement) const {
    for (const OutputAgreement& output : agreement.outputs)
        if (!holds(output)) return false;
    return true;
}

static Agreement empty_agreement(const std::vector<std::string>& outputs, size_t samples) {
    Agreement agreement;
    for (const std::string& name : outputs) agreement.outputs.emplace_back().name = name;
    agreement.samples = static_cast<int64_t>(samples);
    return agreement;
}

static std::vector<std::string> output_names(const Graph& graph) {
    std::vector<std::string> names;
    for (const Port& port : graph.outputs) names.push_back(port.name);
    return names;
}

static SessionOptions session_options(const Samples& samples) { return {.runs = static_cast<int64_t>(samples.size())}; }

namespace {

// Outputs that were computed before, for one sample: a single one needs only one of two sessions in memory at a time.
class Computed final : public Runner {
public:
    Computed(const Graph& graph, std::vector<Buffer> outputs) : graph_(graph), outputs_(std::move(outputs)) {}
    const Graph& graph() const override { return graph_; }
    std::vector<Buffer> run(std::span<const Buffer>) const override { return outputs_; }

private:
    const Graph& graph_;
    std::vector<Buffer> outputs_;
};

}  // namespace

Agreement prove(const Graph& source, const Graph& result, const Samples& samples, const ProofOptions& options) {
    std::unique_ptr<Runner> expected;
    if (samples.size() == 1)
        expected = std::make_unique<Computed>(source, Session(source, session_options(samples)).run(samples.inputs(0)));
    else
        expected = session_runner(source, session_options(samples));
    return prove(*expected, *session_runner(result, session_options(samples)), samples, options);
}

Agreement prove(const Runner& source, const Runner& result, const Samples& samples, const ProofOptions& options) {
    const Pairing pairing(source, result);
    Agreement agreement = empty_agreement(pairing.names(), samples.size());
    const auto produce = [&](size_t i) { return pairing.run(samples.inputs(i)); };
    const auto consume = [&](size_t i, const std::vector<OutputPair>& outputs) {
        for (size_t o = 0; o < outputs.size(); ++o)
            add_sample(agreement.outputs[o], outputs[o].type, outputs[o].expected, *outputs[o].other, outputs[o].actual);
        if (options.progress) options.progress(i + 1, samples.size());
    };
    ordered_parallel(samples.size(), side_by_side(source.graph(), side_by_side(result.graph(), options.threads)), produce,
                     consume);
    return agreement;
}

namespace {

struct Expected {
    Array array;
    SampleFit fit;
};

}  // namespace

static std::vector<Expected> expected_outputs(const Npz& file, const Graph& result, const Samples& samples) {
    std::vector<Expected> list;
    for (size_t i = 0; i < result.outputs.size(); ++i) {
        const Port& port = result.outputs[i];
        std::string name = port.name;
        if (!file.contains(name) && file.names().size() == result.outputs.size()) name = file.names()[i];
        Array array = file.read(name);
        const Shape& shape = result.type(port.value).shape;
        const auto fit = fit_samples(array.shape, shape);
        check(fit.has_value(), "output '{}' is {}, the expected array is {}", port.name, to_string(shape),
              to_string(array.shape));
        const size_t needed = samples.stored_index(samples.size() - 1) + 1;
        check(static_cast<size_t>(fit->count) >= needed, "output '{}': {} samples are expected, the data has {}", port.name,
              fit->count, needed);
        list.push_back({std::move(array), *fit});
    }
    return list;
}

Agreement prove_expected(const Npz& file, const Runner& runner, const Samples& samples, const ProofOptions& options) {
    const Graph& result = runner.graph();
    const std::vector<Expected> expected = expected_outputs(file, result, samples);
    Agreement agreement = empty_agreement(output_names(result), samples.size());
    const auto produce = [&](size_t i) { return runner.run(samples.inputs(i)); };
    const auto consume = [&](size_t i, const std::vector<Buffer>& outputs) {
        for (size_t o = 0; o < outputs.size(); ++o) {
            const Type& type = result.type(result.outputs[o].value);
            Type stored{expected[o].array.dtype, expected[o].fit.shape, std::nullopt};
            Buffer want = expected[o].array.data.slice(samples.stored_index(i) * stored.bytes(), stored.bytes());
            if (!expected[o].fit.perm.empty()) want = transposed(want, stored, expected[o].fit.perm);
            stored.shape = type.shape;
            add_sample(agreement.outputs[o], stored, want, type, outputs[o]);
        }
        if (options.progress) options.progress(i + 1, samples.size());
    };
    ordered_parallel(samples.size(), side_by_side(result, options.threads), produce, consume);
    return agreement;
}

}  // namespace tinsmith
