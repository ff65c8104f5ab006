// Lists of tensors, whose lengths and indices are known once loops are written out: TensorList of the second version, TensorArray of the
// first. Nothing of them is left in the graph.
#include "frontend/compose/stack.hpp"
#include "frontend/tensorflow/element.hpp"
#include "frontend/tensorflow/ops.hpp"

#include <algorithm>

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

constexpr int64_t longest = 65536;

Operand list_of(List list) { return std::make_shared<const List>(std::move(list)); }

// The extents are known, or nothing is.
std::optional<Shape> static_shape(const Ints& dims) {
    for (int64_t extent : dims)
        if (extent < 0) return std::nullopt;
    return dims;
}

std::optional<Shape> element_shape(NodeReader& r, size_t i) {
    return r.is_constant(i) && r.rank(i) == 1 ? static_shape(r.ints(i)) : std::nullopt;
}

List empty_list(int64_t length, DType dtype, std::optional<Shape> element) {
    check(length >= 0 && length <= longest, "a list of {} tensors", length);
    return {std::vector<ValueId>(static_cast<size_t>(length), no_value), dtype, std::move(element)};
}

size_t place(NodeReader& r, const List& list, size_t i) {
    const int64_t at = r.integer(i);
    check(at >= 0 && at < std::ssize(list.items), "item {} of a list of {}", at, list.items.size());
    return static_cast<size_t>(at);
}

// That of the last item that was written.
std::optional<Shape> shape_of(NodeReader& r, const List& list) {
    const auto written = std::find_if(list.items.rbegin(), list.items.rend(), [](ValueId v) { return v != no_value; });
    return written == list.items.rend() ? list.element : std::optional(r.b.shape(*written));
}

// What was never written is zeros of the shape of the others.
ValueId item(NodeReader& r, const List& list, size_t i, const std::optional<Shape>& shape) {
    if (list.items[i] != no_value) return list.items[i];
    check(shape.has_value(), "item {} of the list was never written", i);
    return r.b.splat(0, {list.dtype, *shape, {}});
}

ValueId item(NodeReader& r, const List& list, size_t i) { return item(r, list, i, shape_of(r, list)); }

std::vector<ValueId> all_items(NodeReader& r, const List& list) {
    const std::optional<Shape> shape = shape_of(r, list);
    std::vector<ValueId> out;
    for (size_t i = 0; i < list.items.size(); ++i) out.push_back(item(r, list, i, shape));
    return out;
}

// Whether they are 0, 1, ..., count - 1.
bool is_all_in_order(const Ints& places, size_t count) { return places == iota(static_cast<int64_t>(count)); }

std::vector<Operand> stacked(NodeReader& r, const std::vector<ValueId>& items, const List& list) {
    if (!items.empty()) return {stack_steps(r.b, items, 0)};
    Shape shape = list.element.value_or(Shape{});
    shape.insert(shape.begin(), 0);
    return {r.b.splat(0, {list.dtype, shape, {}})};
}

std::vector<ValueId> unstacked(NodeReader& r, ValueId x) {
    check(r.b.type(x).rank() >= 1 && r.b.shape(x)[0] <= longest, "a list of the rows of {}", to_string(r.b.type(x)));
    std::vector<ValueId> out;
    for (int64_t i = 0; i < r.b.shape(x)[0]; ++i) out.push_back(take_step(r.b, x, 0, i));
    return out;
}

std::vector<ValueId> items_at(NodeReader& r, const List& list, const Ints& places) {
    const std::optional<Shape> shape = shape_of(r, list);
    std::vector<ValueId> items;
    for (int64_t at : places) {
        check(at >= 0 && at < std::ssize(list.items), "item {} of a list of {}", at, list.items.size());
        items.push_back(item(r, list, static_cast<size_t>(at), shape));
    }
    return items;
}

// The list grows to the largest place.
void put_rows(NodeReader& r, List& list, const Ints& places, ValueId x) {
    const std::vector<ValueId> rows = unstacked(r, x);
    check(rows.size() == places.size(), "{} rows for {} places", rows.size(), places.size());
    list.whole = no_value;
    for (size_t i = 0; i < rows.size(); ++i) {
        check(places[i] >= 0 && places[i] < longest, "item {} of a list", places[i]);
        const auto at = static_cast<size_t>(places[i]);
        if (at >= list.items.size()) list.items.resize(at + 1, no_value);
        list.items[at] = rows[i];
    }
    if (is_all_in_order(places, list.items.size())) list.whole = x;
}

std::vector<Operand> gathered(NodeReader& r, const List& list, const Ints& places) {
    if (list.whole != no_value && is_all_in_order(places, list.items.size())) return {list.whole};
    return stacked(r, items_at(r, list, places), list);
}

std::vector<Operand> joined(NodeReader& r, const List& list, DType lengths) {
    const std::vector<ValueId> items = all_items(r, list);
    check(!items.empty(), "the list is empty");
    Ints extents;
    for (ValueId id : items) {
        check(r.b.type(id).rank() >= 1, "the list's tensors are {}", to_string(r.b.type(id)));
        extents.push_back(r.b.shape(id)[0]);
    }
    return {Compose(r.b).concat(items, 0), integers(r.b, extents, {std::ssize(extents)}, lengths)};
}

Operand with_item(NodeReader& r, List list, size_t at, ValueId value) {
    list.items[at] = value;
    list.whole = no_value;
    list.dtype = r.b.type(value).dtype;
    return list_of(std::move(list));
}

}  // namespace

std::vector<Operand> tensor_list_reserve(NodeReader& r) {
    return {list_of(empty_list(r.integer(1), r.dtype("element_dtype"), element_shape(r, 0)))};
}

std::vector<Operand> tensor_list_from_tensor(NodeReader& r) {
    const ValueId x = r.operand(0);
    Shape element = r.shape(0);
    check(!element.empty(), "a list of a scalar");
    element.erase(element.begin());
    return {list_of({unstacked(r, x), r.type(0).dtype, element, x})};
}

std::vector<Operand> empty_tensor_list(NodeReader& r) {
    return {list_of(empty_list(0, r.dtype("element_dtype"), element_shape(r, 0)))};
}

std::vector<Operand> tensor_list_push_back(NodeReader& r) {
    List list = r.list(0);
    check(std::ssize(list.items) < longest, "a list of {} tensors", list.items.size());
    list.items.push_back(no_value);
    return {with_item(r, list, list.items.size() - 1, r.operand(1))};
}

std::vector<Operand> tensor_list_pop_back(NodeReader& r) {
    List list = r.list(0);
    check(!list.items.empty(), "the list is empty");
    const ValueId last = item(r, list, list.items.size() - 1);
    list.items.pop_back();
    list.whole = no_value;
    return {list_of(std::move(list)), last};
}

std::vector<Operand> tensor_list_resize(NodeReader& r) {
    List list = r.list(0);
    list.items.resize(empty_list(r.integer(1), list.dtype, {}).items.size(), no_value);
    list.whole = no_value;
    return {list_of(std::move(list))};
}

std::vector<Operand> tensor_list_gather(NodeReader& r) { return gathered(r, r.list(0), r.ints(1)); }

std::vector<Operand> tensor_list_scatter(NodeReader& r) {
    List list = empty_list(0, r.type(0).dtype, element_shape(r, 2));
    put_rows(r, list, r.ints(1), r.operand(0));
    if (r.has(3) && r.integer(3) > std::ssize(list.items))
        list.items.resize(empty_list(r.integer(3), list.dtype, {}).items.size(), no_value);
    return {list_of(std::move(list))};
}

std::vector<Operand> tensor_list_scatter_into(NodeReader& r) {
    List list = r.list(0);
    put_rows(r, list, r.ints(2), r.operand(1));
    return {list_of(std::move(list))};
}

// The items joined along their first axis, and how much each has of it.
std::vector<Operand> tensor_list_concat(NodeReader& r) { return joined(r, r.list(0), DType::i64); }

std::vector<Operand> tensor_list_get_item(NodeReader& r) { return {item(r, r.list(0), place(r, r.list(0), 1))}; }

std::vector<Operand> tensor_list_set_item(NodeReader& r) {
    return {with_item(r, r.list(0), place(r, r.list(0), 1), r.operand(2))};
}

std::vector<Operand> tensor_list_stack(NodeReader& r) {
    const List& list = r.list(0);
    return list.whole != no_value ? std::vector<Operand>{list.whole} : stacked(r, all_items(r, list), list);
}

std::vector<Operand> tensor_list_length(NodeReader& r) {
    return {r.b.ints({static_cast<int32_t>(r.list(0).items.size())}, {})};
}

std::vector<Operand> tensor_list_element_shape(NodeReader& r) {
    const List& list = r.list(0);
    supported(list.element.has_value(), "the shape of the list's tensors is not known");
    return {integers(r.b, *list.element, {std::ssize(*list.element)}, r.dtype("shape_type"))};
}

// Both the handle and the flow stand for the list; the flow is what carries it on.
std::vector<Operand> tensor_array(NodeReader& r) {
    const OpenShape shape = r.open_shape("element_shape");
    const Operand list = list_of(empty_list(r.integer(0), r.dtype("dtype"), shape ? static_shape(*shape) : std::nullopt));
    return {list, list};
}

std::vector<Operand> tensor_array_read(NodeReader& r) { return {item(r, r.list(2), place(r, r.list(2), 1))}; }

std::vector<Operand> tensor_array_write(NodeReader& r) {
    return {with_item(r, r.list(3), place(r, r.list(3), 1), r.operand(2))};
}

std::vector<Operand> tensor_array_scatter(NodeReader& r) {
    List list = r.list(3);
    put_rows(r, list, r.ints(1), r.operand(2));
    return {list_of(std::move(list))};
}

std::vector<Operand> tensor_array_gather(NodeReader& r) { return gathered(r, r.list(2), r.ints(1)); }

std::vector<Operand> tensor_array_concat(NodeReader& r) { return joined(r, r.list(1), DType::i64); }

std::vector<Operand> tensor_array_split(NodeReader& r) {
    List list = r.list(3);
    list.items.clear();
    list.whole = no_value;
    for (ValueId part : Compose(r.b).split(r.operand(1), 0, r.ints(2))) list.items.push_back(part);
    return {list_of(std::move(list))};
}

std::vector<Operand> tensor_array_size(NodeReader& r) { return {r.b.ints({static_cast<int32_t>(r.list(1).items.size())}, {})}; }

}  // namespace tinsmith::tensorflow::from_tensorflow
