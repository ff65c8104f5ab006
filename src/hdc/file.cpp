// Where projections and prototypes are kept.
#include "base/file.hpp"
#include "base/nearest.hpp"
#include "data/convert.hpp"
#include "format/npy/npy.hpp"
#include "format/torch/checkpoint.hpp"
#include "hdc/model.hpp"

#include <cmath>
#include <functional>

namespace tinsmith::hdc {

namespace {

constexpr const char *seed_key = "projection_seed", *features_key = "feature_count", *centre_key = "feature_centre";

struct Matrix {
    Shape shape;
    std::vector<float> values;
};

// A file's arrays by name, whatever its format.
struct Arrays {
    std::vector<std::string> names;
    std::function<Array(const std::string&)> read;

    bool has(const std::string& name) const { return std::find(names.begin(), names.end(), name) != names.end(); }
};

Arrays open(const std::string& path) {
    Arrays out;
    if (path.ends_with(".npz")) {
        auto npz = std::make_shared<Npz>(open_npz(path));
        out.names = npz->names();
        out.read = [npz](const std::string& name) { return npz->read(name); };
        return out;
    }
    auto checkpoint = std::make_shared<torch::Checkpoint>(torch::read_checkpoint(map_file(path)));
    for (const auto& [name, tensor] : checkpoint->tensors) out.names.push_back(name);
    out.read = [checkpoint](const std::string& name) {
        const torch::Tensor& tensor = checkpoint->at(name);
        return Array{tensor.dtype, tensor.shape, tensor.elements()};
    };
    return out;
}

Matrix read(const Arrays& arrays, const std::string& name, const char* option, size_t rank) {
    check(arrays.has(name), "there is no '{}'; {} names another, the nearest are {}", name, option,
          nearest_names(name, arrays.names));
    return within(fmt::format("'{}'", name), [&] {
        const Array array = arrays.read(name);
        check(array.shape.size() == rank, "its shape is {}, {} dimensions are expected", to_string(array.shape), rank);
        check(array.dtype != DType::i4 && element_count(array.shape) > 0, "it is {}", to_string(array.type()));
        Matrix out{array.shape, {}};
        for (const double v : real_values(array.type(), array.data)) {
            check(std::isfinite(v), "it holds a number that is not finite");
            out.values.push_back(static_cast<float>(v));
        }
        return out;
    });
}

uint64_t whole(const Arrays& arrays, const std::string& name) {
    const Array array = arrays.read(name);
    check(array.dtype == DType::u64 && element_count(array.shape) == 1, "'{}' is no single uint64", name);
    uint64_t out = 0;
    std::memcpy(&out, array.data.bytes().data(), sizeof out);
    return out;
}

std::vector<float> turned(const std::vector<float>& values, size_t rows, size_t columns) {
    std::vector<float> out(values.size());
    for (size_t r = 0; r < rows; ++r)
        for (size_t c = 0; c < columns; ++c) out[c * rows + r] = values[r * columns + c];
    return out;
}

void read_projection(const Arrays& arrays, const std::string& key, hdc::ReadResult& out) {
    Model& model = out.model;
    if (!arrays.has(key) && arrays.has(seed_key)) {
        model.seed = whole(arrays, seed_key);
        const uint64_t features = whole(arrays, features_key);
        check(features > 0 && features <= 65536, "'{}' is {}", features_key, features);
        model.features = features;
        model.projection = drawn_projection(*model.seed, model.features, model.dimensions);
        return;
    }
    Matrix matrix = read(arrays, key, "--projection-key", 2);
    const auto rows = static_cast<size_t>(matrix.shape[0]), columns = static_cast<size_t>(matrix.shape[1]);
    check(rows == model.dimensions || columns == model.dimensions, "'{}' is {}, but the prototypes have {} dimensions", key,
          to_string(matrix.shape), model.dimensions);
    if (columns != model.dimensions) {
        out.notes.push_back(fmt::format("'{}' is {}: dimensions by features, as nn.Linear has it; it was turned", key,
                                        to_string(matrix.shape)));
        matrix.values = turned(matrix.values, rows, columns);
    }
    model.features = columns == model.dimensions ? rows : columns;
    model.projection = std::move(matrix.values);
}

}  // namespace

hdc::ReadResult read_model(const std::string& path, const std::string& projection_key, const std::string& prototypes_key) {
    return within(path, [&] {
        const Arrays arrays = open(path);
        hdc::ReadResult out;
        Matrix prototypes = read(arrays, prototypes_key, "--prototypes-key", 2);
        out.model.classes = static_cast<size_t>(prototypes.shape[0]);
        out.model.dimensions = static_cast<size_t>(prototypes.shape[1]);
        out.model.prototypes = std::move(prototypes.values);
        read_projection(arrays, projection_key, out);
        if (arrays.has(centre_key)) {
            out.model.centre = read(arrays, centre_key, "", 1).values;
            check(out.model.centre.size() == out.model.features, "'{}' has {} numbers for {} features", centre_key,
                  out.model.centre.size(), out.model.features);
        }
        return out;
    });
}

void write_model(const std::string& path, const Model& model) {
    const auto extent = [](size_t n) { return static_cast<int64_t>(n); };
    std::vector<std::pair<std::string, Array>> arrays;
    arrays.emplace_back("prototypes",
                        Array{DType::f32, {extent(model.classes), extent(model.dimensions)}, Buffer::of(model.prototypes)});
    if (model.seed) {
        arrays.emplace_back(seed_key, Array{DType::u64, {}, Buffer::of(std::vector<uint64_t>{*model.seed})});
        arrays.emplace_back(features_key, Array{DType::u64, {}, Buffer::of(std::vector<uint64_t>{model.features})});
    } else {
        arrays.emplace_back(
            "projection_matrix",
            Array{DType::f32, {extent(model.features), extent(model.dimensions)}, Buffer::of(model.projection)});
    }
    if (!model.centre.empty())
        arrays.emplace_back(centre_key, Array{DType::f32, {extent(model.features)}, Buffer::of(model.centre)});
    write_npz(path, arrays);
}

}  // namespace tinsmith::hdc
