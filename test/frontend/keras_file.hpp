// Small Keras files built in memory: the layers as JSON, the weights by name.
#pragma once

#include "base/buffer.hpp"
#include "temporary.hpp"

#include <string>
#include <vector>

namespace tinsmith {

struct KerasFile {
    std::string config;  // the attribute model_config; empty: none
    std::string version = "2.15.0";
    struct Layer {
        std::string name;
        std::vector<std::pair<std::string, std::vector<int64_t>>> weights;  // name and shape; elements 0.1, 0.2, ...
    };
    std::vector<Layer> layers;
    std::string external_link;  // a layer by this name that lies in another file

    Buffer write() const;                                                            // .h5
    std::string save(const TemporaryFolder& folder, const std::string& name) const;  // its path
};

// A Sequential of InputLayer "x" [null, 2] and Dense "d" of 3 units.
KerasFile small_dense();
// The same as an archive, with further entries.
std::string save_archive(const TemporaryFolder& folder, const std::string& name, const Buffer& weights,
                         const std::vector<std::pair<std::string, std::string>>& entries);
// The weights of a .keras of small_dense().
Buffer dense_objects();

}  // namespace tinsmith
