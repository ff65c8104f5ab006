#include "format/npy/npy.hpp"

#include "base/file.hpp"
#include "format/npy/stored_entry.hpp"

#include <zip.h>

#include <algorithm>

namespace tinsmith {

// Deflate cannot shrink more than 1032 to 1: an entry that claims more is a lie.
static constexpr uint64_t deflate_limit = 1032;

static std::string zip_message(zip_error_t& error) {
    std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    return text;
}

struct Npz::Archive {
    Buffer file;
    zip_t* zip = nullptr;
    std::vector<std::string> names;
    std::vector<zip_uint64_t> entries;

    ~Archive() {
        if (zip) zip_discard(zip);
    }
};

Npz::Npz(Buffer file) : archive_(std::make_unique<Archive>()) {
    Archive& a = *archive_;
    a.file = std::move(file);
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(a.file.bytes().data(), a.file.size(), 0, &error);
    a.zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr;
    if (!a.zip) {
        if (source) zip_source_free(source);
        fail(Fault::input, "this is not a readable .npz archive: {}", zip_message(error));
    }
    const zip_int64_t count = zip_get_num_entries(a.zip, 0);
    for (zip_int64_t i = 0; i < count; ++i) {
        const char* name = zip_get_name(a.zip, static_cast<zip_uint64_t>(i), ZIP_FL_ENC_GUESS);
        const std::string_view text = name ? name : "";
        if (!text.ends_with(".npy")) continue;
        a.names.emplace_back(text.substr(0, text.size() - 4));
        a.entries.push_back(static_cast<zip_uint64_t>(i));
    }
    check(!a.names.empty(), "the archive holds no arrays (.npy)");
}

Npz::~Npz() = default;
Npz::Npz(Npz&&) noexcept = default;
Npz& Npz::operator=(Npz&&) noexcept = default;

const std::vector<std::string>& Npz::names() const { return archive_->names; }

bool Npz::contains(std::string_view name) const {
    return std::find(archive_->names.begin(), archive_->names.end(), name) != archive_->names.end();
}

// Reads up to bytes.size() bytes of the entry; fewer only where it ends.
static size_t read_fully(zip_file_t* file, std::span<std::byte> bytes) {
    size_t got = 0;
    while (got < bytes.size()) {
        const zip_int64_t n = zip_fread(file, bytes.data() + got, bytes.size() - got);
        check(n >= 0, "the archive is damaged: {}", zip_file_strerror(file));
        if (n == 0) break;
        got += static_cast<size_t>(n);
    }
    return got;
}

Array Npz::read(std::string_view name) const {
    const Archive& a = *archive_;
    const auto found = std::find(a.names.begin(), a.names.end(), name);
    check(found != a.names.end(), "there is no array '{}'", name);
    const zip_uint64_t index = a.entries[static_cast<size_t>(found - a.names.begin())];
    return within(fmt::format("array '{}'", name), [&] {
        zip_stat_t stat;
        zip_stat_init(&stat);
        check(zip_stat_index(a.zip, index, 0, &stat) == 0 && (stat.valid & ZIP_STAT_SIZE) && (stat.valid & ZIP_STAT_COMP_SIZE),
              "the archive says nothing about it");
        check(stat.comp_size <= a.file.size() && stat.size / deflate_limit <= stat.comp_size,
              "a size of {} bytes is not believable", stat.size);
        if (const auto there = stored_entry(a.file, index, stat.size)) return parse_npy(*there);
        zip_file_t* opened = zip_fopen_index(a.zip, index, 0);
        check(opened != nullptr, "the archive is damaged: {}", zip_strerror(a.zip));
        const std::unique_ptr<zip_file_t, void (*)(zip_file_t*)> file(opened, [](zip_file_t* f) { zip_fclose(f); });
        // Grows with what is really there: a size that lies costs no memory.
        std::vector<std::byte> bytes;
        for (size_t got = 0; got < stat.size;) {
            bytes.resize(std::min<size_t>(stat.size, std::max<size_t>(2 * got, 1 << 20)));
            const size_t more = read_fully(file.get(), std::span(bytes).subspan(got));
            check(got + more == bytes.size(), "the archive is damaged: {} of {} bytes are there", got + more, stat.size);
            got += more;
        }
        std::byte beyond{};
        check(read_fully(file.get(), std::span(&beyond, 1)) == 0, "the archive is damaged: it holds more than it says");
        return parse_npy(Buffer::of(std::move(bytes)));
    });
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
