// A graph interpreter of a few lines, for comparing what a graph computes before and after a pass.
#pragma once

#include "ir/builder.hpp"
#include "ir/permutation.hpp"
#include "op/list.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace tinsmith::test {

// One random buffer per graph input, in the shape that `source` gives it: floats in [-2, 2], integers and booleans 0 or 1.
inline std::vector<Buffer> random_inputs(const Graph& source, uint32_t seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> real(-2, 2);
    std::vector<Buffer> out;
    for (const Port& port : source.inputs) {
        const Type& type = source.type(port.value);
        if (type.dtype == DType::f32) {
            std::vector<float> values(static_cast<size_t>(type.elements()));
            for (float& v : values) v = real(random);
            out.push_back(Buffer::of(std::move(values)));
        } else {
            std::vector<std::byte> bytes(type.bytes());
            for (size_t i = 0; i < bytes.size(); i += dtype_bits(type.dtype) / 8)
                bytes[i] = static_cast<std::byte>(random() & 1);
            out.push_back(Buffer::of(std::move(bytes)));
        }
    }
    return out;
}

inline Buffer transposed_data(const Type& type, const Buffer& data, const Ints& perm) {
    Graph g;
    Builder b(g);
    ValueId y = b.add(op::Transpose, {b.constant(type, data)}, {{"perm", perm}});
    return *g.value(y).data;
}

// Outputs of `graph` as floats. Inputs and outputs with a note are channels-last.
inline std::vector<std::vector<float>> interpret(Graph graph, const Graph& source, const std::vector<Buffer>& inputs) {
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
        Value& value = graph.values[graph.inputs[i].value];
        const Type& given = source.type(source.inputs[i].value);
        bool turned = !graph.inputs[i].note.empty();
        value.data = turned ? transposed_data(given, inputs[i], channels_last_perm(given.rank())) : inputs[i];
    }
    for (const Node& node : graph.nodes) {
        std::vector<Type> types;
        for (ValueId id : node.outputs) types.push_back(graph.type(id));
        std::vector<Buffer> results = evaluate(graph, node, types);
        for (size_t i = 0; i < results.size(); ++i) graph.values[node.outputs[i]].data = std::move(results[i]);
    }
    std::vector<std::vector<float>> out;
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
        const Value& value = graph.values[graph.outputs[i].value];
        Graph shown;
        Buffer data = *value.data;
        if (!graph.outputs[i].note.empty()) data = transposed_data(value.type, data, channels_first_perm(value.type.rank()));
        out.push_back(shown.constant_floats(shown.add_constant("", source.type(source.outputs[i].value), data)));
    }
    return out;
}

// The largest difference relative to the largest value (or a tenth, as inputs are of size 1), over all outputs; infinite where one has a NaN or another size.
inline double difference(const std::vector<std::vector<float>>& a, const std::vector<std::vector<float>>& b) {
    double worst = 0;
    for (size_t o = 0; o < a.size(); ++o) {
        if (a[o].size() != b[o].size()) return INFINITY;
        double most = 0.1, apart = 0;
        for (size_t i = 0; i < a[o].size(); ++i) {
            if (std::isnan(a[o][i]) && std::isnan(b[o][i])) continue;
            if (a[o][i] == b[o][i]) continue;
            if (!std::isfinite(a[o][i] - b[o][i])) return INFINITY;
            most = std::max<double>(most, std::abs(a[o][i]));
            apart = std::max<double>(apart, std::abs(a[o][i] - b[o][i]));
        }
        worst = std::max(worst, apart / most);
    }
    return worst;
}

}  // namespace tinsmith::test
