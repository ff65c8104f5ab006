// Scan: the length of its sequences is static, so it is written out.
#include "frontend/compose/stack.hpp"
#include "frontend/onnx/ops.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

namespace {

struct Sequences {
    Ints axes, backwards;  // one for each
};

Sequences sequences(const NodeReader& r, std::string_view axes, std::string_view directions, size_t count) {
    Sequences out{r.integers(axes, Ints(count, 0)), r.integers(directions, Ints(count, 0))};
    check(out.axes.size() == count && out.backwards.size() == count, "'{}' or '{}' does not have {} entries", axes, directions,
          count);
    return out;
}

// State and sequences without a batch -> final state and stacked outputs.
std::vector<ValueId> run(NodeReader& r, const onnx::Graph& body, std::vector<ValueId> state, const std::vector<ValueId>& inputs,
                         const Sequences& in, const Sequences& out) {
    int64_t length = -1;
    for (size_t k = 0; k < inputs.size(); ++k) {
        const Shape& shape = r.b.shape(inputs[k]);
        int64_t extent = shape[static_cast<size_t>(normalized_axis(in.axes[k], static_cast<int64_t>(shape.size())))];
        check(length < 0 || extent == length, "its sequences have {} and {} steps", length, extent);
        length = extent;
    }
    supported(length > 0, "its sequences have no steps");
    std::vector<std::vector<ValueId>> steps(out.axes.size());
    for (int64_t i = 0; i < length; ++i) {
        std::vector<ValueId> args = state;
        for (size_t k = 0; k < inputs.size(); ++k)
            args.push_back(take_step(r.b, inputs[k], in.axes[k], in.backwards[k] ? length - 1 - i : i));
        std::vector<ValueId> results = r.inline_graph(body, args);
        std::copy_n(results.begin(), state.size(), state.begin());
        for (size_t k = 0; k < steps.size(); ++k) steps[k].push_back(results[state.size() + k]);
    }
    for (size_t k = 0; k < steps.size(); ++k) {
        if (out.backwards[k]) std::reverse(steps[k].begin(), steps[k].end());
        state.push_back(stack_steps(r.b, steps[k], out.axes[k]));
    }
    return state;
}

}  // namespace

std::vector<ValueId> scan(NodeReader& r) {
    const onnx::Graph& body = r.graph("body");
    bool batched = r.opset < 9;  // then input 0 has the lengths, and every tensor a batch in front
    supported(!batched || !r.has(0), "lengths that differ within a batch are not read");
    std::vector<ValueId> all;
    for (size_t i = batched ? 1 : 0; i < r.in.size(); ++i) all.push_back(r.operand(i));
    int64_t sequence_count = r.integer("num_scan_inputs");
    check(sequence_count >= 1 && sequence_count <= static_cast<int64_t>(all.size()), "'num_scan_inputs' is {} of {} inputs",
          sequence_count, all.size());
    auto scans = static_cast<size_t>(sequence_count), states = all.size() - scans;
    check(body.outputs.size() >= states, "its body gives {} values for a state of {}", body.outputs.size(), states);
    Sequences in = sequences(r, "scan_input_axes", batched ? "directions" : "scan_input_directions", scans);
    Sequences out = sequences(r, "scan_output_axes", "scan_output_directions", body.outputs.size() - states);
    auto middle = static_cast<std::ptrdiff_t>(states);
    if (!batched) return run(r, body, {all.begin(), all.begin() + middle}, {all.begin() + middle, all.end()}, in, out);

    int64_t batch = r.b.shape(all[0]).empty() ? 0 : r.b.shape(all[0])[0];
    std::vector<std::vector<ValueId>> results(body.outputs.size());
    for (int64_t n = 0; n < batch; ++n) {
        std::vector<ValueId> one;
        for (ValueId value : all) one.push_back(take_step(r.b, value, 0, n));
        std::vector<ValueId> got =
            run(r, body, {one.begin(), one.begin() + middle}, {one.begin() + middle, one.end()}, in, out);
        for (size_t k = 0; k < got.size(); ++k) results[k].push_back(got[k]);
    }
    check(batch > 0, "its inputs have no batch");
    std::vector<ValueId> stacked;
    for (const auto& list : results) stacked.push_back(stack_steps(r.b, list, 0));
    return stacked;
}

}  // namespace tinsmith::from_onnx
