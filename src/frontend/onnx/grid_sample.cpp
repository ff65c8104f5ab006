#include "frontend/compose/grid_sample.hpp"

#include "frontend/onnx/ops.hpp"

namespace tinsmith {

std::vector<ValueId> from_onnx::grid_sample(NodeReader& r) {
    Compose m(r.b);
    Sampling s{r.text("mode", r.opset < 20 ? "bilinear" : "linear"), r.text("padding_mode", "zeros"),
               r.integer("align_corners", 0) != 0};
    if (s.mode == "bilinear") s.mode = "linear";
    if (s.mode == "bicubic") s.mode = "cubic";
    check(s.mode == "linear" || s.mode == "nearest" || s.mode == "cubic", "attribute 'mode' is '{}'", s.mode);
    check(s.padding == "zeros" || s.padding == "border" || s.padding == "reflection", "attribute 'padding_mode' is '{}'",
          s.padding);
    return {tinsmith::grid_sample(m, r.operand(0), r.operand(1), s)};
}

}  // namespace tinsmith
