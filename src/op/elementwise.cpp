#include "op/elementwise.hpp"

#include "op/integer.hpp"

namespace tinsmith {

void check_rank(const InferContext& c) {
    for (size_t i = 0; i < c.in.size(); ++i)
        supported(!c.has(i) || c.type(i).rank() <= TIN_MAX_RANK, "{} of {} dimensions: at most {} are supported",
                  c.node.op->name, c.type(i).rank(), TIN_MAX_RANK);
}

void check_dtype(const InferContext& c, DTypes allowed) {
    const Type& x = c.type(0);
    const bool stored = is_quantised(*c.node.op, c.in);
    if (stored && c.node.op->integer.eval)  // what only moves integers needs no scale
        for (size_t i = 0; i < c.in.size(); ++i)
            if (c.has(i)) check_stored(c, i);
    if ((allowed & dtype_bit(x.dtype)) == 0 && !stored)
        fail(Fault::input, "{} does not take {}", c.node.op->name, to_string(x));
    check_rank(c);
}

}  // namespace tinsmith
