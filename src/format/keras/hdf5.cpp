#include "format/keras/hdf5.hpp"

#include "base/isolate.hpp"
#include "format/keras/digest.hpp"
#include "format/keras/packing.hpp"

namespace tinsmith::keras {

namespace {

constexpr int free_seconds = 3;  // a sound file takes milliseconds
constexpr size_t bytes_per_second = size_t{64} << 20;
constexpr const char damaged[] = "this is not a readable HDF5 file: it is damaged or incomplete";
constexpr size_t free_memory = size_t{256} << 20, memory_per_byte = 16;

// The process that packed it ran a library that a damaged file may have led astray: what it says is looked at again.
Tensor unpack_tensor(Unpacker& in, const Buffer& file) {
    Tensor tensor;
    tensor.type.dtype = static_cast<DType>(in.number());
    const uint64_t rank = in.number();
    check(rank <= most_dimensions && (tensor.type.dtype == DType::f32 || tensor.type.dtype == DType::i64), damaged);
    for (uint64_t i = 0; i < rank; ++i) tensor.type.shape.push_back(static_cast<int64_t>(in.number()));
    const size_t bytes = within("a dataset", [&] { return tensor.type.bytes(); });
    if (static_cast<Storage>(in.number()) == Storage::in_file) {
        const uint64_t at = in.number();
        check(at <= file.size() && bytes <= file.size() - at, damaged);
        tensor.data = file.slice(at, bytes);
    } else {
        tensor.data = Buffer::copy_of(in.bytes());
        check(tensor.data.size() == bytes, damaged);
    }
    return tensor;
}

}  // namespace

Hdf5::Hdf5(const Buffer& file) {
    const auto packed =
        isolated([&](std::vector<std::byte>& out) { digest_hdf5(file, out); },
                 free_seconds + static_cast<int>(file.size() / bytes_per_second), free_memory + memory_per_byte * file.size());
    check(packed.has_value(), damaged);
    Unpacker in(*packed);
    while (!in.done()) {
        Object& object = objects_[in.text()];
        const auto entry = static_cast<Entry>(in.number());
        if (entry == Entry::broken) {
            object.error = in.text();
            continue;
        }
        for (uint64_t attributes = in.number(); attributes > 0; --attributes) {
            std::vector<std::string>& texts = object.texts[in.text()];
            for (uint64_t count = in.number(); count > 0; --count) texts.push_back(in.text());
        }
        if (entry == Entry::dataset) object.tensor = unpack_tensor(in, file);
    }
}

// Paths may have slashes too many; a group that cannot be followed stands for what would be in it.
const Hdf5::Object* Hdf5::find(std::string_view path) const {
    std::string walked;
    auto at = objects_.find("");
    for (size_t from = 0; from < path.size();) {
        const size_t slash = std::min(path.find('/', from), path.size());
        if (slash > from) {
            walked += (walked.empty() ? "" : "/") + std::string(path.substr(from, slash - from));
            at = objects_.find(walked);
            if (at == objects_.end()) return nullptr;
            check(at->second.error.empty(), "'{}': {}", walked, at->second.error);
        }
        from = slash + 1;
    }
    return at == objects_.end() ? nullptr : &at->second;
}

bool Hdf5::has(std::string_view path) const { return find(path) != nullptr; }

std::optional<std::vector<std::string>> Hdf5::texts(std::string_view object, const std::string& attribute) const {
    const Object* found = find(object);
    check(found != nullptr, "there is no '{}'", object);
    if (!found->error.empty()) fail(Fault::input, "'{}': {}", object, found->error);
    if (const auto one = found->texts.find(attribute); one != found->texts.end()) return one->second;
    std::optional<std::vector<std::string>> all;
    for (int part = 0;; ++part) {
        const auto piece = found->texts.find(attribute + std::to_string(part));
        if (piece == found->texts.end()) return all;
        if (!all) all.emplace();
        all->insert(all->end(), piece->second.begin(), piece->second.end());
    }
}

Tensor Hdf5::tensor(std::string_view path) const {
    const Object* found = find(path);
    check(found != nullptr, "there is no '{}'", path);
    check(found->tensor.has_value(), "'{}' is no dataset", path);
    return *found->tensor;
}

bool looks_like_hdf5(std::span<const std::byte> head) {
    constexpr std::string_view magic = "\x89HDF\r\n\x1a\n";
    return head.size() >= magic.size() && std::memcmp(head.data(), magic.data(), magic.size()) == 0;
}

}  // namespace tinsmith::keras
