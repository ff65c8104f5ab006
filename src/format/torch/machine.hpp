// The stack machine behind decode_pickle: one method for each family of opcodes.
#pragma once

#include "format/torch/globals.hpp"
#include "format/torch/pickle.hpp"

#include <unordered_map>

namespace tinsmith::torch {

class Machine {
public:
    Machine(std::span<const std::byte> bytes, size_t from) : bytes_(bytes), at_(from) {}
    Pickle run();

private:
    // The bytes.
    std::span<const std::byte> take(uint64_t size);
    std::string_view take_text(uint64_t size);
    std::string_view line();
    uint64_t number(size_t size);  // little-endian

    // The stack.
    Ref make(Value value);
    void push(Ref ref);
    void push_new(Value value) { push(make(std::move(value))); }
    Ref pop();
    const Value& top_of(Kind kind, std::string_view what);
    std::vector<Ref> pop_to_mark();

    // The opcodes; false: not one of the family.
    void step(uint8_t op);
    bool literal(uint8_t op);
    bool text(uint8_t op);
    bool container(uint8_t op);
    bool memory(uint8_t op);
    bool object(uint8_t op);

    void push_integer(int64_t value);
    void push_long(std::string_view little_endian);
    void number_line(uint8_t op);
    void append(std::span<const Ref> items);
    void set_items(std::span<const Ref> items);
    void remember(uint64_t slot);
    void recall(uint64_t slot);
    void push_global(std::string_view module, std::string_view name);
    void call(Ref function, Ref arguments);
    void build();
    void persistent(Ref id);

    Ref rebuild_tensor(const Value& arguments, bool with_dtype);
    int64_t natural(Ref ref, std::string_view what) const;
    Shape extents(Ref ref, std::string_view what) const;
    const Global& global_at(Ref ref, Role role, std::string_view what) const;

    std::span<const std::byte> bytes_;
    size_t at_;
    Pickle out_;
    std::vector<Ref> stack_;
    std::vector<size_t> marks_;
    std::unordered_map<uint64_t, Ref> memo_;
    std::vector<Global> globals_;
};

}  // namespace tinsmith::torch
