#include "format/keras/digest.hpp"

#include "format/keras/packing.hpp"
#include "ir/type.hpp"

#include <hdf5.h>

#include <algorithm>
#include <utility>

namespace tinsmith::keras {

namespace {

// Deflate cannot shrink more than 1032 to 1: a dataset that claims more is a lie.
constexpr uint64_t deflate_limit = 1032;
constexpr int deepest_group = 64;
constexpr size_t most_objects = 200'000;

// An identifier of the library with the function that gives it back.
class Id {
public:
    Id(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
    ~Id() {
        if (id_ >= 0) close_(id_);
    }
    Id(Id&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    Id(const Id&) = delete;
    Id& operator=(const Id&) = delete;
    operator hid_t() const { return id_; }
    bool fine() const { return id_ >= 0; }

private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

// The library's driver for files in memory asks these for its copy of the file: it gets the bytes where they are.
void* lend(size_t size, H5FD_file_image_op_t, void* file) {
    const auto bytes = static_cast<const Buffer*>(file)->bytes();
    return size == bytes.size() ? const_cast<std::byte*>(bytes.data()) : nullptr;
}
void* copy_nothing(void* to, const void* from, size_t, H5FD_file_image_op_t, void*) { return to == from ? to : nullptr; }
void* never_grow(void*, size_t, H5FD_file_image_op_t, void*) { return nullptr; }
herr_t keep(void*, H5FD_file_image_op_t, void*) { return 0; }
void* same(void* file) { return file; }
herr_t keep_file(void*) { return 0; }

hid_t open_image(const Buffer& file) {
    const Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5FD_file_image_callbacks_t callbacks{lend, copy_nothing, never_grow, keep, same, keep_file, const_cast<Buffer*>(&file)};
    constexpr size_t increment = 1 << 16;
    if (H5Pset_fapl_core(access, increment, false) < 0 || H5Pset_file_image_callbacks(access, &callbacks) < 0 ||
        H5Pset_file_image(access, const_cast<std::byte*>(file.bytes().data()), file.size()) < 0)
        return -1;
    return H5Fopen("image", H5F_ACC_RDONLY, access);
}

// Texts of fixed length end at their first zero byte, or are padded with spaces.
std::string fixed_text(const char* data, size_t size, bool spaces) {
    std::string text(data, strnlen(data, size));
    while (spaces && !text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

std::vector<std::string> read_texts(hid_t attribute, uint64_t file_size) {
    const Id type(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
    check(type.fine() && space.fine() && H5Tget_class(type) == H5T_STRING, "it is no text");
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    const size_t each = H5Tget_size(type);
    check(count >= 0 && each > 0 && static_cast<uint64_t>(count) <= file_size / each, "it has {} elements of {} bytes", count,
          each);
    std::vector<std::string> out;
    if (count == 0) return out;
    if (H5Tis_variable_str(type) > 0) {
        std::vector<char*> texts(static_cast<size_t>(count), nullptr);
        check(H5Aread(attribute, type, texts.data()) >= 0, "it cannot be read");
        for (const char* text : texts) out.emplace_back(text ? text : "");
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts.data());
        return out;
    }
    std::vector<char> bytes(static_cast<size_t>(count) * each);
    check(H5Aread(attribute, type, bytes.data()) >= 0, "it cannot be read");
    const bool spaces = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
    for (size_t i = 0; i < static_cast<size_t>(count); ++i) out.push_back(fixed_text(bytes.data() + i * each, each, spaces));
    return out;
}

Shape shape_of(hid_t dataset) {
    const Id space(H5Dget_space(dataset), H5Sclose);
    check(space.fine() && H5Sis_simple(space) > 0, "its shape cannot be read");
    const int rank = H5Sget_simple_extent_ndims(space);
    check(rank >= 0 && rank <= most_dimensions, "it has {} dimensions", rank);
    hsize_t extents[most_dimensions] = {};
    check(H5Sget_simple_extent_dims(space, extents, nullptr) == rank, "its shape cannot be read");
    Shape shape;
    for (int i = 0; i < rank; ++i) {
        check(extents[i] < (hsize_t{1} << 40), "an extent of {}", extents[i]);
        shape.push_back(static_cast<int64_t>(extents[i]));
    }
    return shape;
}

void check_inside(hid_t dataset) {
    const Id layout(H5Dget_create_plist(dataset), H5Pclose);
    check(layout.fine(), "its layout cannot be read");
    check(H5Pget_layout(layout) != H5D_VIRTUAL && (H5Pget_layout(layout) == H5D_COMPACT || H5Pget_external_count(layout) == 0),
          "it lies in another file, which is not followed");
}

// Where the elements are plainly in the file, as they are used.
std::optional<uint64_t> place_in_file(hid_t dataset, hid_t type, const Buffer& file, size_t size) {
    if (H5Tequal(type, H5T_IEEE_F32LE) <= 0) return std::nullopt;
    const haddr_t at = H5Dget_offset(dataset);
    if (at == HADDR_UNDEF || H5Dget_storage_size(dataset) != size) return std::nullopt;
    if (at > file.size() || size > file.size() - at) return std::nullopt;
    return at;
}

std::vector<std::byte> converted(hid_t dataset, hid_t type, const Type& wanted, const Buffer& file) {
    const uint64_t stored = H5Dget_storage_size(dataset), each = H5Tget_size(type);
    check(stored > 0 && stored <= file.size() && each > 0 &&
              static_cast<uint64_t>(wanted.elements()) <= stored * deflate_limit / each,
          "{} elements cannot lie in {} bytes", wanted.elements(), stored);
    std::vector<std::byte> bytes(wanted.bytes());
    const hid_t native = wanted.dtype == DType::f32 ? H5T_NATIVE_FLOAT : H5T_NATIVE_INT64;
    check(H5Dread(dataset, native, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) >= 0, "it cannot be read");
    return bytes;
}

void pack_dataset(hid_t dataset, const Buffer& file, Packer& out) {
    const Id type(H5Dget_type(dataset), H5Tclose);
    check(type.fine(), "its element type cannot be read");
    check_inside(dataset);
    const H5T_class_t kind = H5Tget_class(type);
    check(kind == H5T_FLOAT || kind == H5T_INTEGER, "its elements are no numbers");
    const Type wanted{kind == H5T_FLOAT ? DType::f32 : DType::i64, shape_of(dataset), {}};
    const auto at = place_in_file(dataset, type, file, wanted.bytes());
    const std::vector<std::byte> bytes =
        at || wanted.bytes() == 0 ? std::vector<std::byte>() : converted(dataset, type, wanted, file);
    out.number(static_cast<uint64_t>(wanted.dtype));
    out.number(wanted.shape.size());
    for (int64_t n : wanted.shape) out.number(static_cast<uint64_t>(n));
    out.number(static_cast<uint64_t>(at ? Storage::in_file : Storage::here));
    if (at)
        out.number(*at);
    else
        out.bytes(bytes);
}

herr_t take_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
}

herr_t take_link(hid_t, const char* name, const H5L_info_t* link, void* links) {
    static_cast<std::vector<std::pair<std::string, bool>>*>(links)->emplace_back(name, link->type == H5L_TYPE_HARD);
    return 0;
}

class Digest {
public:
    Digest(const Buffer& bytes, std::vector<std::byte>& out) : bytes_(bytes), raw_(out), out_(out) {}
    void object(hid_t id, const std::string& path, int depth);

private:
    void broken(const std::string& path, const std::string& why) {
        out_.text(path);
        out_.number(static_cast<uint64_t>(Entry::broken));
        out_.text(why);
    }
    void attributes(hid_t id);
    void children(hid_t id, const std::string& path, int depth);

    const Buffer& bytes_;
    std::vector<std::byte>& raw_;
    Packer out_;
    size_t objects_ = 0;
};

// Those that are text and of Keras.
void Digest::attributes(hid_t id) {
    std::vector<std::string> names;
    hsize_t from = 0;
    check(H5Aiterate2(id, H5_INDEX_NAME, H5_ITER_INC, &from, take_attribute, &names) >= 0, "its attributes cannot be read");
    std::erase_if(names, [](const std::string& n) {
        return n != "model_config" && n != "keras_version" && !n.starts_with("layer_names") && !n.starts_with("weight_names");
    });
    std::vector<std::vector<std::string>> texts;
    for (const std::string& name : names)
        texts.push_back(within(fmt::format("attribute '{}'", name), [&] {
            const Id opened(H5Aopen(id, name.c_str(), H5P_DEFAULT), H5Aclose);
            check(opened.fine(), "it cannot be opened");
            return read_texts(opened, bytes_.size());
        }));
    out_.number(names.size());
    for (size_t i = 0; i < names.size(); ++i) {
        out_.text(names[i]);
        out_.number(texts[i].size());
        for (const std::string& text : texts[i]) out_.text(text);
    }
}

void Digest::children(hid_t id, const std::string& path, int depth) {
    std::vector<std::pair<std::string, bool>> links;
    if (H5Literate(id, H5_INDEX_NAME, H5_ITER_INC, nullptr, take_link, &links) < 0)
        return broken(path, "the group cannot be read");
    for (const auto& [name, hard] : links) {
        if (depth == 0 && name.starts_with("optimizer")) continue;
        const std::string child = path.empty() ? name : path + "/" + name;
        if (!hard) {
            broken(child, "it is a link to another place, which is not followed; save the model as one file again");
            continue;
        }
        const Id opened(H5Oopen(id, name.c_str(), H5P_DEFAULT), H5Oclose);
        if (opened.fine())
            object(opened, child, depth + 1);
        else
            broken(child, "it cannot be opened");
    }
}

void Digest::object(hid_t id, const std::string& path, int depth) {
    check(++objects_ <= most_objects && depth <= deepest_group, "the file has too many groups");
    const size_t before = raw_.size();
    const bool group = H5Iget_type(id) == H5I_GROUP;
    try {
        out_.text(path);
        out_.number(static_cast<uint64_t>(group ? Entry::group : Entry::dataset));
        attributes(id);
        if (!group) {
            check(H5Iget_type(id) == H5I_DATASET, "it is neither a group nor a dataset");
            pack_dataset(id, bytes_, out_);
        }
    } catch (const Error& e) {
        raw_.resize(before);
        broken(path, e.what());
    }
    if (group) children(id, path, depth);
}

}  // namespace

void digest_hdf5(const Buffer& file, std::vector<std::byte>& out) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    H5PLset_loading_state(0);  // a file must not choose code to load
    const Id opened(open_image(file), H5Fclose);
    check(opened.fine(), "it cannot be opened");
    const Id root(H5Gopen2(opened, "/", H5P_DEFAULT), H5Gclose);
    check(root.fine(), "it has no root");
    Digest(file, out).object(root, "", 0);
}

}  // namespace tinsmith::keras
