#include "report/proof.hpp"

#include "base/parallel.hpp"
#include "data/convert.hpp"
#include "data/fit.hpp"
#include "ir/permutation.hpp"
#include "report/interface.hpp"
#include "run/session.hpp"

#include <limits>
#include <tuple>

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

// A tensor of type `from` in the layout and type of `to`.
static Buffer adapted(Buffer data, const Type& from, const Type& to, const Ints& perm) {
    if (!perm.empty()) data = transposed(data, from, perm);
    if (from.dtype == to.dtype) return data;
    return Buffer::of(converted(data.bytes().data(), from.elements(), from.dtype, to));
}

// Indices first.. of one dimension of a tensor, and its type.
static std::pair<Type, Buffer> part_of(const Type& type, const Buffer& data, const PortPair::Part& part) {
    Type smaller = type;
    const auto axis = static_cast<size_t>(part.axis);
    smaller.shape[axis] = part.extent;
    size_t inner = dtype_bits(type.dtype) / 8;
    for (size_t d = axis + 1; d < type.shape.size(); ++d) inner *= static_cast<size_t>(type.shape[d]);
    const size_t step = inner * static_cast<size_t>(type.shape[axis]), bytes = inner * static_cast<size_t>(part.extent);
    std::vector<std::byte> out;
    out.reserve(smaller.bytes());
    for (size_t at = inner * static_cast<size_t>(part.first); at < data.size(); at += step) {
        const auto from = data.bytes().subspan(at, bytes);
        out.insert(out.end(), from.begin(), from.end());
    }
    return {std::move(smaller), Buffer::of(std::move(out))};
}

// An output of the source by its name, a part of one by the result's.
static Agreement empty_agreement(const Graph& source, const Graph& result, const std::vector<PortPair>& outputs, size_t samples) {
    Agreement agreement;
    for (const PortPair& pair : outputs)
        agreement.outputs.emplace_back().name = pair.part ? result.outputs[pair.result].name : source.outputs[pair.source].name;
    agreement.samples = static_cast<int64_t>(samples);
    return agreement;
}

static Agreement empty_agreement(const Graph& result, size_t samples) {
    Agreement agreement;
    for (const Port& port : result.outputs) agreement.outputs.emplace_back().name = port.name;
    agreement.samples = static_cast<int64_t>(samples);
    return agreement;
}

static SessionOptions session_options(const Samples& samples) { return {.runs = static_cast<int64_t>(samples.size())}; }

Agreement prove(const Graph& source, const Graph& result, const Samples& samples, const ProofOptions& options) {
    const std::vector<PortPair> inputs = match_inputs(source, result), outputs = match_outputs(source, result);
    // A single sample needs only one of the two sessions in memory at a time.
    const bool single = samples.size() == 1;
    std::vector<Buffer> expected_outputs;
    if (single) expected_outputs = Session(source, session_options(samples)).run(samples.inputs(0));
    std::optional<Session> expected;
    if (!single) expected.emplace(source, session_options(samples));
    const Session actual(result, session_options(samples));
    Agreement agreement = empty_agreement(source, result, outputs, samples.size());

    struct Outputs {
        std::vector<Buffer> expected, actual;
    };
    const auto produce = [&](size_t i) {
        const std::vector<Buffer> sample = samples.inputs(i);
        std::vector<Buffer> adapted_sample(result.inputs.size());
        for (const PortPair& pair : inputs)
            adapted_sample[pair.result] = adapted(sample[pair.source], source.type(source.inputs[pair.source].value),
                                                  result.type(result.inputs[pair.result].value), pair.perm);
        return Outputs{single ? expected_outputs : expected->run(sample), actual.run(adapted_sample)};
    };
    const auto consume = [&](size_t i, Outputs got) {
        for (size_t o = 0; o < outputs.size(); ++o) {
            const PortPair& pair = outputs[o];
            Type type = source.type(source.outputs[pair.source].value);
            Buffer expected_output = got.expected[pair.source];
            if (pair.part) std::tie(type, expected_output) = part_of(type, expected_output, *pair.part);
            const Type& other = result.type(result.outputs[pair.result].value);
            Buffer actual_output = got.actual[pair.result];
            if (!pair.perm.empty()) actual_output = transposed(actual_output, other, inverse(pair.perm));
            add_sample(agreement.outputs[o], type, expected_output, other, actual_output);
        }
        if (options.progress) options.progress(i + 1, samples.size());
    };
    ordered_parallel(samples.size(), options.threads, produce, consume);
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

Agreement prove_expected(const Npz& file, const Graph& result, const Samples& samples, const ProofOptions& options) {
    const std::vector<Expected> expected = expected_outputs(file, result, samples);
    const Session session(result, session_options(samples));
    Agreement agreement = empty_agreement(result, samples.size());
    const auto produce = [&](size_t i) { return session.run(samples.inputs(i)); };
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
    ordered_parallel(samples.size(), options.threads, produce, consume);
    return agreement;
}

}  // namespace tinsmith
