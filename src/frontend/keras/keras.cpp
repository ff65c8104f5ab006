#include "frontend/keras/keras.hpp"

#include "base/file.hpp"
#include "frontend/keras/keras1.hpp"
#include "frontend/keras/model_reader.hpp"

namespace tinsmith {

namespace {

ReadResult read(const std::string& path, const ReadOptions& options) {
    return within(fmt::format("reading {}", path), [&] {
        try {
            keras::File file = keras::read_file(map_file(path));
            if (file.major() >= 2) return keras::ModelReader(file, options).run();
            const std::string doubt = keras::doubt_of_keras_1(file.config);
            file.config = keras::in_words_of_keras_2(file.config);
            ReadResult result = keras::ModelReader(file, options).run();
            if (!doubt.empty()) result.notes.push_back(doubt);
            return result;
        } catch (const keras::Json::exception& e) {
            fail(Fault::input, "its configuration is not what Keras writes: {}", e.what());
        }
    });
}

}  // namespace

Frontend keras_frontend() { return {"keras", {".h5", ".keras", ".hdf5"}, keras::looks_like_keras, read}; }

}  // namespace tinsmith
