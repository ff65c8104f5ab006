#include "frontend/compose/convolve.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/spatial.hpp"

namespace tinsmith {

std::vector<ValueId> from_onnx::conv(NodeReader& r) {
    Compose m{r.b};
    const Shape &x = r.shape(0), &weights = r.shape(1);
    check(x.size() >= 3 && weights.size() == x.size(), "the input is {}, the weights are {}", to_string(r.type(0)),
          to_string(r.type(1)));
    supported(x.size() <= 5, "a convolution over {} axes; TFLite has three at most", x.size() - 2);
    supported(r.type(0).dtype == DType::f32, "a convolution of {}; TFLite has float ones", to_string(r.type(0)));
    const SpatialWindow w = read_window(r, Shape(x.begin() + 2, x.end()), Ints(weights.begin() + 2, weights.end()));
    return {convolve(m, r.operand(0), r.operand(1), r.has(2) ? r.in[2] : no_value, w, r.integer("group", 1))};
}

}  // namespace tinsmith
