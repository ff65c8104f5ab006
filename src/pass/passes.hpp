// The passes by name; what each does is at the top of its file.
#pragma once

#include "pass/pass.hpp"

namespace tinsmith {

using RunPass = int(Graph&, const PassOptions&);

// cleaning
RunPass widen_stored_weights;
RunPass remove_dead_code, remove_identities, fold_constants, eliminate_common_subexpressions;
RunPass merge_reshapes, merge_reductions, merge_pads, merge_slices, merge_concats, merge_constant_arithmetic, match_split,
    match_slice, hoist_slices, scale_relu_0_to_1;
// one spelling for each computation
RunPass simplify_arithmetic, recognise_relu, recognise_sigmoid, recognise_softmax, recognise_hard_swish, recognise_gelu;
RunPass recognise_layer_norm, recognise_l2_normalization, recognise_dilation, recognise_prelu;
// into convolutions and matrix products
RunPass match_fully_connected, fold_batch_norm, fold_scale_into_next, fold_scale_into_previous, fuse_activation;
RunPass fold_padding, fold_crops, widen_stride2;
// layout
RunPass sink_reshapes, hoist_reshapes, sink_transposes, hoist_transposes, absorb_transposes, channels_last_interface;

}  // namespace tinsmith
