#include "format/tensorflow/write.hpp"

namespace tinsmith::tensorflow {

namespace {

void add_varint(std::string& out, uint64_t value) {
    for (; value >= 128; value >>= 7) out.push_back(static_cast<char>(value | 128));
    out.push_back(static_cast<char>(value));
}

void add_field(std::string& out, uint32_t number, std::string_view bytes) {
    add_varint(out, number << 3 | 2);
    add_varint(out, bytes.size());
    out += bytes;
}

}  // namespace

std::string encode_node(const Node& node) {
    std::string out;
    add_field(out, 1, node.name);
    add_field(out, 2, node.op);
    for (std::string_view input : node.inputs) add_field(out, 3, input);
    for (const Attribute& attribute : node.attributes) {
        std::string entry;
        add_field(entry, 1, attribute.name);
        add_field(entry, 2, {reinterpret_cast<const char*>(attribute.value.data()), attribute.value.size()});
        add_field(out, 5, entry);
    }
    return out;
}

}  // namespace tinsmith::tensorflow
