// A Keras model as its file has it: the configuration, and where its weights are.
#pragma once

#include "base/json.hpp"
#include "format/keras/hdf5.hpp"

namespace tinsmith::keras {

using Json = nlohmann::json;

// How a file names weights.
enum class Naming {
    by_layer,   // .h5: a list of names for each layer of the outermost model
    by_object,  // .keras: a path of objects, layers/dense_1/vars/0
};

struct File {
    Json config;          // {"class_name": "Functional", "config": {...}}
    std::string version;  // of Keras, "" where the file does not say (Keras 1)
    Naming naming = Naming::by_layer;
    Hdf5 weights;
    std::string root;  // group of the weights: "/", "model_weights"

    int major() const;  // 1, 2, 3
};

// Reads .h5 and .keras. Throws Fault::input naming what is missing: a file of weights alone has no layers.
File read_file(const Buffer& bytes);
// Whether the first bytes are those of an HDF5 file or of a .keras archive.
bool looks_like_keras(std::span<const std::byte> head);

}  // namespace tinsmith::keras
