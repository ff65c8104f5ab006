// The header is a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }.
#include "format/npy/npy.hpp"

#include <charconv>

namespace tinsmith {

namespace {

class HeaderParser {
public:
    explicit HeaderParser(std::string_view text) : text_(text) {}

    NpyHeader parse() {
        expect('{');
        bool descr = false, order = false, shape = false;
        while (!accept('}')) {
            const std::string_view key = quoted();
            expect(':');
            if (key == "descr") {
                descr = element_type();
            } else if (key == "fortran_order") {
                order = true;
                header_.fortran_order = boolean();
            } else if (key == "shape") {
                shape = true;
                extents();
            } else {
                fail(Fault::input, "the header has an unknown key '{}'", printable(key));
            }
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        check(descr && order && shape, "the header lacks 'descr', 'fortran_order' or 'shape'");
        skip_spaces();
        check(at_ == text_.size(), "the header goes on after its end");
        return header_;
    }

private:
    void skip_spaces() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
    }
    bool accept(char c) {
        skip_spaces();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) { check(accept(c), "the header is damaged at byte {}: '{}' is missing", at_, c); }

    std::string_view quoted() {
        skip_spaces();
        check(at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"'), "the header is damaged at byte {}: no string",
              at_);
        const size_t end = text_.find(text_[at_], at_ + 1);
        check(end != std::string_view::npos, "the header is damaged at byte {}: the string does not end", at_);
        const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        return inside;
    }

    bool boolean() {
        skip_spaces();
        for (const auto& [word, value] : {std::pair<std::string_view, bool>{"True", true}, {"False", false}}) {
            if (text_.substr(at_, word.size()) != word) continue;
            at_ += word.size();
            return value;
        }
        fail(Fault::input, "the header is damaged at byte {}: neither True nor False", at_);
    }

    void extents() {
        expect('(');
        while (!accept(')')) {
            skip_spaces();
            int64_t extent = -1;
            const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), extent);
            check(error == std::errc{} && extent >= 0, "the header is damaged at byte {}: no extent", at_);
            at_ = static_cast<size_t>(end - text_.data());
            accept('L');  // Python 2 wrote long integers so
            header_.shape.push_back(extent);
            check(header_.shape.size() <= 32, "the array has more than 32 dimensions");
            if (!accept(',')) {
                expect(')');
                break;
            }
        }
        element_count(header_.shape);
    }

    bool element_type() {
        skip_spaces();
        check(at_ < text_.size() && text_[at_] != '[', "arrays of records are not read: only numbers and booleans");
        const std::string_view name = quoted();
        static constexpr std::pair<std::string_view, DType> known[] = {
            {"f2", DType::f16}, {"f4", DType::f32}, {"f8", DType::f64}, {"i1", DType::i8},
            {"u1", DType::u8},  {"i2", DType::i16}, {"u2", DType::u16}, {"i4", DType::i32},
            {"u4", DType::u32}, {"i8", DType::i64}, {"u8", DType::u64}, {"b1", DType::boolean},
        };
        const bool prefixed = !name.empty() && std::string_view("<>|=").find(name[0]) != std::string_view::npos;
        for (const auto& [code, dtype] : known) {
            if (name.substr(prefixed ? 1 : 0) != code) continue;
            header_.dtype = dtype;
            header_.swapped = name[0] == '>' && dtype_bits(dtype) > 8;
            return true;
        }
        fail(Fault::input, "elements of type '{}' are not read: only integers, floats and booleans", printable(name));
    }

    static std::string printable(std::string_view text) {
        std::string out;
        for (char c : text.substr(0, 40)) out += c >= 32 && c < 127 ? c : '?';
        return out;
    }

    std::string_view text_;
    size_t at_ = 0;
    NpyHeader header_;
};

}  // namespace

NpyHeader parse_npy_header(std::span<const std::byte> head) {
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    check(text.substr(0, 6) == "\x93NUMPY", "this is not a NumPy array file");
    check(text.size() >= 10, "the file ends inside its header");
    const auto byte = [&](size_t i) { return static_cast<size_t>(static_cast<uint8_t>(text[i])); };
    const size_t version = byte(6), begin = version == 1 ? 10 : 12;
    check(version >= 1 && version <= 3, "version {}.{} of the NumPy format is not known", byte(6), byte(7));
    check(text.size() >= begin, "the file ends inside its header");
    const size_t length = version == 1 ? byte(8) | byte(9) << 8 : byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24;
    check(length <= max_npy_header - 12, "a header of {} bytes is not believable", length);
    check(length <= text.size() - begin, "the file ends inside its header");
    NpyHeader header = HeaderParser(text.substr(begin, length)).parse();
    header.data_offset = begin + length;
    return header;
}

std::string npy_header(const Array& array) {
    static constexpr std::pair<DType, std::string_view> codes[] = {
        {DType::f16, "<f2"}, {DType::f32, "<f4"}, {DType::f64, "<f8"}, {DType::i8, "|i1"},
        {DType::u8, "|u1"},  {DType::i16, "<i2"}, {DType::u16, "<u2"}, {DType::i32, "<i4"},
        {DType::u32, "<u4"}, {DType::i64, "<i8"}, {DType::u64, "<u8"}, {DType::boolean, "|b1"},
    };
    std::string_view descr;
    for (const auto& [dtype, code] : codes)
        if (dtype == array.dtype) descr = code;
    supported(!descr.empty(), "NumPy files cannot hold elements of type {}", dtype_name(array.dtype));
    std::string shape;
    for (int64_t extent : array.shape) shape += fmt::format("{}, ", extent);
    if (array.shape.size() > 1) shape.resize(shape.size() - 2);
    if (array.shape.size() == 1) shape.resize(shape.size() - 1);
    std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, shape);
    text.append(63 - (10 + text.size()) % 64, ' ');
    text += '\n';
    std::string header("\x93NUMPY\x01\x00", 8);
    header += static_cast<char>(text.size() & 255);
    header += static_cast<char>(text.size() >> 8);
    return header + text;
}

}  // namespace tinsmith
