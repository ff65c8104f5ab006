#include "keras_file.hpp"

#include <gtest/gtest.h>
#include <hdf5.h>
#include <zip.h>

#include <cstdio>
#include <fstream>
#include <numeric>

namespace tinsmith {

namespace {

// A file of the HDF5 library that only ever lies in memory.
class Image {
public:
    Image() {
        const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
        H5Pset_fapl_core(access, 1 << 12, false);
        file = H5Fcreate("built", H5F_ACC_TRUNC, H5P_DEFAULT, access);
        H5Pclose(access);
    }
    Buffer close() {
        H5Fflush(file, H5F_SCOPE_GLOBAL);
        std::vector<std::byte> bytes(static_cast<size_t>(H5Fget_file_image(file, nullptr, 0)));
        H5Fget_file_image(file, bytes.data(), bytes.size());
        H5Fclose(file);
        return Buffer::of(std::move(bytes));
    }
    void text(hid_t object, const char* name, const std::string& value) const {
        const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
        H5Tset_size(type, H5T_VARIABLE);
        const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
        const char* data = value.c_str();
        H5Awrite(attribute, type, &data);
        H5Aclose(attribute), H5Sclose(space), H5Tclose(type);
    }
    // As Keras 2 writes them: texts of equal length.
    void texts(hid_t object, const char* name, const std::vector<std::string>& values) const {
        size_t longest = 1;
        for (const std::string& v : values) longest = std::max(longest, v.size());
        std::string all;
        for (const std::string& v : values) all += v + std::string(longest - v.size(), '\0');
        const hsize_t count = values.size();
        const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate_simple(1, &count, nullptr);
        H5Tset_size(type, longest);
        H5Tset_strpad(type, H5T_STR_NULLPAD);
        const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
        if (count > 0) H5Awrite(attribute, type, all.data());
        H5Aclose(attribute), H5Sclose(space), H5Tclose(type);
    }
    void floats(hid_t group, const std::string& name, const std::vector<int64_t>& shape) const {
        const std::vector<hsize_t> extents(shape.begin(), shape.end());
        std::vector<float> values(
            static_cast<size_t>(std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>())));
        for (size_t i = 0; i < values.size(); ++i) values[i] = 0.1f * static_cast<float>(i + 1);
        const hid_t space = H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
        const hid_t links = H5Pcreate(H5P_LINK_CREATE);
        H5Pset_create_intermediate_group(links, 1);
        const hid_t dataset = H5Dcreate2(group, name.c_str(), H5T_IEEE_F32LE, space, links, H5P_DEFAULT, H5P_DEFAULT);
        H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
        H5Dclose(dataset), H5Pclose(links), H5Sclose(space);
    }
    hid_t file = -1;
};

}  // namespace

Buffer KerasFile::write() const {
    Image image;
    if (!config.empty()) image.text(image.file, "model_config", config);
    image.text(image.file, "keras_version", version);
    const hid_t all = H5Gcreate2(image.file, "model_weights", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    std::vector<std::string> names;
    for (const Layer& layer : layers) {
        names.push_back(layer.name);
        const hid_t group = H5Gcreate2(all, layer.name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        std::vector<std::string> weights;
        for (const auto& [name, shape] : layer.weights) {
            weights.push_back(name);
            image.floats(group, name, shape);
        }
        image.texts(group, "weight_names", weights);
        H5Gclose(group);
    }
    if (!external_link.empty()) H5Lcreate_external("/etc/passwd", "/", all, external_link.c_str(), H5P_DEFAULT, H5P_DEFAULT);
    image.texts(all, "layer_names", names);
    H5Gclose(all);
    return image.close();
}

std::string KerasFile::save(const TemporaryFolder& folder, const std::string& name) const {
    const Buffer file = write();
    return folder.write(name, {reinterpret_cast<const char*>(file.bytes().data()), file.size()});
}

KerasFile small_dense() {
    KerasFile file;
    file.config = R"({"class_name": "Sequential", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 2], "dtype": "float32"}},
        {"class_name": "Dense", "config": {"name": "d", "units": 3, "activation": "relu", "use_bias": true}}]}})";
    file.layers = {{"x", {}}, {"d", {{"d/kernel:0", {2, 3}}, {"d/bias:0", {3}}}}};
    return file;
}

Buffer dense_objects() {
    Image image;
    image.floats(image.file, "layers/dense/vars/0", {2, 3});
    image.floats(image.file, "layers/dense/vars/1", {3});
    return image.close();
}

std::string save_archive(const TemporaryFolder& folder, const std::string& name, const Buffer& weights,
                         const std::vector<std::pair<std::string, std::string>>& entries) {
    std::string path = folder.path(name);
    zip_t* zip = zip_open(path.c_str(), ZIP_CREATE, nullptr);
    for (const auto& [entry, text] : entries)
        zip_file_add(zip, entry.c_str(), zip_source_buffer(zip, text.data(), text.size(), 0), ZIP_FL_ENC_UTF_8);
    if (!weights.empty())
        zip_file_add(zip, "model.weights.h5", zip_source_buffer(zip, weights.bytes().data(), weights.size(), 0),
                     ZIP_FL_ENC_UTF_8);
    zip_close(zip);
    return path;
}

}  // namespace tinsmith
