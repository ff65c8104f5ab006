// "Did you mean": the names closest to one that was not found.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tinsmith {

// Insertions, deletions and substitutions that turn `a` into `b`.
size_t edit_distance(std::string_view a, std::string_view b);

// "'conv1', 'conv2', 'conv3'": at most three of `names`, nearest first; empty when there are none.
std::string nearest_names(std::string_view wanted, const std::vector<std::string>& names);

}  // namespace tinsmith
