#include "frontend/keras/keras.hpp"

#include "base/file.hpp"
#include "frontend/keras/model_reader.hpp"

namespace tinsmith {

namespace {

ReadResult read(const std::string& path, const ReadOptions& options) {
    return within(fmt::format("reading {}", path), [&] {
        try {
            const keras::File file = keras::read_file(map_file(path));
            return keras::ModelReader(file, options).run();
        } catch (const keras::Json::exception& e) {
            fail(Fault::input, "its configuration is not what Keras writes: {}", e.what());
        }
    });
}

}  // namespace

Frontend keras_frontend() { return {"keras", {".h5", ".keras", ".hdf5"}, keras::looks_like_keras, read}; }

}  // namespace tinsmith
