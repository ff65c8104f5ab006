// What a delegate would take, for people and for programs.
#pragma once

#include "report/delegates.hpp"

#include <nlohmann/json.hpp>

namespace tinsmith::cli {

std::string delegate_text(const Graph& graph, const std::string& delegate);
nlohmann::ordered_json delegate_json(const Graph& graph, const std::string& delegate);

}  // namespace tinsmith::cli
