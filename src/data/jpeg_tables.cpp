#include "data/jpeg_tables.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

constexpr uint8_t define_huffman = 0xc4, restart = 0xd0, end_of_image = 0xd9, start_of_scan = 0xda;

// Zeros follow the file, as the decoder has it.
uint8_t byte(std::span<const std::byte> file, size_t at) { return at < file.size() ? static_cast<uint8_t>(file[at]) : 0; }

size_t length_at(std::span<const std::byte> file, size_t at) { return size_t{byte(file, at)} << 8 | byte(file, at + 1); }

// The tables of a segment whose length stands at `at`.
void check_segment(std::span<const std::byte> file, size_t at) {
    const size_t end = std::min(at + length_at(file, at), file.size());
    for (size_t table = at + 2; table < end;) {
        size_t codes = 0;
        for (size_t i = 1; i <= 16; ++i) codes += byte(file, table + i);
        check(codes <= 256, "the image is damaged: a Huffman table of {} codes at byte {}", codes, table);
        table += 17 + codes;
    }
}

}  // namespace

void check_jpeg_tables(std::span<const std::byte> file) {
    bool in_scan = false;
    for (size_t at = 2; at + 1 < file.size();) {
        const uint8_t marker = byte(file, at + 1);
        if (byte(file, at) != 0xff || marker == 0xff || marker == 0 || (marker >= restart && marker <= end_of_image)) {
            ++at;
            continue;
        }
        at += 2;
        if (marker == define_huffman) check_segment(file, at);
        // Behind the first scan every marker counts: where the decoder goes on reading then hangs on the data.
        if (!in_scan) at += std::max<size_t>(length_at(file, at), 2);
        if (marker == start_of_scan) in_scan = true;
    }
}

}  // namespace tinsmith
