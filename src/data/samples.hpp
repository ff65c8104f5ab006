// Samples: what goes into a graph's inputs, from files or drawn at random. Nothing is decoded before it is asked for.
#pragma once

#include "data/labels.hpp"
#include "data/preprocess.hpp"
#include "format/npy/npy.hpp"
#include "ir/graph.hpp"

namespace tinsmith {

class Source;

// The input that samples are for.
struct InputSlot {
    std::string name;
    Type type;
    bool turned = false;           // channels-last, while the arrays of its source are channels-first
    std::optional<Layout> layout;  // its own, where its shape does not tell
};

struct DataOptions {
    std::string path = {};                // --data: see Samples; empty: random
    std::optional<int64_t> samples = {};  // --samples: default is one random sample, or all that the file has, up to `most`
    uint64_t seed = 0;                    // --seed
    Preprocess preprocess = {};
    std::string labels_data = {};             // --labels-data: the class of every sample
    std::string labels = {};                  // --labels: the names of the classes, one a line
    size_t most = 0;                          // how many of a file's samples serve by default; 0: all
    std::optional<Layout> model_layout = {};  // of the model's inputs, where shapes do not tell: what its format usually has
};

// The samples of a graph's inputs, from
// - a .npy for one input, or a .npz with arrays by input name (and classes as 'y', 'label' or 'labels');
// - a .csv of numbers, a sample a row, a label column or none; or of paths and labels;
// - a folder of images, sounds or .npy files, a class in each sub-folder or all in one;
// - one image (.jpg, .png, .bmp) or sound (.wav);
// - nothing: drawn at random.
class Samples {
public:
    // For the inputs of `graph`. Throws Fault::input naming the file and the input that does not fit.
    Samples(const Graph& graph, const DataOptions& options);

    size_t size() const { return size_; }
    bool random() const { return options_.path.empty(); }
    // Which of the file's samples sample `index` is.
    size_t stored_index(size_t index) const;
    // Where sample `index` lies, for messages: "x.npy, sample 3", "cats/1.jpg", "rows.csv:17".
    std::string name(size_t index) const;
    // The inputs of sample `index`, in the order of the graph's inputs. Throws Fault::input naming the file, the input and the
    // sample when a number is not finite or does not go into the input's type. May be called by several threads at once.
    std::vector<Buffer> inputs(size_t index) const;

    size_t input_count() const;
    const std::string& input_name(size_t input) const;
    const Type& input_type(size_t input) const;
    // One stored sample serves all.
    bool input_is_shared(size_t input) const;

    bool labelled() const { return !labels_.of_samples.empty(); }
    // The class of a sample, where labelled().
    int32_t label(size_t index) const { return labels_.of_samples[stored_index(index)]; }
    // By class; empty when only numbers are known.
    const std::vector<std::string>& class_names() const { return labels_.names; }

    // What is in force: as stated, with the defaults that were chosen for pixels.
    const Preprocess& preprocess() const { return options_.preprocess; }
    // The real numbers that 0 and 255 become, for an input that takes pixels with one scale for all channels: its range,
    // whatever was observed. Raw pixels are then valid integer input.
    std::optional<std::pair<float, float>> stated_range(size_t input) const;
    // Pixels with a mean and a deviation for each channel: no integer input has raw pixels then.
    bool scaled_by_channel(size_t input) const;

    // What the user should know, such as an input that was transposed.
    const std::vector<std::string>& notes() const { return notes_; }

private:
    void open();
    void open_npz();
    void choose();

    DataOptions options_;
    std::vector<InputSlot> slots_;
    std::vector<std::shared_ptr<const Source>> sources_;  // none: random
    Labels labels_;
    std::vector<std::string> notes_;
    std::vector<uint32_t> chosen_;  // stored indices, ascending; empty: all, in order
    size_t size_ = 0, stored_ = 0;
};

}  // namespace tinsmith
