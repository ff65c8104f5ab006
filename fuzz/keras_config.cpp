// Any text as the configuration of a Keras model, over the weights of a seed of keras_reader that its first byte chooses: without
// HDF5's process for each, so that many are tried.
#include "attempt.hpp"
#include "base/file.hpp"
#include "frontend/keras/model_reader.hpp"
#include "ir/verify.hpp"

#include <cstdlib>

using namespace tinsmith;

static const std::vector<keras::File>& seeds() {
    static const std::vector<keras::File> files = [] {
        std::vector<keras::File> out;
        for (const char* name :
             {"dense.h5", "dense.keras", "conv.h5", "conv.keras", "branches.h5", "branches.keras", "lstm.h5", "lstm.keras"})
            out.push_back(keras::read_file(map_file(std::string(TINSMITH_FUZZ_CORPUS "/keras_reader/") + name)));
        return out;
    }();
    return files;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    keras::File file = seeds()[data[0] % seeds().size()];
    try {
        attempt([&] {
            file.config = parse_json<keras::Json>({reinterpret_cast<const char*>(data + 1), size - 1});
            verify(keras::ModelReader(file, {}).run().graph);
        });
    } catch (const keras::Json::exception&) {  // as the reader of files has it
    }
    return 0;
}
