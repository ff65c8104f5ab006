// What a pickle's calls make: tensors, parameters, ordered dicts. The list of what may be called is in globals.cpp.
#include "format/torch/machine.hpp"

#include <algorithm>

namespace tinsmith::torch {

namespace {

constexpr size_t max_rank = 64;  // PyTorch's own limit

int64_t code_points(std::string_view utf8) {
    return std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xc0) != 0x80; });
}

}  // namespace

int64_t Machine::natural(Ref ref, std::string_view what) const {
    const Value& v = out_.at(ref);
    check(v.kind == Kind::integer && v.integer >= 0, "{} is no number of 0 or more", what);
    return v.integer;
}

Shape Machine::extents(Ref ref, std::string_view what) const {
    const Value& v = out_.at(ref);
    check(v.kind == Kind::tuple || v.kind == Kind::list, "{} is no tuple", what);
    check(v.items.size() <= max_rank, "{} has {} numbers, more than {}", what, v.items.size(), max_rank);
    Shape out;
    for (Ref item : v.items) out.push_back(natural(item, what));
    return out;
}

const Global& Machine::global_at(Ref ref, Role role, std::string_view what) const {
    const Value& v = out_.at(ref);
    check(v.kind == Kind::global && globals_[static_cast<size_t>(v.integer)].role == role, "this is no {}", what);
    return globals_[static_cast<size_t>(v.integer)];
}

void Machine::push_global(std::string_view module, std::string_view name) {
    globals_.push_back(global_named(module, name));
    push_new({.kind = Kind::global, .integer = static_cast<int64_t>(globals_.size() - 1), .text = name});
}

// ('storage', torch.FloatStorage, key, 'cpu', elements[, None])
void Machine::persistent(Ref id) {
    const Value& v = out_.at(id);
    check(v.kind == Kind::tuple && v.items.size() >= 5 && v.items.size() <= 6,
          "a reference to something outside is no storage");
    check(out_.at(v.items[0]).text == "storage", "a reference to something outside is no storage");
    check(out_.at(v.items[2]).kind == Kind::text, "a storage has no name");
    check(v.items.size() == 5 || out_.at(v.items[5]).kind == Kind::none, "views of storages (PyTorch before 0.4) are not read");
    StorageId storage{std::string(out_.at(v.items[2]).text), global_at(v.items[1], Role::storage, "type of storage").dtype,
                      natural(v.items[4], "a storage's size")};
    push_new({.kind = Kind::storage, .integer = std::ssize(out_.storages)});
    out_.storages.push_back(std::move(storage));
}

Ref Machine::rebuild_tensor(const Value& arguments, bool with_dtype) {
    const std::vector<Ref>& a = arguments.items;
    check(a.size() >= (with_dtype ? 7U : 4U), "a tensor with {} arguments", a.size());
    check(out_.at(a[0]).kind == Kind::storage, "a tensor has no storage");
    TensorId tensor;
    tensor.storage = static_cast<size_t>(out_.at(a[0]).integer);
    std::optional<DType> dtype = out_.storages[tensor.storage].dtype;
    if (with_dtype) dtype = global_at(a[6], Role::dtype, "dtype").dtype;
    tensor.dtype = dtype.value_or(DType::u8);
    tensor.offset = natural(a[1], "an offset");
    tensor.shape = extents(a[2], "a shape");
    tensor.strides = extents(a[3], "the strides");
    check(tensor.shape.size() == tensor.strides.size(), "{} extents with {} strides", tensor.shape.size(),
          tensor.strides.size());
    // The conjugate and negative bits of complex views.
    const size_t metadata = with_dtype ? 7 : 6;
    if (a.size() > metadata) {
        const Value& bits = out_.at(a[metadata]);
        check(bits.kind == Kind::none || (bits.kind == Kind::dict && bits.items.empty()),
              "a lazily negated tensor is not read; save x.resolve_neg()");
    }
    const Ref ref = make({.kind = Kind::tensor, .integer = std::ssize(out_.tensors)});
    out_.tensors.push_back(std::move(tensor));
    return ref;
}

void Machine::call(Ref function, Ref arguments) {
    check(out_.at(function).kind == Kind::global, "something is called that is no function");
    check(out_.at(arguments).kind == Kind::tuple, "a call without a tuple of arguments");
    const Role role = globals_[static_cast<size_t>(out_.at(function).integer)].role;
    const std::vector<Ref>& a = out_.at(arguments).items;
    switch (role) {
        case Role::tensor:
        case Role::tensor_with_dtype: push(rebuild_tensor(out_.at(arguments), role == Role::tensor_with_dtype)); return;
        case Role::parameter:
            check(!a.empty() && out_.at(a[0]).kind == Kind::tensor, "a parameter is no tensor");
            push(a[0]);
            return;
        case Role::ordered_dict:
            // With arguments: a list of pairs, as Python 2 wrote it.
            check(a.empty(), "an OrderedDict made of arguments; PyTorch writes its items");
            push_new({.kind = Kind::dict});
            return;
        case Role::size: {
            check(a.size() == 1, "torch.Size with {} arguments", a.size());
            extents(a[0], "a torch.Size");
            push(a[0]);
            return;
        }
        case Role::device:
            check(!a.empty() && out_.at(a[0]).kind == Kind::text, "torch.device without a name");
            push(a[0]);
            return;
        case Role::encoded_text:
            check(a.size() == 2 && out_.at(a[0]).kind == Kind::text && out_.at(a[1]).text == "latin1",
                  "bytes that are not latin1");
            push_new({.kind = Kind::bytes, .integer = code_points(out_.at(a[0]).text), .text = out_.at(a[0]).text});
            return;
        case Role::bytes:
            check(a.empty(), "bytes made of arguments");
            push_new({.kind = Kind::bytes});
            return;
        case Role::object:
            check(a.size() == 4 && out_.at(a[3]).kind == Kind::dict, "an object of tensors that names none");
            push(a[3]);
            return;
        case Role::named: push_new({}); return;
        case Role::storage:
        case Role::dtype: fail(Fault::input, "a type is called");
    }
}

// The state of an object: torch.save gives one to state dicts (_metadata: versions of the layers), which says nothing about tensors.
void Machine::build() {
    pop();
    check(!stack_.empty(), "nothing is there to take a state");
    if (out_.at(stack_.back()).kind == Kind::none) return;  // of torchao's, which are not made
    top_of(Kind::dict, "dict to take a state");
}

bool Machine::object(uint8_t op) {
    switch (op) {
        case 'c': {
            const std::string_view module = line();
            push_global(module, line());
            return true;
        }
        case 0x93: {
            const Ref name = pop(), module = pop();
            check(out_.at(name).kind == Kind::text && out_.at(module).kind == Kind::text, "a global without a name");
            push_global(out_.at(module).text, out_.at(name).text);
            return true;
        }
        case 'R':
        case 0x81: {
            const Ref arguments = pop(), function = pop();
            call(function, arguments);
            return true;
        }
        case 'b': build(); return true;
        case 'Q': persistent(pop()); return true;
        case 'i': {  // the oldest way to name a class
            const std::string_view module = line();
            global_named(module, line());
            fail(Fault::input, "an object of Python's protocol 0");
        }
        default: return false;
    }
}

}  // namespace tinsmith::torch
