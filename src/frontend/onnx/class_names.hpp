// The names of a model's classes, as trainers leave them in an ONNX file's metadata.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace tinsmith {

// From the first of the keys "names", "class_names", "classes", "labels": a Python dictionary {0: 'cat', 1: 'dog'}, a list, or lines. By
// index; empty when there are none, or they are in no such form.
std::vector<std::string> class_names_of(const std::map<std::string, std::string>& metadata);

}  // namespace tinsmith
