#include "api/raw_pixels.hpp"

#include "data/pixels.hpp"
#include "pass/fold_normalize.hpp"

namespace tinsmith {

void take_raw_pixels(Graph& graph, const Normalization& normalization, const DataOptions& options) {
    const auto channels = std::ssize(normalization.mean);
    bool found = false;
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
        const Type& type = graph.type(graph.inputs[i].value);
        const auto image = pixel_input(type.shape, options.model_layout);
        if (type.dtype != DType::f32 || !image || (channels != 1 && image->channels != channels)) continue;
        found = true;
        fold_normalize(graph, i, type.rank() - (image->channels_first ? 3 : 1), normalization.mean, normalization.deviation);
    }
    check(found, "--fold-normalize: the model has no float input that takes images, such as 1x3x224x224");
}

}  // namespace tinsmith
