#include "micro/offline.hpp"

#include "micro/lifetimes.hpp"
#include "plan/place.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

namespace {

constexpr size_t alignment = 16;

// For each tensor the one whose bytes it shares, itself where it is alone.
std::vector<size_t> owners(const tflite::Model& model, const std::vector<bool>& placed) {
    const tflite::SubGraph& graph = *model.subgraphs()->Get(0);
    std::vector<size_t> owner(placed.size());
    std::iota(owner.begin(), owner.end(), size_t{0});
    for (flatbuffers::uoffset_t i = 0; graph.operators() && i < graph.operators()->size(); ++i) {
        const MicroOperator o = micro_operator(model, 0, i);
        if (o.code != tflite::BuiltinOperator::RESHAPE || !o.input(0) || !o.output(0)) continue;
        const auto from = static_cast<size_t>(o.op.inputs()->Get(0)), to = static_cast<size_t>(o.op.outputs()->Get(0));
        const bool same = micro_tensor_bytes(*o.input(0)) == micro_tensor_bytes(*o.output(0));
        if (same && placed[from] && placed[to]) owner[to] = owner[from];
    }
    return owner;
}

// The scratch that the reference kernels ask for is placed too, so that it finds a gap.
std::vector<MicroScratch> reference_scratch(const tflite::Model& model) {
    std::vector<MicroScratch> scratch;
    const tflite::SubGraph& graph = *model.subgraphs()->Get(0);
    for (flatbuffers::uoffset_t i = 0; graph.operators() && i < graph.operators()->size(); ++i)
        for (size_t bytes : micro_needs(micro_operator(model, 0, i), {}).scratch) scratch.push_back({bytes, 0, i});
    return scratch;
}

std::vector<size_t> placed_offsets(const std::vector<MicroBuffer>& buffers, const std::vector<size_t>& owner, uint64_t steps) {
    std::vector<Lifetime> lives(owner.size());
    for (const MicroBuffer& buffer : buffers) {
        const auto first = static_cast<uint32_t>(std::max(buffer.first, 0));
        const auto last = static_cast<uint32_t>(std::max(buffer.last, 0));
        if (buffer.tensor < 0) {
            lives.push_back({buffer.bytes, first, last});
            continue;
        }
        Lifetime& life = lives[owner[static_cast<size_t>(buffer.tensor)]];
        const bool fresh = life.bytes == 0;
        life = {buffer.bytes, fresh ? first : std::min(life.first, first), fresh ? last : std::max(life.last, last)};
    }
    return place_best({lives, {}, alignment}, steps).offsets;
}

}  // namespace

std::vector<int32_t> micro_offline_offsets(std::span<const std::byte> file, uint64_t search_steps) {
    const tflite::Model& model = micro_model(file);
    if (model.subgraphs()->size() != 1) return {};
    const auto& tensors = *model.subgraphs()->Get(0)->tensors();
    for (const tflite::Tensor* tensor : tensors)
        if (tensor->is_variable()) return {};
    std::vector<MicroBuffer> buffers = micro_buffers(model, reference_scratch(model));
    std::vector<bool> placed(tensors.size(), false);
    for (const MicroBuffer& buffer : buffers)
        if (buffer.tensor >= 0) placed[static_cast<size_t>(buffer.tensor)] = true;
    const std::vector<size_t> owner = owners(model, placed);
    const std::vector<size_t> offsets = placed_offsets(buffers, owner, search_steps);
    const size_t own = micro_plan(buffers);
    std::vector<int32_t> table(tensors.size(), -1);
    for (MicroBuffer& buffer : buffers) {
        if (buffer.tensor < 0) continue;
        const auto tensor = static_cast<size_t>(buffer.tensor);
        table[tensor] = static_cast<int32_t>(offsets[owner[tensor]]);
        buffer.offline = table[tensor];
    }
    // The table takes flash: a few bytes of memory are not worth it.
    return micro_plan(buffers) + 4 * (table.size() + 3) <= own ? table : std::vector<int32_t>{};
}

}  // namespace tinsmith
