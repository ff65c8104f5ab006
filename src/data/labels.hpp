// The classes of samples: from sub-folders, columns and arrays to indices, and the names of the classes.
#pragma once

#include "format/npy/npy.hpp"

#include <functional>
#include <map>

namespace tinsmith {

struct Labels {
    std::vector<int32_t> of_samples;  // a class for every stored sample; empty: none are known
    std::vector<std::string> names;   // by class; empty: classes are numbers only
};

// Collects what stands for the class of each sample, each different text once.
class LabelTexts {
public:
    void add(std::string_view text);
    size_t size() const { return of_samples_.size(); }

    // Classes are positions in `names`. Where `names` is empty, texts that are all whole numbers are the classes themselves;
    // others become the names, in the order of their bytes as Keras and torchvision number sub-folders. `where(i)` says where
    // text i stands. Throws Fault::input naming that place.
    Labels finish(std::vector<std::string> names, const std::function<std::string(size_t)>& where) const;

private:
    std::map<std::string, int32_t, std::less<>> ids_;
    std::vector<int32_t> of_samples_;
};

// Whole numbers, one a sample ([n] or [n, 1]), or rows with a single 1 ([n, classes]). Throws Fault::input.
std::vector<int32_t> labels_from_array(const Array& array);

// --labels-data: .npy, .npz (its one array, or 'y', 'label' or 'labels'), or a text file with a class a line. Throws
// Fault::input naming the file.
Labels read_labels(const std::string& path, std::vector<std::string> names);

// --labels: a name a line. Throws Fault::input naming the file.
std::vector<std::string> read_class_names(const std::string& path);

// Throws Fault::input naming `path` unless there are `count` labels, all of them known by name where names are known.
void check_labels(const Labels& labels, size_t count, const std::string& path);

// Names that columns and arrays of labels go by.
bool is_label_name(std::string_view name);

}  // namespace tinsmith
