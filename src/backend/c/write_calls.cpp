#include "backend/c/write_calls.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/c/values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tinsmith::c99 {

using Kind = KernelArgument::Kind;

std::string CallWriter::in_arena(size_t offset, std::string_view type) const {
    std::string at = offset == 0 ? "arena" : fmt::format("arena + {}", offset);
    if (type == "void" || type == "uint8_t") return at;
    return fmt::format("({}*)(void*)({})", type, at);
}

std::string CallWriter::address(ValueId id, size_t offset, std::string_view type) {
    const Graph& graph = model_.graph();
    if (!graph.is_constant(id)) return in_arena(model_.offset(id) + offset, type);
    std::string& name = weight_names_[id];
    if (name.empty()) {
        const Value& value = graph.value(id);
        name = fmt::format("{}_weights_{}", names_.model, weight_names_.size() - 1);
        weights_.push_back({fmt::format("{}: {}", value.name, to_string(value.type)), name, value.type.dtype, *value.data});
    }
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
            return address(a.place.id, a.place.offset + skipped(a.place.id), a.type);
        case Place::Kind::scratch:
            needs_arena = true;
            return in_arena(model_.plan.scratch[part_->node].offset + a.place.offset, a.type);
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
    std::string& name = packed_names_[words];
    if (!name.empty()) return name;
    name = fmt::format("{}_packed_{}", names_.model, packed_names_.size() - 1);
    weights_.push_back({model_.graph().nodes[part_->node].origin + ": in its kernel's order", name, DType::u32,
                        Buffer::copy_of(std::as_bytes(std::span(words)))});
    return name;
}

size_t CallWriter::skipped(ValueId id) const {
    const auto found = part_->skipped.find(id);
    return found == part_->skipped.end() ? 0 : found->second;
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
    name = fmt::format("{}_{}_{}", names_.model, plain, counts_[std::string(plain)]++);
    name_type(type);
    constants_ += fmt::format("TIN_STATIC const {} {}{} = {};\n", type, name, array ? "[]" : "", body);
    return name;
}

// Types of kernel/mcu come with its kernels.
void CallWriter::name_type(std::string_view type) {
    if (type.starts_with("tin_") && !type.starts_with("tin_mcu_")) kernels_.emplace(type);
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

std::string CallWriter::statements(const Part& part) {
    part_ = &part;
    const NodeCalls& calls = part.calls;
    if (model_.is_alias(model_.graph().nodes[part.node])) return {};
    std::string out;
    for (const Call& call : calls.calls) {
        std::vector<std::string> arguments;
        for (const Argument& a : call.arguments) arguments.push_back(argument(calls, a, out));
        // What is written where it already lies.
        if (call.kernel == "memcpy" && arguments[0] == arguments[1]) continue;
        if (call.kernel.starts_with("tin_nn_")) {
            arguments.emplace_back("memory->nn");
            arguments.push_back(upper_case(names_.memory) + "_NN_BYTES");
            adapters_.insert(call.kernel);
            kernels_.insert("tin_" + call.kernel.substr(7));
        }
        const bool standard = !call.kernel.starts_with("tin_");
        if (call.kernel.starts_with("tin_mcu_"))
            mcu_kernels_.insert(call.kernel);
        else if (!standard && !call.kernel.starts_with("tin_nn_"))
            kernels_.insert(call.kernel);
        out += fmt::format("    {}{}({});\n", standard ? "(void)" : "", call.kernel, fmt::join(arguments, ", "));
    }
    return out;
}

constexpr std::string_view weight_form = R"(/* {says} */
#ifndef {upper}_ATTR
#define {upper}_ATTR {all}_WEIGHTS_ATTR
#endif
static const {type} {name}_flash[{elements}] {upper}_ATTR = {{
{items}}};
#if {all}_WEIGHTS_IN_PSRAM
static {type} {name}[{elements}] EXT_RAM_BSS_ATTR;
#else
#define {name} {name}_flash
#endif

)";

std::string CallWriter::stored(const Weight& weight) const {
    const std::string_view type = c_type(weight.dtype);
    return fmt::format(weight_form, fmt::arg("says", comment(weight.says)), fmt::arg("upper", upper_case(weight.name)),
                       fmt::arg("all", upper_case(names_.memory)), fmt::arg("type", type), fmt::arg("name", weight.name),
                       fmt::arg("elements", weight.data.size() / c_size(type)),
                       fmt::arg("items", list_of(weight.dtype, weight.data.bytes())));
}

std::string CallWriter::weights() const {
    std::string out;
    for (const Weight& weight : weights_) out += stored(weight);
    return out;
}

std::string CallWriter::copies() const {
    if (weights_.empty()) return {};
    std::string out = fmt::format("#if {}_WEIGHTS_IN_PSRAM\n", upper_case(names_.memory));
    for (const Weight& w : weights_) out += fmt::format("    (void)memcpy({0}, {0}_flash, sizeof {0});\n", w.name);
    return out + "#endif\n";
}

size_t CallWriter::weight_bytes() const {
    size_t bytes = 0;
    for (const Weight& weight : weights_) bytes += weight.data.size();
    return bytes;
}

}  // namespace tinsmith::c99
