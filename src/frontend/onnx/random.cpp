#include "frontend/onnx/ops.hpp"

namespace tinsmith::from_onnx {

// Bernoulli, Multinomial, RandomNormal, RandomUniform and their "Like" forms.
std::vector<ValueId> random(NodeReader&) {
    fail(Fault::unsupported,
         "random numbers cannot be proven to be the same; give them to the model as an input (--inputs names it)");
}

}  // namespace tinsmith::from_onnx
