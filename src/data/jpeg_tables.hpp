// A JPEG's Huffman tables, looked at before the decoder does: stb_image (until 2.29) writes behind its table where one has more codes than fit.
#pragma once

#include <cstddef>
#include <span>

namespace tinsmith {

// Throws Fault::input for a table of more than 256 codes (ITU-T T.81, B.2.4.2) anywhere in the file that the decoder may come by.
void check_jpeg_tables(std::span<const std::byte> file);

}  // namespace tinsmith
