#include "format/torch/checkpoint.hpp"

#include "base/nearest.hpp"
#include "format/torch/archive.hpp"
#include "format/torch/globals.hpp"
#include "format/torch/legacy.hpp"
#include "format/torch/safetensors.hpp"

#include <algorithm>

namespace tinsmith::torch {

static bool is_zip(std::span<const std::byte> head) {
    return head.size() > 4 && head[0] == std::byte{'P'} && head[1] == std::byte{'K'};
}

const Tensor* Checkpoint::find(std::string_view name) const {
    const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const auto& t) { return t.first == name; });
    return found == tensors.end() ? nullptr : &found->second;
}

const Tensor& Checkpoint::at(std::string_view name) const {
    if (const Tensor* found = find(name)) return *found;
    std::vector<std::string> names;
    for (const auto& [there, tensor] : tensors) names.push_back(there);
    fail(Fault::input, "there is no tensor '{}'; {}", name,
         names.empty() ? "there are none at all" : "the nearest are " + nearest_names(std::string(name), names));
}

bool looks_like_checkpoint(std::string_view path, const Buffer& file) {
    for (std::string_view suffix : {".pth", ".pt", ".ckpt", ".safetensors"})
        if (path.ends_with(suffix)) return true;
    if (is_zip(file.bytes())) return is_archive(file);
    return is_legacy(file.bytes());
}

Checkpoint read_checkpoint(const Buffer& file) {
    const auto head = file.bytes();
    if (is_zip(head)) return read_archive(file);
    if (is_legacy(head)) return read_legacy(file);
    if (is_safetensors(head)) return read_safetensors(file);
    check(head.empty() || head[0] != std::byte{0x80},
          "a bare pickle: torch.save did not write it; save it with torch.save(tensors, path)");
    fail(Fault::input,
         "neither a file of torch.save nor .safetensors; for a model, torch.export.save(torch.export.export(model.eval(), "
         "(sample,)), \"model.pt2\") writes its graph");
}

}  // namespace tinsmith::torch
