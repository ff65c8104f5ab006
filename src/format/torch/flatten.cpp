#include "format/torch/flatten.hpp"

#include <unordered_map>

namespace tinsmith::torch {

namespace {

constexpr int max_depth = 64;
constexpr size_t max_entries = size_t{1} << 20;  // containers may be shared, so that a small file can mean endlessly many

class Flattener {
public:
    Flattener(const Pickle& pickle, const std::vector<Buffer>& storages, bool swapped, Checkpoint& out)
        : pickle_(pickle), storages_(storages), swapped_(swapped), out_(out) {}

    void walk(Ref ref, const std::string& name, int depth) {
        const Value& v = pickle_.at(ref);
        check(++entries_ <= max_entries, "more than {} entries; containers that hold one another?", max_entries);
        check(depth <= max_depth, "'{}': nested more than {} deep; containers that hold themselves?", name.substr(0, 60),
              max_depth);
        switch (v.kind) {
            case Kind::dict: return walk_dict(v, name, depth);
            case Kind::list:
            case Kind::tuple:
                if (const std::string text = plain_list(v); !text.empty()) return add(name, text);
                for (size_t i = 0; i < v.items.size(); ++i) walk(v.items[i], joined(name, std::to_string(i)), depth + 1);
                return;
            case Kind::tensor: out_.tensors.emplace_back(name, tensor(name, static_cast<size_t>(v.integer))); return;
            case Kind::storage: out_.tensors.emplace_back(name, whole(name, static_cast<size_t>(v.integer))); return;
            default: add(name, text_of(v));
        }
    }

private:
    static std::string joined(const std::string& name, std::string_view key) {
        return name.empty() ? std::string(key) : name + "." + std::string(key);
    }

    void add(const std::string& name, std::string text) { out_.values.emplace_back(name, std::move(text)); }

    void walk_dict(const Value& dict, const std::string& name, int depth) {
        std::unordered_map<std::string, size_t> last;  // a key that is set twice has the later value
        for (size_t i = 0; i < dict.items.size(); i += 2) last[key_of(pickle_.at(dict.items[i]))] = i;
        for (size_t i = 0; i < dict.items.size(); i += 2) {
            const std::string key = key_of(pickle_.at(dict.items[i]));
            if (last[key] == i) walk(dict.items[i + 1], joined(name, key), depth + 1);
        }
    }

    // Short lists of numbers (shapes, learning rates) are one value.
    std::string plain_list(const Value& list) const {
        if (list.items.empty()) return list.kind == Kind::tuple ? "()" : "[]";
        if (list.items.size() > 8) return {};
        std::string out;
        for (Ref item : list.items) {
            const Kind kind = pickle_.at(item).kind;
            if (kind != Kind::integer && kind != Kind::real && kind != Kind::boolean) return {};
            out += (out.empty() ? "" : ", ") + text_of(pickle_.at(item));
        }
        return list.kind == Kind::tuple ? "(" + out + ")" : "[" + out + "]";
    }

    std::string key_of(const Value& v) const {
        if (v.kind == Kind::text) return std::string(v.text);
        return v.kind == Kind::tuple ? plain_list(v) : text_of(v);
    }

    static std::string text_of(const Value& v) {
        switch (v.kind) {
            case Kind::none: return "None";
            case Kind::boolean: return v.integer ? "True" : "False";
            case Kind::integer: return std::to_string(v.integer);
            case Kind::real: return fmt::format("{}", v.real);
            case Kind::text: return std::string(v.text);
            case Kind::bytes: return fmt::format("{} bytes", v.integer);
            case Kind::long_integer: return fmt::format("an integer of {} bytes", v.text.size());
            default: return std::string(v.text);  // the name of a type
        }
    }

    Tensor tensor(const std::string& name, size_t index) const {
        const TensorId& id = pickle_.tensors[index];
        Tensor out{id.dtype, id.shape, id.strides, id.offset, storages_[id.storage], swapped_ && dtype_bits(id.dtype) > 8};
        within(fmt::format("tensor '{}'", name), [&] { check_inside(out); });
        return out;
    }

    Tensor whole(const std::string& name, size_t index) const {
        const StorageId& id = pickle_.storages[index];
        const DType dtype = id.dtype.value_or(DType::u8);
        Tensor out{dtype, {id.elements}, {1}, 0, storages_[index], swapped_ && dtype_bits(dtype) > 8};
        within(fmt::format("storage '{}'", name), [&] { check_inside(out); });
        return out;
    }

    const Pickle& pickle_;
    const std::vector<Buffer>& storages_;
    bool swapped_;
    Checkpoint& out_;
    size_t entries_ = 0;
};

}  // namespace

void flatten(const Pickle& pickle, const std::vector<Buffer>& storages, bool swapped, Checkpoint& out) {
    Flattener(pickle, storages, swapped, out).walk(pickle.root, "", 0);
}

uint64_t bytes_of(const StorageId& storage) {
    const uint64_t size = storage.dtype ? dtype_bits(*storage.dtype) / 8 : 1;
    check(storage.elements <= int64_t{1} << 40, "storage '{}' claims {} elements", storage.key, storage.elements);
    return static_cast<uint64_t>(storage.elements) * size;
}

}  // namespace tinsmith::torch
