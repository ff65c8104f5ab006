// .h5 and .keras from memory: container, configuration, weights, graph. The look at a damaged HDF5 file ends after 3 s of processor
// time, which on a busy machine is long: keras_reader.options gives it that. The rest is bounded by keras_config.
#include "attempt.hpp"
#include "frontend/keras/model_reader.hpp"

#include "ir/verify.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace tinsmith;
    try {
        attempt([&] {
            const keras::File file = keras::read_file(Buffer::copy_of(std::as_bytes(std::span(data, size))));
            verify(keras::ModelReader(file, {}).run().graph);
        });
    } catch (const keras::Json::exception&) {  // as the reader of files has it
    }
    return 0;
}
