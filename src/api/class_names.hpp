// What the classes of a model are called.
#pragma once

#include "data/samples.hpp"

namespace tinsmith {

// By index, from the first of: the samples (--labels, sub-folders, a column of names), the `.json` beside the model, NAME_labels.txt
// beside it (NAME with or without the method), what the reader found in the model (`in_model`), labels packed into a .tflite file.
// Empty when nobody says.
std::vector<std::string> class_names(const std::string& model, const Samples& samples,
                                     const std::vector<std::string>& in_model);
// The same without samples.
std::vector<std::string> class_names(const std::string& model, const std::vector<std::string>& in_model);

// The file that lists them: "NAME_labels.txt" for "NAME.tflite" and for "NAME".
std::string labels_path(const std::string& model);
// Writes a name a line.
void write_labels(const std::string& path, const std::vector<std::string>& names);

// A class's name, or its number.
std::string class_name(const std::vector<std::string>& names, int32_t index);

}  // namespace tinsmith
