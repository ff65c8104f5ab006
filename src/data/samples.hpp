// Samples: what goes into a graph's inputs, from files or drawn at random.
#pragma once

#include "format/npy/npy.hpp"
#include "ir/graph.hpp"

namespace tinsmith {

struct DataOptions {
    std::string path;                // --data: .npy (one input) or .npz (arrays by input name); empty: random
    std::optional<int64_t> samples;  // --samples: default is one random sample, or all that the file has
    uint64_t seed = 0;               // --seed
};

// How an array holds samples of one input.
struct SampleFit {
    int64_t count = 0;  // samples in the array, one after the other
    Shape shape;        // of one sample as it lies in the array
    Ints perm;          // set: the input is this transposition of the sample
};

// Nothing when the array fits in no way. Extents of 1 may be missing or added; a leading extent counts samples, in the place of
// the input's batch or before it. Where only the channels-first (channels-last) form of a channels-last (channels-first) input
// fits, the samples are transposed.
std::optional<SampleFit> fit_samples(const Shape& array, const Shape& input);

class Samples {
public:
    // For the inputs of `graph`. Throws Fault::input naming the file and the input that does not fit.
    Samples(const Graph& graph, const DataOptions& options);

    size_t size() const { return size_; }
    // Which of the file's samples sample `index` is.
    size_t stored_index(size_t index) const;
    // The inputs of sample `index`, in the order of the graph's inputs. Throws Fault::input naming the file, the input and the
    // sample when a number is not finite or does not go into the input's type. May be called by several threads at once.
    std::vector<Buffer> inputs(size_t index) const;
    // What the user should know, such as an input that was transposed.
    const std::vector<std::string>& notes() const { return notes_; }

private:
    struct Source {
        std::string name;
        Type type;
        std::optional<Array> array;  // none: random
        SampleFit fit;
    };
    void open_file();
    void take(Source& source, Array array);
    Buffer from_array(const Source& source, size_t index) const;

    DataOptions options_;
    std::vector<Source> sources_;
    std::vector<std::string> notes_;
    size_t size_ = 0, stored_ = 0;
};

}  // namespace tinsmith
