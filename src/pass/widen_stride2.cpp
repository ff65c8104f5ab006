// Before: a convolution, stride 2, kernel 3 (5, 7), padded by 1 (2, 3) on every side of an even extent: PyTorch's way to halve
// After:  the kernel one larger, its last row and column zero, and one more padding after: TFLite's SAME
// When:   asked for. It saves the PAD that TFLite would need: one operator and, where that PAD sets the peak, much memory (TinyNAS: 36 %).
//         It costs time: LiteRT 2.3 on x86-64 runs depthwise layers 2.1 to 3.4 times as long, 7x7 and 3x3 ones 1.2 to 1.7 times, PAD
//         included, because its kernels for 3x3 are better than those for 4x4. Layers whose extra multiplications per input element
//         exceed `affordable` (inner layers of many channels) keep their PAD even so.
// Formula: windows start at 2i - p either way; SAME for kernel k + 1 needs (n/2 - 1) * 2 + k + 1 - n = k - 1 = 2p in all, p before.
#include "op/list.hpp"
#include "pass/passes.hpp"
#include "pass/same_padding.hpp"
#include "pass/weighted.hpp"

namespace tinsmith {

namespace {

constexpr double affordable = 64;  // 3x3 to 32 channels: 7 / 4 * 32 = 56

struct Extent {
    int64_t kernel, before, after;
};

// The smallest kernel, at most one larger, with which these windows are SAME.
std::optional<Extent> widened(int64_t n, int64_t kernel, int64_t stride, int64_t before, int64_t out) {
    for (int64_t k = kernel; k <= kernel + 1; ++k) {
        SamePadding same = same_padding(n, k, stride);
        if (same.out == out && same.before == before) return Extent{k, same.before, same.after};
    }
    return std::nullopt;
}

}  // namespace

int widen_stride2(Graph& graph, const PassOptions& options) {
    if (!options.widen_stride2) return 0;
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Conv) && !node.is(op::DepthwiseConv)) return false;
        auto f = weighted(r.graph, node);
        if (!f || node.ints("strides") != Ints{2, 2} || node.ints("dilations") != Ints{1, 1}) return false;
        const Shape x = r.shape(f->x), y = r.shape(node.outputs[0]), w = r.shape(f->weights);
        const Ints& pads = node.ints("pads");
        auto height = widened(x[1], w[1], 2, pads[0], y[1]);
        auto width = widened(x[2], w[2], 2, pads[1], y[2]);
        if (!height || !width || (height->kernel == w[1] && width->kernel == w[2])) return false;
        int64_t more_taps = height->kernel * width->kernel - w[1] * w[2];
        double more = static_cast<double>(more_taps) * static_cast<double>(y[1] * y[2] * y[3]) *
                      (node.is(op::Conv) ? static_cast<double>(w[3]) : 1);
        if (more > affordable * static_cast<double>(x[1] * x[2] * x[3])) return false;
        Node wide = node;
        wide.inputs[1] =
            r.add(op::Pad, {f->weights},
                  {{"before", Ints{0, 0, 0, 0}}, {"after", Ints{0, height->kernel - w[1], width->kernel - w[2], 0}}});
        wide.attrs.set("pads", Ints{height->before, width->before, height->after, width->after});
        r.replace(node.outputs[0], r.add_like(wide, wide.inputs)[0]);
        return true;
    });
}

}  // namespace tinsmith
