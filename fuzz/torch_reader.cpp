// Any bytes as a file of torch.save, as .safetensors and as a bare pickle: an Error that blames the file, or tensors inside it.
#include "attempt.hpp"
#include "format/torch/checkpoint.hpp"
#include "format/torch/pickle.hpp"

#include <cstdlib>

using namespace tinsmith;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const Buffer bytes = Buffer::copy_of(std::as_bytes(std::span(data, size)));
    torch::looks_like_checkpoint("", bytes);
    attempt_input([&] { torch::decode_pickle(bytes.bytes()); });
    attempt_input([&] {
        for (const auto& [name, tensor] : torch::read_checkpoint(bytes).tensors)
            if (tensor.type().bytes() <= 16 * size) tensor.elements().bytes();
    });
    return 0;
}
