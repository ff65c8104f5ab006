// Normalisations.
#include "frontend/compose/normalization.hpp"
#include "frontend/tensorflow/layout.hpp"
#include "frontend/tensorflow/ops.hpp"

namespace tinsmith::tensorflow::from_tensorflow {

// y = x * scale + (offset - mean * scale), scale = gamma / sqrt(variance + epsilon), so that what is constant folds. In training the mean
// and variance are those of the batch.
std::vector<Operand> fused_batch_norm(NodeReader& r) {
    Compose m{r.b};
    SpatialOperand in(r, 0);
    const ValueId gamma = r.operand(1), offset = r.operand(2);
    ValueId mean = r.operand(3), variance = r.operand(4);
    const double epsilon = r.real("epsilon", 1e-4f);
    if (r.flag("is_training", true)) {
        const Ints axes = iota(static_cast<int64_t>(in.axes()) + 1);
        mean = m.reduce(op::ReduceMean, in.x, axes, true);
        variance = m.reduce(op::ReduceMean, m.unary(op::Square, m.sub(in.x, mean)), axes, true);
    }
    const ValueId scale = m.mul(gamma, m.unary(op::Rsqrt, m.add_number(variance, epsilon)));
    return {in.back(scale_and_shift(m, in.x, scale, m.sub(offset, m.mul(mean, scale))))};
}

std::vector<Operand> lrn(NodeReader& r) {
    return {r.b.add(op::LRN, {r.operand(0)},
                    {{"radius", r.integer("depth_radius", 5)},
                     {"bias", r.real("bias", 1)},
                     {"alpha", r.real("alpha", 1)},
                     {"beta", r.real("beta", 0.5)}})};
}

}  // namespace tinsmith::tensorflow::from_tensorflow
