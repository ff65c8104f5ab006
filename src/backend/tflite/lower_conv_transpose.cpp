// Before: a transposed convolution whose cropping is neither that of SAME nor that of VALID.
// After:  one with VALID, and a Slice that crops.
// When:   TFLite derives the cropping from the padding's name and the output's extents.
#include "backend/tflite/legalize.hpp"
#include "backend/tflite/windows.hpp"
#include "op/list.hpp"

namespace tinsmith {

static bool lower(Rewriter& r, const Node& node) {
    if (!node.is(op::ConvTranspose) && !node.is(op::ConvTranspose3D)) return false;
    auto windows = tflite::transposed_windows_of(r.graph, node);
    if (tflite::padding_of(windows)) return false;

    // VALID fills (n - 1) * stride + kernel cells; output padding may ask for up to stride - 1 more behind them.
    Shape y = r.shape(node.outputs[0]);
    Ints starts(y.size(), 0), ends = y, output_padding;
    for (size_t a = 0; a < windows.size(); ++a) {
        const tflite::Window& w = windows[a];
        starts[a + 1] = w.before;
        ends[a + 1] = w.before + w.in;
        output_padding.push_back(std::max<int64_t>(ends[a + 1] - ((w.out - 1) * w.stride + w.kernel), 0));
    }
    Attrs attrs = node.attrs;
    attrs.set("pads", Ints(2 * windows.size(), 0));
    attrs.set("output_padding", output_padding);
    ValueId whole = r.add(*node.op, node.inputs, std::move(attrs));
    r.replace(node.outputs[0], r.add(op::Slice, {whole}, {{"starts", starts}, {"ends", ends}, {"steps", Ints(y.size(), 1)}},
                                     r.graph.value(node.outputs[0]).name));
    return true;
}

int lower_conv_transpose(Graph& graph, const PassOptions&) { return rewrite(graph, lower); }

}  // namespace tinsmith
