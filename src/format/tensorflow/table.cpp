#include "format/tensorflow/table.hpp"

#include "base/error.hpp"
#include "format/protobuf/wire.hpp"

#include <leveldb/env.h>
#include <leveldb/iterator.h>
#include <leveldb/options.h>
#include <leveldb/table.h>

#include <new>

namespace tinsmith::tensorflow {

namespace {

// LevelDB asks for whole blocks and trusts that the sizes in the file are such: this is where they are checked.
class MappedFile : public leveldb::RandomAccessFile {
public:
    explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}

    leveldb::Status Read(uint64_t offset, size_t count, leveldb::Slice* result, char*) const override {
        constexpr size_t trailer = 5;  // of every block: its compression and checksum
        if (count < trailer || offset > bytes_.size() || count > bytes_.size() - offset)
            return leveldb::Status::Corruption("a block lies outside the file");
        *result = leveldb::Slice(reinterpret_cast<const char*>(bytes_.data()) + offset, count);
        return leveldb::Status::OK();
    }

private:
    std::span<const std::byte> bytes_;
};

// LevelDB allocates what the footer says before it reads: https://github.com/google/leveldb/blob/main/doc/table_format.md
void check_footer(std::span<const std::byte> file) {
    constexpr size_t footer = 48, magic = 8;
    check(file.size() >= footer, "the table is damaged: {} bytes are too few", file.size());
    WireReader handles(file.subspan(file.size() - footer, footer - magic), file.data());  // numbers as protobuf has them
    within("the table's footer", [&] {
        for (const char* block : {"list of blocks", "index"}) {
            const uint64_t offset = handles.varint(), size = handles.varint();
            check(offset <= file.size() && size <= file.size() - offset, "the {} lies outside the file", block);
        }
    });
}

void check_status(const leveldb::Status& status) { check(status.ok(), "the table is damaged: {}", status.ToString()); }

}  // namespace

void read_table(const Buffer& file, const std::function<void(std::string_view, std::span<const std::byte>)>& take) {
    check_footer(file.bytes());
    try {
        const MappedFile mapped(file.bytes());
        leveldb::Options options;
        options.paranoid_checks = true;
        leveldb::Table* opened = nullptr;
        check_status(leveldb::Table::Open(options, const_cast<MappedFile*>(&mapped), file.size(), &opened));
        const std::unique_ptr<leveldb::Table> table(opened);
        leveldb::ReadOptions read;
        read.verify_checksums = true;
        read.fill_cache = false;
        const std::unique_ptr<leveldb::Iterator> at(table->NewIterator(read));
        for (at->SeekToFirst(); at->Valid(); at->Next())
            take({at->key().data(), at->key().size()}, std::as_bytes(std::span(at->value().data(), at->value().size())));
        check_status(at->status());
    } catch (const std::bad_alloc&) {
        fail(Fault::input, "the table is damaged: a block is larger than memory");
    }
}

}  // namespace tinsmith::tensorflow
