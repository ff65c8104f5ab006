// The pipeline: which passes run, in which order, and why there.
#include "ir/verify.hpp"
#include "op/computes_on_integers.hpp"
#include "op/list.hpp"
#include "pass/passes.hpp"

#include <algorithm>
#include <array>

namespace tinsmith {

namespace {

#define PASS(name, why) \
    Pass { #name, why, name }
// Moves or shares values and never computes with them: exact on stored integers too.
#define MOVING_PASS(name, why) \
    Pass { #name, why, name, true }

constexpr std::array canonical{
    PASS(widen_stored_weights, "before anything computes with weights, which passes take for floats"),
    PASS(fold_constants, "first: what is constant needs no other spelling"),
    MOVING_PASS(remove_identities, "before patterns are matched, so that nothing stands between their parts"),
    PASS(simplify_arithmetic, "before the recognisers: they know squares and products, not powers and divisions"),
    PASS(recognise_relu, "before HardSwish, whose gate is a clip"),
    PASS(recognise_prelu, "after recognise_relu, whose Relus it is made of"),
    PASS(recognise_sigmoid, "one spelling"),
    PASS(recognise_softmax, "one spelling"),
    PASS(recognise_hard_swish, "after clips and divisions have their one spelling"),
    PASS(recognise_gelu, "after powers and divisions have their one spelling"),
    PASS(recognise_l2_normalization, "after powers have their one spelling"),
    PASS(recognise_layer_norm, "after square roots and divisions have their one spelling"),
    PASS(recognise_dilation, "before layout, while blocks of space are as the reader wrote them"),
};

constexpr std::array optimizing{
    MOVING_PASS(eliminate_common_subexpressions, "first: two equal Transposes would sink twice"),
    PASS(match_fully_connected, "before layout: a Transpose passes a FullyConnected and is absorbed by it, not by a MatMul"),
    PASS(merge_pads, "before layout, while pads are as the source wrote them"),
    PASS(merge_slices, "like merge_pads"),
    PASS(match_split, "before layout: one Transpose of the whole is less than one of each part"),
    PASS(match_slice, "after match_split, which takes Gathers of every index together"),
    PASS(hoist_slices, "before layout: what is not computed needs no layout"),
    PASS(merge_concats, "after match_split: a Split takes apart what a Concat joined"),
    PASS(sink_transposes, "the layout of the source goes down until it cancels"),
    PASS(merge_reductions, "before sink_reshapes, which would take the Reshape behind a pool further down"),
    PASS(sink_reshapes, "after Transposes are gone from between 1-D convolutions"),
    PASS(hoist_reshapes, "after sink_reshapes, which takes a Reshape below a Split; equal ones come up again"),
    PASS(sink_transposes, "what sank to a Reshape goes on where that Reshape has moved"),
    PASS(absorb_transposes, "after sinking, when Transposes stand right above matrix products"),
    PASS(hoist_transposes, "after sinking: what could not cancel below may cancel, or do less, above"),
    PASS(channels_last_interface, "after hoisting, when Transposes stand at the inputs"),
    MOVING_PASS(merge_reshapes, "Transposes that met the interface may have left Reshapes"),
    MOVING_PASS(remove_identities, "before folding, so that nothing stands between a convolution and its scale"),
    PASS(fold_padding, "after layout: a convolution and its Pad agree on dimensions only then"),
    PASS(fold_crops, "after fold_padding: it takes from a convolution's whole padding"),
    PASS(scale_relu_0_to_1, "before folding, which takes its factors"),
    PASS(fold_batch_norm, "after layout: constants are per channel of the last dimension only then"),
    PASS(fold_scale_into_next, "after fold_batch_norm: folding into the producer needs no padding"),
    PASS(fold_scale_into_previous, "after absorbing Transposes: attention's products are as short as they get"),
    PASS(merge_constant_arithmetic, "after folding: a convolution takes a chain of constants without any rounding between"),
    PASS(fuse_activation, "after folding: an activation ends what else can be folded"),
    PASS(widen_stride2, "after fold_padding: it starts from a convolution's whole padding"),
    PASS(merge_reductions, "reshapes that sank to a reduction"),
    MOVING_PASS(eliminate_common_subexpressions, "last: layout may have computed one thing twice"),
};

#undef PASS
#undef MOVING_PASS

int run_one(const Pass& pass, Graph& graph, const PassOptions& options) {
    try {
        return pass.run(graph, options);
    } catch (const Error& e) {
        // The graph was sound before: an operator that does not take its new operands is our mistake, not the file's.
        throw Error(e.fault == Fault::input && pass.run != channels_last_interface ? Fault::internal : e.fault,
                    fmt::format("pass {}: {}", pass.name, e.what()));
    }
}

void run_on_subgraphs(Graph& graph, std::span<const Pass> passes, const PassOptions& options, const AfterPass& after) {
    PassOptions inner = options;  // a body's interface is that of the operator around it
    inner.keep_channels_first = true;
    inner.layouts.clear();
    for (Node& node : graph.nodes) {
        std::vector<std::pair<std::string, Graph>> bodies;
        for (const auto& [name, attr] : node.attrs)
            if (const GraphRef* body = std::get_if<GraphRef>(&attr)) bodies.emplace_back(name, **body);
        for (auto& [name, body] : bodies) {
            run_passes(body, passes, inner, after);
            node.attrs.set(name, std::make_shared<const Graph>(std::move(body)));
        }
    }
}

}  // namespace

std::span<const Pass> canonical_passes() { return canonical; }
std::span<const Pass> optimizing_passes() { return optimizing; }

const Pass* find_pass(std::string_view name) {
    for (std::span<const Pass> list : {canonical_passes(), optimizing_passes()})
        for (const Pass& pass : list)
            if (pass.name == name) return &pass;
    return nullptr;
}

void run_passes(Graph& graph, std::span<const Pass> passes, const PassOptions& options, const AfterPass& after) {
    run_on_subgraphs(graph, passes, options, after);
    // Passes decide by who reads a value: dead readers must not count, so they go after every pass.
    remove_dead_code(graph, options);
    // Floats that go through stored integers are floats: only what computes on integers must be left alone.
    // Passes that change values or layouts know inputs and outputs only, not what states hold.
    const bool moving_only = computes_on_integers(graph) || !graph.states.empty();
    for (const Pass& pass : passes) {
        if (moving_only && !pass.integers) continue;
        int changed = run_one(pass, graph, options);
        if (changed == 0) continue;
        remove_dead_code(graph, options);
        verify(graph);
        if (after) after(pass, changed, graph);
    }
}

}  // namespace tinsmith
