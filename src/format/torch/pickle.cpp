// The machine itself: bytes, stack, literals, containers and the memo. What calls mean is in call.cpp.
#include "format/torch/pickle.hpp"

#include "format/torch/machine.hpp"

#include <bit>
#include <charconv>

namespace tinsmith::torch {

namespace {

// The largest checkpoints name some hundred thousand tensors, each in about 15 values.
constexpr size_t max_values = size_t{1} << 22;
constexpr size_t max_marks = 1024;

}  // namespace

std::span<const std::byte> Machine::take(uint64_t size) {
    check(size <= bytes_.size() - at_, "{} bytes are announced, {} are left", size, bytes_.size() - at_);
    at_ += size;
    return bytes_.subspan(at_ - size, size);
}

std::string_view Machine::take_text(uint64_t size) {
    const auto part = take(size);
    return {reinterpret_cast<const char*>(part.data()), part.size()};
}

std::string_view Machine::line() {
    size_t end = at_;
    while (end < bytes_.size() && bytes_[end] != std::byte{'\n'}) ++end;
    check(end < bytes_.size(), "a line does not end");
    const std::string_view out = take_text(end - at_);
    ++at_;
    return out;
}

uint64_t Machine::number(size_t size) {
    uint64_t out = 0;
    const auto part = take(size);
    for (size_t i = size; i-- > 0;) out = out << 8 | std::to_integer<uint64_t>(part[i]);
    return out;
}

Ref Machine::make(Value value) {
    check(out_.values.size() < max_values, "more than {} objects are not believable", max_values);
    out_.values.push_back(std::move(value));
    return static_cast<Ref>(out_.values.size() - 1);
}

void Machine::push(Ref ref) {
    check(stack_.size() < max_values, "more than {} objects on the stack are not believable", max_values);
    stack_.push_back(ref);
}

Ref Machine::pop() {
    check(stack_.size() > (marks_.empty() ? 0 : marks_.back()), "an operand is missing");
    const Ref out = stack_.back();
    stack_.pop_back();
    return out;
}

const Value& Machine::top_of(Kind kind, std::string_view what) {
    check(stack_.size() > (marks_.empty() ? 0 : marks_.back()) && out_.at(stack_.back()).kind == kind, "this needs a {}", what);
    return out_.at(stack_.back());
}

std::vector<Ref> Machine::pop_to_mark() {
    check(!marks_.empty(), "a mark is missing");
    std::vector<Ref> out(stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back()), stack_.end());
    stack_.resize(marks_.back());
    marks_.pop_back();
    return out;
}

void Machine::push_integer(int64_t value) { push_new({.kind = Kind::integer, .integer = value}); }

// Two's complement of any length; those beyond 64 bits (torch.save's magic number) stay bytes.
void Machine::push_long(std::string_view bytes) {
    if (bytes.size() > 8) return push_new({.kind = Kind::long_integer, .text = bytes});
    uint64_t value = !bytes.empty() && (bytes.back() & 0x80) ? ~uint64_t{0} : 0;
    for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
    push_integer(static_cast<int64_t>(value));
}

// Numbers that protocols 0 and 1 write as text.
void Machine::number_line(uint8_t op) {
    std::string_view digits = line();
    if (op == 'I' && (digits == "00" || digits == "01")) return push_new({.kind = Kind::boolean, .integer = digits == "01"});
    if (op == 'L' && digits.ends_with('L')) digits.remove_suffix(1);
    const auto parse = [&](auto value) {
        const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        check(result.ec == std::errc() && result.ptr == digits.data() + digits.size(), "'{}' is no number",
              digits.substr(0, 40));
        return value;
    };
    if (op == 'F') return push_new({.kind = Kind::real, .real = parse(double{})});
    push_integer(parse(int64_t{}));
}

bool Machine::literal(uint8_t op) {
    switch (op) {
        case 'N': push_new({}); return true;
        case 0x88: push_new({.kind = Kind::boolean, .integer = 1}); return true;
        case 0x89: push_new({.kind = Kind::boolean}); return true;
        case 'J': push_integer(static_cast<int32_t>(number(4))); return true;
        case 'K': push_integer(static_cast<int64_t>(number(1))); return true;
        case 'M': push_integer(static_cast<int64_t>(number(2))); return true;
        case 0x8a: push_long(take_text(number(1))); return true;
        case 0x8b: push_long(take_text(number(4))); return true;
        case 'I':
        case 'L':
        case 'F': number_line(op); return true;
        case 'G': {
            uint64_t bits = 0;
            for (std::byte b : take(8)) bits = bits << 8 | std::to_integer<uint64_t>(b);
            push_new({.kind = Kind::real, .real = std::bit_cast<double>(bits)});
            return true;
        }
        default: return false;
    }
}

bool Machine::text(uint8_t op) {
    const auto push_text = [&](Kind kind, size_t length) {
        const uint64_t size = number(length);
        push_new({.kind = kind, .integer = static_cast<int64_t>(size), .text = take_text(size)});
        return true;
    };
    switch (op) {
        case 0x8c: return push_text(Kind::text, 1);
        case 'X': return push_text(Kind::text, 4);
        case 0x8d: return push_text(Kind::text, 8);
        case 'U': return push_text(Kind::text, 1);  // Python 2's str
        case 'T': return push_text(Kind::text, 4);
        case 'C': return push_text(Kind::bytes, 1);
        case 'B': return push_text(Kind::bytes, 4);
        case 0x8e: return push_text(Kind::bytes, 8);
        default: return false;
    }
}

void Machine::append(std::span<const Ref> items) {
    top_of(Kind::list, "list");
    std::vector<Ref>& list = out_.values[stack_.back()].items;
    list.insert(list.end(), items.begin(), items.end());
}

void Machine::set_items(std::span<const Ref> items) {
    top_of(Kind::dict, "dict");
    check(items.size() % 2 == 0, "a key has no value");
    for (size_t i = 0; i < items.size(); i += 2) {
        const Kind key = out_.at(items[i]).kind;
        check(key == Kind::text || key == Kind::integer || key == Kind::boolean || key == Kind::none || key == Kind::tuple ||
                  key == Kind::real || key == Kind::bytes,
              "a key of a dict is no text or number");
    }
    std::vector<Ref>& dict = out_.values[stack_.back()].items;
    dict.insert(dict.end(), items.begin(), items.end());
}

bool Machine::container(uint8_t op) {
    const auto tuple = [&](size_t count) {
        std::vector<Ref> items(count);
        for (size_t i = count; i-- > 0;) items[i] = pop();
        push_new({.kind = Kind::tuple, .items = std::move(items)});
    };
    switch (op) {
        case ']': push_new({.kind = Kind::list}); return true;
        case '}': push_new({.kind = Kind::dict}); return true;
        case ')': tuple(0); return true;
        case 0x85: tuple(1); return true;
        case 0x86: tuple(2); return true;
        case 0x87: tuple(3); return true;
        case 't': push_new({.kind = Kind::tuple, .items = pop_to_mark()}); return true;
        case 'l': push_new({.kind = Kind::list, .items = pop_to_mark()}); return true;
        case 'd': {
            const std::vector<Ref> items = pop_to_mark();
            push_new({.kind = Kind::dict});
            set_items(items);
            return true;
        }
        case 'a': {
            const Ref item = pop();
            append({&item, 1});
            return true;
        }
        case 'e': append(pop_to_mark()); return true;
        case 's': {
            const Ref value = pop(), key = pop();
            set_items(std::array{key, value});
            return true;
        }
        case 'u': set_items(pop_to_mark()); return true;
        default: return false;
    }
}

void Machine::remember(uint64_t slot) {
    check(!stack_.empty(), "nothing to remember");
    check(memo_.size() < max_values, "more than {} memories are not believable", max_values);
    memo_[slot] = stack_.back();
}

void Machine::recall(uint64_t slot) {
    const auto found = memo_.find(slot);
    check(found != memo_.end(), "memory {} is empty", slot);
    push(found->second);
}

bool Machine::memory(uint8_t op) {
    switch (op) {
        case 'q': remember(number(1)); return true;
        case 'r': remember(number(4)); return true;
        case 0x94: remember(memo_.size()); return true;
        case 'h': recall(number(1)); return true;
        case 'j': recall(number(4)); return true;
        case '0':
            if (!marks_.empty() && stack_.size() == marks_.back())
                marks_.pop_back();
            else
                pop();
            return true;
        case '1': pop_to_mark(); return true;
        case '2': {
            const Ref top = pop();
            push(top);
            push(top);
            return true;
        }
        case '(':
            check(marks_.size() < max_marks, "nested more than {} deep", max_marks);
            marks_.push_back(stack_.size());
            return true;
        default: return false;
    }
}

Pickle Machine::run() {
    size_t start = at_;
    try {
        for (;;) {
            start = at_;
            check(at_ < bytes_.size(), "the pickle does not end");
            const auto op = static_cast<uint8_t>(number(1));
            if (op == '.') break;
            step(op);
        }
        check(stack_.size() == 1 && marks_.empty(), "the pickle ends with {} objects instead of one", stack_.size());
    } catch (const Error& e) {
        throw Error(e.fault, fmt::format("byte {}: {}", start, e.what()));
    }
    out_.root = stack_.back();
    out_.end = at_;
    return std::move(out_);
}

void Machine::step(uint8_t op) {
    if (op == 0x80)
        check(number(1) <= 5, "a newer protocol of pickle than 5");
    else if (op == 0x95)
        check(number(8) <= bytes_.size() - at_, "a frame is longer than the file");
    else
        check(literal(op) || text(op) || container(op) || memory(op) || object(op),
              "opcode 0x{:02x} is not one that torch.save writes", op);
}

Pickle decode_pickle(std::span<const std::byte> bytes, size_t from) { return Machine(bytes, from).run(); }

}  // namespace tinsmith::torch
