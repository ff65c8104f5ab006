// Sparse weights: random tensors in every form of walk, and places that lie.
#include "frontend/tflite/sparse.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace tinsmith::tflite {
namespace {

// One dimension of the walk: which it is (blocks count on from the rank), its extent, and whether it is dense.
struct Walked {
    int32_t dimension;
    int64_t size;
    bool is_dense;
};

// What a writer of sparse tensors stores: for each level the segments and coordinates of what is not zero.
class Encoded {
public:
    Encoded(const std::vector<float>& dense, const Shape& shape, std::vector<Walked> walk, std::vector<int32_t> blocks)
        : dense_(dense),
          shape_(shape),
          walk_(std::move(walk)),
          blocks_(std::move(blocks)),
          segments_(walk_.size(), {0}),
          indices_(walk_.size()) {
        visit(0, std::vector<int64_t>(shape.size() + blocks_.size(), 0));
    }

    flatbuffers::DetachedBuffer parameters() const {
        flatbuffers::FlatBufferBuilder b;
        std::vector<flatbuffers::Offset<DimensionMetadata>> levels;
        std::vector<int32_t> order;
        for (size_t l = 0; l < walk_.size(); ++l) {
            order.push_back(walk_[l].dimension);
            if (walk_[l].is_dense) {
                levels.push_back(CreateDimensionMetadata(b, DimensionType::DENSE, static_cast<int32_t>(walk_[l].size)));
                continue;
            }
            const auto segments = CreateInt32Vector(b, b.CreateVector(segments_[l])).Union();
            const auto indices =
                CreateUint8Vector(b, b.CreateVector(std::vector<uint8_t>(indices_[l].begin(), indices_[l].end()))).Union();
            levels.push_back(CreateDimensionMetadata(b, DimensionType::SPARSE_CSR, 0, SparseIndexVector::Int32Vector, segments,
                                                     SparseIndexVector::Uint8Vector, indices));
        }
        const auto order_at = b.CreateVector(order), blocks_at = b.CreateVector(blocks_);
        b.Finish(CreateSparsityParameters(b, order_at, blocks_at, b.CreateVector(levels)));
        return b.Release();
    }

    tinsmith::Buffer stored() const { return tinsmith::Buffer::of(std::vector<float>(stored_)); }

private:
    int64_t block_of(size_t dimension) const {
        const auto at = std::find(blocks_.begin(), blocks_.end(), static_cast<int32_t>(dimension));
        if (at == blocks_.end()) return 1;
        const auto size = std::find_if(walk_.begin(), walk_.end(), [&](const Walked& w) {
            return w.dimension == static_cast<int32_t>(shape_.size()) + (at - blocks_.begin());
        });
        return size->size;
    }

    float element(const std::vector<int64_t>& at) const {
        int64_t offset = 0;
        for (size_t d = 0; d < shape_.size(); ++d) {
            const auto block = std::find(blocks_.begin(), blocks_.end(), static_cast<int32_t>(d));
            const int64_t inner = block == blocks_.end() ? 0 : at[shape_.size() + static_cast<size_t>(block - blocks_.begin())];
            offset = offset * shape_[d] + at[d] * block_of(d) + inner;
        }
        return dense_[static_cast<size_t>(offset)];
    }

    bool holds_any(size_t level, std::vector<int64_t> at) const {
        if (level == walk_.size()) return element(at) != 0;
        for (int64_t i = 0; i < walk_[level].size; ++i) {
            at[static_cast<size_t>(walk_[level].dimension)] = i;
            if (holds_any(level + 1, at)) return true;
        }
        return false;
    }

    void visit(size_t level, std::vector<int64_t> at) {
        if (level == walk_.size()) return stored_.push_back(element(at));
        for (int64_t i = 0; i < walk_[level].size; ++i) {
            at[static_cast<size_t>(walk_[level].dimension)] = i;
            if (!walk_[level].is_dense) {
                if (!holds_any(level + 1, at)) continue;
                indices_[level].push_back(i);
            }
            visit(level + 1, at);
        }
        if (!walk_[level].is_dense) segments_[level].push_back(static_cast<int32_t>(indices_[level].size()));
    }

    const std::vector<float>& dense_;
    Shape shape_;
    std::vector<Walked> walk_;
    std::vector<int32_t> blocks_;
    std::vector<std::vector<int32_t>> segments_;
    std::vector<std::vector<int64_t>> indices_;
    std::vector<float> stored_;
};

// A tensor of up to three dimensions, some in blocks, mostly zeros.
struct Case {
    Shape shape;
    std::vector<float> dense;
    std::vector<Walked> walk;
    std::vector<int32_t> blocks;
};

Case random_case(std::mt19937& random) {
    const auto below = [&](int64_t n) { return static_cast<int64_t>(random() % static_cast<uint32_t>(n)); };
    Case c;
    std::vector<int64_t> block_sizes;
    for (int64_t d = 0, rank = 1 + below(3); d < rank; ++d) {
        const int64_t outer = 1 + below(5), block = below(3) == 0 ? 1 + below(4) : 0;
        c.shape.push_back(outer * std::max<int64_t>(block, 1));
        c.walk.push_back({static_cast<int32_t>(d), outer, below(2) == 0});
        if (block == 0) continue;
        c.blocks.push_back(static_cast<int32_t>(d));
        block_sizes.push_back(block);
    }
    for (size_t b = 0; b < block_sizes.size(); ++b)
        c.walk.push_back({static_cast<int32_t>(c.shape.size() + b), block_sizes[b], true});
    std::shuffle(c.walk.begin(), c.walk.end(), random);
    c.dense.resize(static_cast<size_t>(element_count(c.shape)));
    for (float& value : c.dense) value = below(4) == 0 ? static_cast<float>(1 + below(100)) : 0.0f;
    return c;
}

TEST(TfliteSparse, every_form_of_walk_is_expanded) {
    for (uint32_t seed = 1; seed <= 500; ++seed) {
        std::mt19937 random(seed);
        const Case c = random_case(random);
        const Encoded encoded(c.dense, c.shape, c.walk, c.blocks);
        const auto bytes = encoded.parameters();
        const auto* parameters = flatbuffers::GetRoot<SparsityParameters>(bytes.data());
        const tinsmith::Buffer out = dense(*parameters, {DType::f32, c.shape, {}}, encoded.stored());
        EXPECT_EQ(out.size(), c.dense.size() * sizeof(float)) << "seed " << seed;
        EXPECT_TRUE(std::equal(c.dense.begin(), c.dense.end(), reinterpret_cast<const float*>(out.bytes().data())))
            << "seed " << seed;
    }
}

// Whatever the metadata say, places outside the tensor or the file are an error and never read or written.
TEST(TfliteSparse, places_that_lie_are_refused) {
    int refused = 0;
    for (uint32_t seed = 1; seed <= 500; ++seed) {
        std::mt19937 random(seed);
        const Case c = random_case(random);
        const Encoded encoded(c.dense, c.shape, c.walk, c.blocks);
        const auto bytes = encoded.parameters();
        std::vector<uint8_t> broken(bytes.data(), bytes.data() + bytes.size());
        broken[random() % broken.size()] = static_cast<uint8_t>(random());
        flatbuffers::Verifier verifier(broken.data(), broken.size());
        if (!verifier.VerifyBuffer<SparsityParameters>(nullptr)) continue;
        try {
            dense(*flatbuffers::GetRoot<SparsityParameters>(broken.data()), {DType::f32, c.shape, {}}, encoded.stored());
        } catch (const Error& e) {
            EXPECT_TRUE(e.fault == Fault::input || e.fault == Fault::unsupported) << e.what();
            ++refused;
        }
    }
    EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace tinsmith::tflite
