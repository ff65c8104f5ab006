#include "frontend/compose/space_to_batch.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

constexpr int64_t limit = int64_t{1} << 31;

}  // namespace

SpaceBlocks::SpaceBlocks(Ints blocks, const Ints& pairs, int64_t rank) : block(std::move(blocks)) {
    const size_t n = block.size();
    check(pairs.size() == 2 * n && rank > std::ssize(block), "{} numbers for {} blocks of a tensor of rank {}", pairs.size(), n,
          rank);
    for (size_t i = 0; i < n; ++i) {
        const int64_t low = pairs[2 * i], high = pairs[2 * i + 1];
        check(block[i] >= 1 && block[i] < limit && low >= 0 && low < limit && high >= 0 && high < limit,
              "a block of {} with {} and {} beside it", block[i], low, high);
        before.push_back(low);
        after.push_back(high);
    }
}

ValueId space_to_batch(Compose& m, ValueId x, const SpaceBlocks& z) {
    const size_t n = z.block.size();
    Ints before(m.shape(x).size(), 0), after(before);
    std::copy(z.before.begin(), z.before.end(), before.begin() + 1);
    std::copy(z.after.begin(), z.after.end(), after.begin() + 1);
    x = m.pad(x, before, after);
    const Shape in = m.shape(x);
    Shape apart{in[0]}, out{in[0]};
    Ints perm;
    for (size_t i = 0; i < n; ++i) {
        check(in[i + 1] % z.block[i] == 0 && out[0] < limit, "an extent of {} in blocks of {}", in[i + 1], z.block[i]);
        apart.insert(apart.end(), {in[i + 1] / z.block[i], z.block[i]});
        out.push_back(in[i + 1] / z.block[i]);
        out[0] *= z.block[i];
        perm.push_back(static_cast<int64_t>(2 * i + 2));
    }
    perm.push_back(0);
    for (size_t i = 0; i < n; ++i) perm.push_back(static_cast<int64_t>(2 * i + 1));
    for (size_t d = n + 1; d < in.size(); ++d) {
        perm.push_back(std::ssize(apart));
        apart.push_back(in[d]);
        out.push_back(in[d]);
    }
    return m.reshape(m.transpose(m.reshape(x, apart), perm), out);
}

ValueId batch_to_space(Compose& m, ValueId x, const SpaceBlocks& z) {
    const size_t n = z.block.size();
    const Shape in = m.shape(x);
    int64_t batch = in[0];
    for (int64_t b : z.block) {
        check(batch % b == 0, "a batch of {} in blocks of {}", batch, b);
        batch /= b;
    }
    Shape apart(z.block), out{batch};
    apart.push_back(batch);
    apart.insert(apart.end(), in.begin() + 1, in.end());
    Ints perm{static_cast<int64_t>(n)};
    for (size_t i = 0; i < n; ++i) {
        perm.insert(perm.end(), {static_cast<int64_t>(n + 1 + i), static_cast<int64_t>(i)});
        out.push_back(in[i + 1] * z.block[i]);
    }
    for (size_t d = n + 1; d < in.size(); ++d) {
        perm.push_back(static_cast<int64_t>(n + d));
        out.push_back(in[d]);
    }
    ValueId y = m.reshape(m.transpose(m.reshape(x, apart), perm), out);
    for (size_t i = 0; i < n; ++i) {
        check(z.before[i] + z.after[i] <= out[i + 1], "{} and {} cut off {}", z.before[i], z.after[i], out[i + 1]);
        y = m.slice(y, static_cast<int64_t>(i + 1), z.before[i], out[i + 1] - z.after[i]);
    }
    return y;
}

}  // namespace tinsmith
