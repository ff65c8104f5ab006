// A model that predicts: load a file, give it real numbers, get real numbers, whatever integers it computes on.
//
//     auto model = tinsmith::Model::load("model_int8.tflite");
//     std::vector<float> scores = model.predict(features);
//
// Link to the CMake target tinsmith::tinsmith. Functions throw std::runtime_error saying what is wrong with the file or the data.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tinsmith {

class Model {
public:
    struct Tensor {
        std::string name;
        std::vector<int64_t> shape;
        std::string dtype;  // as stored: "float32", "int8"
        int64_t elements = 0;
    };
    using Numbers = std::vector<float>;

    // A .tflite or .onnx file.
    static Model load(const std::string& path);
    Model(Model&&) noexcept;
    Model& operator=(Model&&) noexcept;
    ~Model();

    const std::vector<Tensor>& inputs() const;
    const std::vector<Tensor>& outputs() const;
    // Names of the classes by index, where the model's files say them; else empty.
    const std::vector<std::string>& labels() const;

    // One sample of a model with one input: its elements in order. Returns the elements of the first output.
    Numbers predict(const Numbers& input) const;
    // One sample: an entry for each input. Returns an entry for each output.
    std::vector<Numbers> predict(const std::vector<Numbers>& inputs) const;
    // Many samples of a model with one input, on `threads` threads (0: all cores). The first output of each, in order; the same
    // numbers as one by one.
    std::vector<Numbers> predict_batch(const std::vector<Numbers>& samples, int threads = 0) const;

private:
    struct Loaded;
    explicit Model(std::unique_ptr<Loaded> loaded);
    std::unique_ptr<Loaded> loaded_;
};

}  // namespace tinsmith
