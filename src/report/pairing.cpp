#include "report/pairing.hpp"

#include "data/convert.hpp"
#include "ir/permutation.hpp"

#include <tuple>

namespace tinsmith {

// A tensor of type `from` in the layout and type of `to`; what stands for real numbers keeps them.
static Buffer adapted(Buffer data, const Type& from, const Type& to, const Ints& perm) {
    if (!perm.empty()) data = transposed(data, from, perm);
    if (from.dtype == to.dtype && (from.quant == to.quant || !from.quant || !to.quant)) return data;
    if (from.quant) {
        const std::vector<double> reals = real_values(from, data);
        return Buffer::of(converted(reinterpret_cast<const std::byte*>(reals.data()), from.elements(), DType::f64, to));
    }
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

Pairing::Pairing(const Runner& source, const Runner& result)
    : source_(source),
      result_(result),
      inputs_(match_inputs(source.graph(), result.graph())),
      outputs_(match_outputs(source.graph(), result.graph())) {
    for (const PortPair& pair : outputs_)
        names_.push_back(pair.part ? result.graph().outputs[pair.result].name : source.graph().outputs[pair.source].name);
}

std::vector<Buffer> Pairing::adapted_inputs(std::span<const Buffer> inputs) const {
    std::vector<Buffer> out(result().inputs.size());
    for (const PortPair& pair : inputs_)
        out[pair.result] = adapted(inputs[pair.source], source().type(source().inputs[pair.source].value),
                                   result().type(result().inputs[pair.result].value), pair.perm);
    return out;
}

std::vector<OutputPair> Pairing::run(std::span<const Buffer> inputs) const {
    const std::vector<Buffer> expected = source_.run(inputs), actual = result_.run(adapted_inputs(inputs));
    std::vector<OutputPair> out;
    for (const PortPair& pair : outputs_) {
        OutputPair& both = out.emplace_back();
        both.type = source().type(source().outputs[pair.source].value);
        both.expected = expected[pair.source];
        if (pair.part) std::tie(both.type, both.expected) = part_of(both.type, both.expected, *pair.part);
        both.other = &result().type(result().outputs[pair.result].value);
        both.actual = actual[pair.result];
        if (!pair.perm.empty()) both.actual = transposed(both.actual, *both.other, inverse(pair.perm));
    }
    return out;
}

}  // namespace tinsmith
