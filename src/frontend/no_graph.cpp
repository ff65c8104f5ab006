#include "frontend/no_graph.hpp"

#include "format/torch/checkpoint.hpp"

namespace tinsmith {

void refuse_without_graph(const std::string& path, const Buffer& file) {
    if (!torch::looks_like_checkpoint(path, file)) return;
    within(path, [&] {
        const size_t count = torch::read_checkpoint(file).tensors.size();
        const bool safe = path.ends_with(".safetensors");
        fail(
            Fault::input,
            "it holds {} tensors and no graph (tinsmith inspect lists them); `tinsmith convert` takes it with the class of the "
            "model (--module FILE.py:CLASS, --shape 1x3x64x64) where PyTorch is; or make a file of the graph in Python:\n"
            "  model.load_state_dict({})\n"
            "  sample = torch.zeros(1, 3, 64, 64)  # what it takes\n"
            "  torch.export.save(torch.export.export(model.eval(), (sample,)), \"model.pt2\")",
            count, safe ? "safetensors.torch.load_file(path)" : "torch.load(path)");
    });
}

}  // namespace tinsmith
