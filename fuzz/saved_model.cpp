// Any bytes as saved_model.pb beside a checkpoint that a sound one was written with: an Error that blames the file, or a graph that the
// verifier accepts.
#include "attempt.hpp"
#include "base/file.hpp"
#include "frontend/tensorflow/tensorflow.hpp"
#include "ir/verify.hpp"
#include "scratch_folder.hpp"

#include <cstdlib>
#include <vector>

using namespace tinsmith;

static const ScratchFolder& folder_with_variables() {
    static const ScratchFolder folder;
    static const bool filled = [] {
        const Buffer index = map_file(TINSMITH_FUZZ_CORPUS "/tensorflow_reader/module.index");
        folder.write("variables/variables.index", {reinterpret_cast<const uint8_t*>(index.bytes().data()), index.size()});
        folder.write("variables/variables.data-00000-of-00001", std::vector<uint8_t>(1 << 16, 0x3c));
        return true;
    }();
    static_cast<void>(filled);
    return folder;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const ScratchFolder& folder = folder_with_variables();
    folder.write("saved_model.pb", {data, size});
    attempt([&] { verify(savedmodel_frontend().read(folder.path(), {}).graph); });
    return 0;
}
