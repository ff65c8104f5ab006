// Files: memory-mapped reading, and writing that leaves either the whole new file or the old one.
#pragma once

#include "base/buffer.hpp"

#include <functional>
#include <string>

namespace tinsmith {

// Throws Fault::input when nothing lies at `path`, with names that do and are spelt nearly so.
void check_exists(const std::string& path);

// Maps a regular file read-only. Throws Fault::input naming the path when it does not exist, is a folder, is empty or cannot be read.
Buffer map_file(const std::string& path);

// Gives the memory of a part of a mapped file back: it is read from the file again when it is next asked for, by any thread. What
// lies elsewhere than in `file`, which map_file returned, is left alone.
void release_pages(const Buffer& file, std::span<const std::byte> part);

// Receives the pieces of a file in order.
class ByteSink {
public:
    virtual ~ByteSink() = default;
    virtual void write(std::span<const std::byte> bytes) = 0;
    void write_text(std::string_view text) { write(std::as_bytes(std::span(text.data(), text.size()))); }
    void write_zeros(size_t count);
    // Writes a buffer; a splat is streamed without being materialised.
    void write_buffer(const Buffer& buffer);
};

// Calls `fill` with a sink onto a temporary file beside `path`, `accept` (if any) with that file's path once it is complete, then
// renames it over `path`. When either throws, or the disk is full, the temporary file is removed and an existing `path` is
// untouched. Throws Fault::input naming the path.
void write_file(const std::string& path, const std::function<void(ByteSink&)>& fill,
                const std::function<void(const std::string& temporary)>& accept = {});

}  // namespace tinsmith
