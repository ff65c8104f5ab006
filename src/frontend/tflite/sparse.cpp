// The format is that of the tensor algebra compiler TACO (Kjolstad et al. 2017): each level of the walk is a dimension, whose places
// under place p of the level above are p * size .. (p + 1) * size where it is dense, else segments[p] .. segments[p + 1], with the
// coordinates that indices[] states. Places of the last level are those of the stored elements.
#include "frontend/tflite/sparse.hpp"

#include <algorithm>
#include <cstring>

namespace tinsmith::tflite {

namespace {

constexpr size_t free_bytes = size_t{64} << 20, bytes_per_byte = 256;

Ints numbers(SparseIndexVector kind, const void* vector) {
    const auto copied = [](const auto* values) { return values ? Ints(values->begin(), values->end()) : Ints(); };
    check(vector != nullptr, "a sparse dimension lacks its indices");
    switch (kind) {
        case SparseIndexVector::Int32Vector: return copied(static_cast<const Int32Vector*>(vector)->values());
        case SparseIndexVector::Uint16Vector: return copied(static_cast<const Uint16Vector*>(vector)->values());
        case SparseIndexVector::Uint8Vector: return copied(static_cast<const Uint8Vector*>(vector)->values());
        default: fail(Fault::input, "a sparse dimension has indices of an unknown kind");
    }
}

struct Level {
    int64_t size = 0, step = 0;  // coordinates, and how far apart they lie in the dense tensor
    bool is_dense = true;
    Ints segments, indices;
};

class Expansion {
public:
    Expansion(const SparsityParameters& sparsity, const Type& type) {
        const auto* order = sparsity.traversal_order();
        const auto* metadata = sparsity.dim_metadata();
        check(order && metadata && order->size() == metadata->size(), "its sparse dimensions are incomplete");
        const size_t rank = type.shape.size();
        const Ints blocks = sparsity.block_map() ? Ints(sparsity.block_map()->begin(), sparsity.block_map()->end()) : Ints();
        check(blocks.size() <= rank && order->size() == rank + blocks.size(),
              "{} dimensions are walked, it has {} and {} blocks", order->size(), rank, blocks.size());
        sizes_ = type.shape;
        steps_.assign(rank, 1);
        for (size_t d = rank; d-- > 1;) steps_[d - 1] = steps_[d] * type.shape[d];
        sizes_.resize(order->size());
        steps_.resize(order->size());
        std::vector<bool> walked(order->size(), false);
        for (uint32_t l = 0; l < order->size(); ++l) {
            const auto d = static_cast<size_t>(order->Get(l));
            check(order->Get(l) >= 0 && d < walked.size() && !walked[d], "dimension {} is walked twice or does not exist",
                  order->Get(l));
            walked[d] = true;
            const DimensionMetadata* level = metadata->Get(l);
            check(level != nullptr, "its sparse dimensions are incomplete");
            if (d >= rank) split(blocks[d - rank], rank, d, level->dense_size());
        }
        for (uint32_t l = 0; l < order->size(); ++l) add(*metadata->Get(l), static_cast<size_t>(order->Get(l)));
    }

    int64_t stored_elements() const { return places_; }

    void place(const std::byte* stored, std::byte* dense, size_t element) const { place(0, 0, 0, stored, dense, element); }

private:
    // A block is the inner part of a dimension.
    void split(int64_t d, size_t rank, size_t block, int64_t size) {
        check(d >= 0 && d < static_cast<int64_t>(rank), "blocks of dimension {}, which does not exist", d);
        int64_t &whole = sizes_[static_cast<size_t>(d)], &step = steps_[static_cast<size_t>(d)];
        check(size > 0 && whole % size == 0, "{} does not divide into blocks of {}", whole, size);
        sizes_[block] = size;
        steps_[block] = step;
        whole /= size;
        step *= size;
    }

    void add(const DimensionMetadata& metadata, size_t d) {
        Level level{sizes_[d], steps_[d], metadata.format() == DimensionType::DENSE, {}, {}};
        if (level.is_dense) {
            check(metadata.dense_size() == level.size, "a dense dimension has {} places, not {}", metadata.dense_size(),
                  level.size);
            places_ *= level.size;
        } else {
            level.segments = numbers(metadata.array_segments_type(), metadata.array_segments());
            level.indices = numbers(metadata.array_indices_type(), metadata.array_indices());
            check(std::ssize(level.segments) == places_ + 1 && level.segments[0] == 0 &&
                      std::is_sorted(level.segments.begin(), level.segments.end()) &&
                      level.segments.back() == std::ssize(level.indices),
                  "the segments of a sparse dimension do not fit its indices");
            for (int64_t index : level.indices)
                check(index >= 0 && index < level.size, "index {} of a sparse dimension of {}", index, level.size);
            places_ = std::ssize(level.indices);
        }
        levels_.push_back(std::move(level));
    }

    void place(size_t at, int64_t parent, int64_t offset, const std::byte* stored, std::byte* dense, size_t element) const {
        if (at == levels_.size()) {
            std::memcpy(dense + static_cast<size_t>(offset) * element, stored + static_cast<size_t>(parent) * element, element);
            return;
        }
        const Level& level = levels_[at];
        if (level.is_dense) {
            for (int64_t i = 0; i < level.size; ++i)
                place(at + 1, parent * level.size + i, offset + i * level.step, stored, dense, element);
            return;
        }
        const auto p = static_cast<size_t>(parent);
        for (int64_t k = level.segments[p]; k < level.segments[p + 1]; ++k)
            place(at + 1, k, offset + level.indices[static_cast<size_t>(k)] * level.step, stored, dense, element);
    }

    Shape sizes_;  // of the dimensions as they are walked, then of their blocks
    Ints steps_;
    std::vector<Level> levels_;
    int64_t places_ = 1;
};

}  // namespace

tinsmith::Buffer dense(const SparsityParameters& sparsity, const Type& type, const tinsmith::Buffer& stored) {
    const size_t bits = dtype_bits(type.dtype), element = bits / 8;
    supported(bits >= 8, "sparse tensors of {} are not read", dtype_name(type.dtype));
    supported(type.bytes() <= free_bytes + bytes_per_byte * stored.size(),
              "{} is too large beside the {} bytes that are stored of it", to_string(type), stored.size());
    const Expansion expansion(sparsity, type);
    check(static_cast<uint64_t>(expansion.stored_elements()) == stored.size() / element && stored.size() % element == 0,
          "{} bytes are stored, its sparse dimensions place {} elements", stored.size(), expansion.stored_elements());
    std::vector<std::byte> out(type.bytes());
    expansion.place(stored.bytes().data(), out.data(), element);
    return tinsmith::Buffer::of(std::move(out));
}

}  // namespace tinsmith::tflite
