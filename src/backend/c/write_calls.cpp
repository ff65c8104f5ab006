#include "backend/c/write_calls.hpp"

#include "backend/c/ports.hpp"
#include "backend/c/values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tinsmith::c99 {

using Kind = KernelArgument::Kind;

std::string CallWriter::in_arena(size_t offset, std::string_view type) const {
    const std::string at = offset == 0 ? "arena" : fmt::format("arena + {}", offset);
    if (type == "void" || type == "uint8_t") return at;
    return fmt::format("({}*)(void*)({})", type, at);
}

std::string CallWriter::address(ValueId id, size_t offset, std::string_view type) {
    const Graph& graph = model_.graph();
    if (!graph.is_constant(id)) return in_arena(model_.offset(id) + offset, type);
    std::string& name = weights_[id];
    if (name.empty()) name = fmt::format("{}_weights_{}", prefix_, weights_.size() - 1);
    const std::string_view own = c_type(graph.type(id).dtype);
    if (type == own || (type == "void" && offset == 0))
        return offset == 0 ? name : fmt::format("{} + {}", name, offset / c_size(own));
    return fmt::format("(const {}*)(const void*)((const uint8_t*)(const void*){} + {})", type, name, offset);
}

std::string CallWriter::pointer(const NodeCalls& calls, const Argument& a, bool& needs_arena) {
    switch (a.place.kind) {
        case Place::Kind::null: return "NULL";
        case Place::Kind::value:
            needs_arena = needs_arena || !model_.graph().is_constant(a.place.id);
            return address(a.place.id, a.place.offset, a.type);
        case Place::Kind::scratch:
            needs_arena = true;
            return in_arena(model_.plan.scratch[node_].offset + a.place.offset, a.type);
        case Place::Kind::list: {
            const Argument& list = calls.lists[a.place.id];
            std::vector<std::string> items;
            for (const Argument& member : list.members) items.push_back(initialiser(calls, member, needs_arena));
            const std::string name = named(list.type, "{\n" + wrapped(items) + "}", true);
            return a.place.offset == 0 ? name : fmt::format("{} + {}", name, a.place.offset / c_size(list.type));
        }
        case Place::Kind::packed: return packed(calls.packed[a.place.id]);
        case Place::Kind::structure: break;
    }
    return fmt::format("&{}", named(a.type, initialiser(calls, a.members[0], needs_arena), false));
}

std::string CallWriter::packed(const std::vector<uint32_t>& words) {
    const std::string name = fmt::format("{}_packed_{}", prefix_, counts_["packed"]++);
    const auto bytes = std::as_bytes(std::span(words));
    packed_ += fmt::format("/* {}: in its kernel's order */\nstatic const uint32_t {}[{}] = {{\n{}}};\n\n",
                           comment(model_.graph().nodes[node_].origin), name, words.size(), list_of(DType::u32, bytes));
    packed_bytes_ += bytes.size();
    return name;
}

std::string CallWriter::initialiser(const NodeCalls& calls, const Argument& a, bool& needs_arena) {
    switch (a.kind) {
        case Kind::integer: return number(a.integer, a.type);
        case Kind::real: return number(a.real, a.type);
        case Kind::pointer: return pointer(calls, a, needs_arena);
        case Kind::structure: name_type(a.type); break;
        case Kind::array: break;
    }
    std::vector<std::string> items;
    for (const Argument& member : a.members) items.push_back(initialiser(calls, member, needs_arena));
    return fmt::format("{{{}}}", fmt::join(items, ", "));
}

std::string CallWriter::named(std::string_view type, const std::string& body, bool array) {
    std::string& name = known_[fmt::format("{} {} {}", type, array, body)];
    if (!name.empty()) return name;
    std::string_view plain = type;
    if (plain.starts_with("tin_")) plain.remove_prefix(4);
    name = fmt::format("{}_{}_{}", prefix_, plain, counts_[std::string(plain)]++);
    name_type(type);
    constants_ += fmt::format("static const {} {}{} = {};\n", type, name, array ? "[]" : "", body);
    return name;
}

// Types of kernel/mcu come with its kernels.
void CallWriter::name_type(std::string_view type) {
    if (type.starts_with("tin_") && !type.starts_with("tin_mcu_")) names_.emplace(type);
}

std::string CallWriter::argument(const NodeCalls& calls, const Argument& a, std::string& locals) {
    bool needs_arena = false;
    if (a.kind == Kind::structure) return fmt::format("({}){}", a.type, initialiser(calls, a, needs_arena));
    const bool described = a.kind == Kind::pointer && a.place.kind == Place::Kind::structure;
    if (!described) return initialiser(calls, a, needs_arena);
    const std::string body = initialiser(calls, a.members[0], needs_arena);
    if (!needs_arena) return fmt::format("&{}", named(a.type, body, false));
    // What points into the arena is known when the arena is.
    const std::string name = fmt::format("described_{}", counts_["described"]++);
    locals += fmt::format("    const {} {} = {};\n", a.type, name, body);
    return "&" + name;
}

std::string CallWriter::statements(size_t node) {
    node_ = node;
    const NodeCalls& calls = model_.calls[node];
    if (model_.is_alias(model_.graph().nodes[node])) return {};
    std::string out;
    for (const Call& call : calls.calls) {
        std::vector<std::string> arguments;
        for (const Argument& a : call.arguments) arguments.push_back(argument(calls, a, out));
        // What is written where it already lies.
        if (call.kernel == "memcpy" && arguments[0] == arguments[1]) continue;
        const bool standard = !call.kernel.starts_with("tin_");
        if (call.kernel.starts_with("tin_mcu_"))
            mcu_kernels_.insert(call.kernel);
        else if (!standard)
            names_.insert(call.kernel);
        out += fmt::format("    {}{}({});\n", standard ? "(void)" : "", call.kernel, fmt::join(arguments, ", "));
    }
    return out;
}

std::string CallWriter::weights(size_t& bytes) const {
    const Graph& graph = model_.graph();
    std::string out;
    std::vector<std::pair<std::string, ValueId>> list;
    for (const auto& [id, name] : weights_) list.emplace_back(name, id);
    for (const auto& [name, id] : list) {
        const Value& value = graph.value(id);
        bytes += value.data->size();
        out += fmt::format("/* {}: {} */\n", comment(value.name), to_string(value.type));
        out += fmt::format("static const {} {}[{}] = {{\n{}}};\n\n", c_type(value.type.dtype), name, value.type.elements(),
                           list_of(value.type.dtype, value.data->bytes()));
    }
    bytes += packed_bytes_;
    return out + packed_;
}

}  // namespace tinsmith::c99
