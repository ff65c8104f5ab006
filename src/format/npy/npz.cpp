#include "format/npy/npy.hpp"

#include "base/file.hpp"
#include "format/zip/archive.hpp"

#include <zip.h>

#include <algorithm>

namespace tinsmith {

static std::string zip_message(zip_error_t& error) {
    std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    return text;
}

static constexpr std::string_view suffix = ".npy";

struct Npz::Archive {
    ZipArchive zip;
    std::vector<std::string> names;
};

Npz::Npz(Buffer file) : archive_(std::make_unique<Archive>(Archive{ZipArchive(std::move(file)), {}})) {
    Archive& a = *archive_;
    for (const std::string& name : a.zip.names())
        if (name.ends_with(suffix)) a.names.push_back(name.substr(0, name.size() - suffix.size()));
    check(!a.names.empty(), "the archive holds no arrays (.npy)");
}

Npz::~Npz() = default;
Npz::Npz(Npz&&) noexcept = default;
Npz& Npz::operator=(Npz&&) noexcept = default;

const std::vector<std::string>& Npz::names() const { return archive_->names; }

bool Npz::contains(std::string_view name) const {
    return std::find(archive_->names.begin(), archive_->names.end(), name) != archive_->names.end();
}

Array Npz::read(std::string_view name) const {
    check(contains(name), "there is no array '{}'", name);
    return within(fmt::format("array '{}'", name),
                  [&] { return parse_npy(archive_->zip.read(std::string(name).append(suffix))); });
}

Npz open_npz(const std::string& path) {
    return within(path, [&] { return Npz(map_file(path)); });
}

void write_npz(const std::string& path, std::span<const std::pair<std::string, Array>> arrays) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* memory = zip_source_buffer_create(nullptr, 0, 0, &error);
    zip_t* zip = memory ? zip_open_from_source(memory, ZIP_TRUNCATE, &error) : nullptr;
    if (!zip) fail(Fault::internal, "no archive in memory: {}", zip_message(error));
    zip_source_keep(memory);
    const std::unique_ptr<zip_source_t, void (*)(zip_source_t*)> owner(memory, zip_source_free);
    std::vector<std::string> headers(arrays.size());
    bool fine = true;
    for (size_t i = 0; i < arrays.size(); ++i) {
        const auto& [name, array] = arrays[i];
        headers[i] = npy_header(array);
        const auto data = array.data.bytes();
        zip_buffer_fragment_t parts[2];
        parts[0] = {reinterpret_cast<zip_uint8_t*>(headers[i].data()), headers[i].size()};
        parts[1] = {reinterpret_cast<zip_uint8_t*>(const_cast<std::byte*>(data.data())), data.size()};
        zip_source_t* source = zip_source_buffer_fragment_create(parts, data.empty() ? 1 : 2, 0, &error);
        const zip_int64_t index = source ? zip_file_add(zip, (name + ".npy").c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
        fine =
            fine && index >= 0 && zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0) == 0 &&
            zip_file_set_dostime(zip, static_cast<zip_uint64_t>(index), 0, 0x21, 0) == 0;  // 1980-01-01: the same bytes always
    }
    fine = fine && zip_close(zip) == 0;
    if (!fine) {
        const std::string reason = zip_strerror(zip);
        zip_discard(zip);
        fail(Fault::input, "{}: cannot write the archive: {}", path, reason);
    }
    check(zip_source_open(memory) == 0, "{}: cannot write the archive", path);
    write_file(path, [&](ByteSink& sink) {
        std::vector<std::byte> piece(1 << 20);
        for (zip_int64_t n; (n = zip_source_read(memory, piece.data(), piece.size())) > 0;)
            sink.write(std::span(piece).first(static_cast<size_t>(n)));
    });
    zip_source_close(memory);
}

}  // namespace tinsmith
