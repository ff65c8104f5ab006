// Activations that have attributes, or are formulas.
#include "frontend/compose/formula.hpp"
#include "frontend/tensorflow/ops.hpp"

namespace tinsmith::tensorflow::from_tensorflow {

std::vector<Operand> leaky_relu(NodeReader& r) {
    return {r.b.add(op::LeakyRelu, {r.operand(0)}, {{"alpha", r.real("alpha", 0.2f)}})};
}

// scale * (x > 0 ? x : alpha * (exp(x) - 1)), the constants of Klambauer et al., "Self-Normalizing Neural Networks".
std::vector<Operand> selu(NodeReader& r) {
    constexpr double scale = 1.0507009873554804934193349852946, alpha = 1.6732632423543772848170429916717;
    const Formula x{r.b, r.operand(0)};
    return {max(x, 0) * scale + elu(min(x, 0)) * (scale * alpha)};
}

std::vector<Operand> softmax(NodeReader& r) { return {r.b.add(op::Softmax, {r.operand(0)})}; }
std::vector<Operand> log_softmax(NodeReader& r) { return {r.b.add(op::LogSoftmax, {r.operand(0)})}; }

// log(1 + exp(x)), from max(x, 0) on so that exp does not overflow.
std::vector<Operand> softplus(NodeReader& r) {
    const Formula x{r.b, r.operand(0)};
    return {max(x, 0) + log(1 + exp(-abs(x)))};
}

std::vector<Operand> softsign(NodeReader& r) {
    const Formula x{r.b, r.operand(0)};
    return {x / (1 + abs(x))};
}

}  // namespace tinsmith::tensorflow::from_tensorflow
