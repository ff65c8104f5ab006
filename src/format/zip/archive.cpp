#include "format/zip/archive.hpp"

#include "base/error.hpp"
#include "format/zip/stored_entry.hpp"

#include <zip.h>

#include <algorithm>

namespace tinsmith {

// Deflate cannot shrink more than 1032 to 1: an entry that claims more is a lie.
static constexpr uint64_t deflate_limit = 1032;

struct ZipArchive::Archive {
    Buffer file;
    zip_t* zip = nullptr;
    std::vector<std::string> names;

    ~Archive() {
        if (zip) zip_discard(zip);
    }
    std::pair<zip_uint64_t, zip_stat_t> find(std::string_view name) const;
};

ZipArchive::ZipArchive(Buffer file) : archive_(std::make_unique<Archive>()) {
    Archive& a = *archive_;
    a.file = std::move(file);
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(a.file.bytes().data(), a.file.size(), 0, &error);
    a.zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr;
    if (!a.zip) {
        if (source) zip_source_free(source);
        const std::string reason = zip_error_strerror(&error);
        zip_error_fini(&error);
        fail(Fault::input, "this is not a readable zip archive: {}", reason);
    }
    const zip_int64_t count = zip_get_num_entries(a.zip, 0);
    for (zip_int64_t i = 0; i < count; ++i) {
        const char* name = zip_get_name(a.zip, static_cast<zip_uint64_t>(i), ZIP_FL_ENC_GUESS);
        a.names.emplace_back(name ? name : "");
    }
}

ZipArchive::~ZipArchive() = default;
ZipArchive::ZipArchive(ZipArchive&&) noexcept = default;
ZipArchive& ZipArchive::operator=(ZipArchive&&) noexcept = default;

const std::vector<std::string>& ZipArchive::names() const { return archive_->names; }

bool ZipArchive::contains(std::string_view name) const {
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

// Grows with what is really there: a size that lies costs no memory.
static Buffer inflate(zip_file_t* file, uint64_t size) {
    std::vector<std::byte> bytes;
    for (size_t got = 0; got < size;) {
        bytes.resize(std::min<size_t>(size, std::max<size_t>(2 * got, 1 << 20)));
        const size_t more = read_fully(file, std::span(bytes).subspan(got));
        check(got + more == bytes.size(), "the archive is damaged: {} of {} bytes are there", got + more, size);
        got += more;
    }
    std::byte beyond{};
    check(read_fully(file, std::span(&beyond, 1)) == 0, "the archive is damaged: it holds more than it says");
    return Buffer::of(std::move(bytes));
}

std::pair<zip_uint64_t, zip_stat_t> ZipArchive::Archive::find(std::string_view name) const {
    const auto found = std::find(names.begin(), names.end(), name);
    check(found != names.end(), "there is no entry '{}'", name);
    const auto index = static_cast<zip_uint64_t>(found - names.begin());
    zip_stat_t stat;
    zip_stat_init(&stat);
    check(zip_stat_index(zip, index, 0, &stat) == 0 && (stat.valid & ZIP_STAT_SIZE) && (stat.valid & ZIP_STAT_COMP_SIZE),
          "the archive says nothing about it");
    check(stat.comp_size <= file.size() && stat.size / deflate_limit <= stat.comp_size, "a size of {} bytes is not believable",
          stat.size);
    return {index, stat};
}

Buffer ZipArchive::read_stored(std::string_view name) const {
    const zip_stat_t stat = archive_->find(name).second;
    check((stat.valid & ZIP_STAT_COMP_METHOD) && stat.comp_method == ZIP_CM_STORE && stat.size == stat.comp_size,
          "entry '{}' is compressed, which its format does not do", name);
    return read(name);
}

Buffer ZipArchive::read(std::string_view name) const {
    const Archive& a = *archive_;
    const auto [index, stat] = a.find(name);
    if (const auto there = stored_entry(a.file, index, stat.size)) return *there;
    zip_file_t* opened = zip_fopen_index(a.zip, index, 0);
    check(opened != nullptr, "the archive is damaged: {}", zip_strerror(a.zip));
    const std::unique_ptr<zip_file_t, void (*)(zip_file_t*)> file(opened, [](zip_file_t* f) { zip_fclose(f); });
    return inflate(file.get(), stat.size);
}

}  // namespace tinsmith
