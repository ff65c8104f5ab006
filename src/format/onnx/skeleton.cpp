#include "format/onnx/skeleton.hpp"

#include "base/error.hpp"
#include "format/protobuf/wire.hpp"

#include <array>

namespace tinsmith::onnx {

namespace {

enum class Message : uint8_t { plain, model, graph, node, attribute, tensor, sparse, function };

struct Rule {
    const char* name = nullptr;        // null: the field is left out
    Message message = Message::plain;  // plain: copied as it is
};

constexpr size_t field_limit = 26;
using Rules = std::array<Rule, field_limit>;

constexpr Rules model_rules = [] {
    Rules r{};
    r[1] = r[2] = r[3] = r[8] = r[14] = {"header"};
    r[7] = {"graph", Message::graph};
    r[25] = {"function", Message::function};
    return r;
}();
constexpr Rules graph_rules = [] {
    Rules r{};
    r[1] = {"node", Message::node};
    r[5] = {"initializer", Message::tensor};
    r[2] = r[11] = r[12] = r[13] = {"interface"};
    r[15] = {"sparse_initializer", Message::sparse};
    return r;
}();
constexpr Rules node_rules = [] {
    Rules r{};
    r[1] = r[2] = r[3] = r[4] = r[7] = r[8] = r[9] = {"part"};
    r[5] = {"attribute", Message::attribute};
    return r;
}();
constexpr Rules attribute_rules = [] {
    Rules r{};
    r[1] = r[2] = r[3] = r[4] = r[7] = r[8] = r[9] = r[20] = r[21] = {"part"};
    r[5] = r[10] = {"tensor", Message::tensor};
    r[6] = r[11] = {"graph", Message::graph};
    return r;
}();
constexpr Rules tensor_rules = [] {
    Rules r{};
    r[1] = r[2] = r[6] = r[8] = r[13] = r[14] = {"part"};
    return r;
}();
constexpr Rules sparse_rules = [] {
    Rules r{};
    r[1] = {"values", Message::tensor};
    return r;
}();
constexpr Rules function_rules = [] {
    Rules r{};
    r[1] = r[4] = r[5] = r[6] = r[9] = r[10] = r[13] = {"part"};
    r[7] = {"node", Message::node};
    r[11] = {"attribute", Message::attribute};
    return r;
}();
constexpr std::array<const Rules*, 8> rules{nullptr,          &model_rules,  &graph_rules,  &node_rules,
                                            &attribute_rules, &tensor_rules, &sparse_rules, &function_rules};

constexpr int depth_limit = 60;       // protobuf itself stops at 100
constexpr size_t message_cost = 512;  // bytes that one node, attribute or tensor takes once it is parsed and converted
constexpr size_t byte_cost = 24;      // the same for one byte of a packed list or of short strings

class Walker {
public:
    explicit Walker(std::span<const std::byte> model) : file_(model.data()), budget_((64u << 20) + 32 * model.size()) {}

    Skeleton run(std::span<const std::byte> model) {
        copy(Message::model, model, 0);
        check(out_.bytes.size() < (1u << 31) - 1, "the graph without its weights has {} bytes; 2 GB is the limit",
              out_.bytes.size());
        return std::move(out_);
    }

private:
    void spend(size_t cost, size_t offset) {
        check(cost <= budget_, "byte {}: the file consists of more parts than a model of its size can have", offset);
        budget_ -= cost;
    }

    void copy(Message message, std::span<const std::byte> bytes, int depth) {
        WireReader reader(bytes, file_);
        check(depth < depth_limit, "byte {}: graphs and attributes nest deeper than {} levels", reader.offset(), depth_limit);
        const Rules& known = *rules[static_cast<size_t>(message)];
        std::array<uint32_t, field_limit> seen{};
        while (!reader.done()) {
            WireField field = reader.next();
            if (field.number >= field_limit || !known[field.number].name) continue;
            const Rule& rule = known[field.number];
            uint32_t index = seen[field.number]++;
            if (rule.message == Message::plain) {
                spend(byte_cost * field.whole.size(), reader.offset());
                append(field.whole);
                continue;
            }
            check(field.kind == 2, "byte {}: {} has wire type {}, not that of a message", reader.offset(), rule.name,
                  field.kind);
            spend(message_cost, reader.offset());
            if (depth < 2) {  // naming the outer levels locates the place; inner ones would cost time on every node
                try {
                    nested(rule.message, field, depth);
                } catch (const Error& e) {
                    throw Error(e.fault, fmt::format("{}[{}]: {}", rule.name, index, e.what()));
                }
            } else {
                nested(rule.message, field, depth);
            }
        }
        if (message == Message::tensor) {
            put_tag(1000, 0);
            put_varint(out_.tensors.size());
            out_.tensors.push_back(bytes);
        }
    }

    void nested(Message message, const WireField& field, int depth) {
        put_tag(field.number, 2);
        size_t at = out_.bytes.size();
        out_.bytes.append(5, '\0');  // the length, not known yet: a varint padded to five bytes
        copy(message, field.bytes, depth + 1);
        uint64_t length = out_.bytes.size() - at - 5;
        for (size_t i = 0; i < 5; ++i) out_.bytes[at + i] = static_cast<char>((length >> (7 * i) & 127) | (i < 4 ? 128 : 0));
    }

    void append(std::span<const std::byte> bytes) {
        out_.bytes.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    void put_tag(uint32_t number, unsigned kind) { put_varint(uint64_t{number} << 3 | kind); }
    void put_varint(uint64_t value) {
        for (; value >= 128; value >>= 7) out_.bytes.push_back(static_cast<char>(value | 128));
        out_.bytes.push_back(static_cast<char>(value));
    }

    const std::byte* file_;
    size_t budget_;
    Skeleton out_;
};

}  // namespace

Skeleton make_skeleton(std::span<const std::byte> model) { return Walker(model).run(model); }

}  // namespace tinsmith::onnx
