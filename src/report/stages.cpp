// Every named tensor of each stage of a conversion against the source's tensor of that name.
#include "data/convert.hpp"
#include "report/interface.hpp"
#include "report/proof.hpp"
#include "run/session.hpp"

#include <map>

namespace tinsmith {

namespace {

struct Tensor {
    Type type;
    Buffer data;
};
using Tensors = std::map<std::string, Tensor, std::less<>>;

}  // namespace

// Names that exactly one value of the graph has.
static std::map<std::string_view, int> name_counts(const Graph& graph) {
    std::map<std::string_view, int> counts;
    for (const Value& value : graph.values)
        if (!value.name.empty()) ++counts[value.name];
    return counts;
}

static Tensors source_tensors(const Graph& source, std::span<const Buffer> sample) {
    const Session session(source);
    const auto counts = name_counts(source);
    Tensors tensors;
    session.run(sample, [&](const EvalContext& c) {
        for (size_t i = 0; i < c.out.size(); ++i) {
            const std::string& name = source.value(c.node.outputs[i]).name;
            if (name.empty() || counts.at(name) != 1) continue;
            const Type& type = *c.out[i].type;
            tensors[name] = {type, Buffer::copy_of({c.out[i].data, type.bytes()})};
        }
    });
    return tensors;
}

// The agreement under whichever layout fits best: between equal shapes the order of elements is not known.
static std::optional<OutputAgreement> best_agreement(const std::string& name, const Tensor& want, const Type& type,
                                                     const Buffer& have) {
    std::optional<OutputAgreement> best;
    for (const Ints& perm : layouts_between(want.type.shape, type.shape)) {
        OutputAgreement agreement;
        agreement.name = name;
        const Type arranged{want.type.dtype, type.shape, want.type.quant};
        add_sample(agreement, arranged, perm.empty() ? want.data : transposed(want.data, want.type, perm), type, have);
        if (!best || agreement.relative() < best->relative()) best = agreement;
    }
    return best;
}

static StageFinding compare_stage(const Graph& source, const Tensors& tensors, std::span<const Buffer> sample,
                                  const Stage& stage, const Tolerance& tolerance) {
    StageFinding finding;
    finding.stage = stage.name;
    const Graph& graph = stage.graph;
    std::vector<Buffer> inputs(graph.inputs.size());
    for (const PortPair& pair : match_inputs(source, graph)) {
        const Type& from = source.type(source.inputs[pair.source].value);
        const Type& to = graph.type(graph.inputs[pair.result].value);
        Buffer data = pair.perm.empty() ? sample[pair.source] : transposed(sample[pair.source], from, pair.perm);
        if (from.dtype != to.dtype) data = Buffer::of(converted(data.bytes().data(), from.elements(), from.dtype, to));
        inputs[pair.result] = data;
    }
    const auto counts = name_counts(graph);
    const Session session(graph);
    session.run(inputs, [&](const EvalContext& c) {
        for (size_t i = 0; i < c.out.size() && finding.tensor.empty(); ++i) {
            const std::string& name = graph.value(c.node.outputs[i]).name;
            const auto found = tensors.find(name);
            if (found == tensors.end() || counts.at(name) != 1) continue;
            const Type& type = *c.out[i].type;
            if (is_float(type.dtype) != is_float(found->second.type.dtype) && !type.quant) continue;
            const auto agreement = best_agreement(name, found->second, type, Buffer::copy_of({c.out[i].data, type.bytes()}));
            if (!agreement) continue;
            ++finding.compared;
            if (!tolerance.holds(*agreement)) finding.tensor = name;
            if (!finding.tensor.empty() || finding.compared == 1 || agreement->relative() > finding.worst.relative())
                finding.worst = *agreement;
        }
    });
    return finding;
}

std::vector<StageFinding> compare_stages(const Graph& source, std::span<const Stage> stages, const Samples& samples,
                                         const Tolerance& tolerance) {
    const std::vector<Buffer> sample = samples.inputs(0);
    const Tensors tensors = source_tensors(source, sample);
    std::vector<StageFinding> findings;
    for (const Stage& stage : stages)
        findings.push_back(within(stage.name, [&] { return compare_stage(source, tensors, sample, stage, tolerance); }));
    return findings;
}

}  // namespace tinsmith
