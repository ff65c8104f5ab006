#include "frontend/keras/network.hpp"

#include "frontend/keras/weights.hpp"

#include <algorithm>
#include <queue>

namespace tinsmith::keras {

namespace {

struct Layers {
    struct Entry {
        size_t first = 0, count = 0;  // calls
        bool is_model = false;
        int64_t offset = 0;  // number of the first call
    };
    std::map<std::string, Entry> by_name;

    Network::Ref find(const TensorRef& ref) const {
        const auto entry = by_name.find(ref.layer);
        check(entry != by_name.end(), "'{}' is no layer of the model", ref.layer);
        const int64_t call = ref.node - entry->second.offset;
        check(call >= 0 && call < static_cast<int64_t>(entry->second.count) && ref.tensor >= 0,
              "layer '{}' has no call {}, output {}", ref.layer, ref.node, ref.tensor);
        return {entry->second.first + static_cast<size_t>(call), static_cast<size_t>(ref.tensor)};
    }
};

// Keras 1 and 2 count the call that made a nested model itself, in some versions only where it has an input layer: the lowest number
// that anything refers to is the first call listed.
void count_from_first_calls(const std::vector<TensorRef>& refs, Layers& layers) {
    std::map<std::string, int64_t> lowest;
    for (const TensorRef& ref : refs) {
        const auto [entry, added] = lowest.try_emplace(ref.layer, ref.node);
        entry->second = std::min(entry->second, ref.node);
    }
    for (const auto& [name, node] : lowest)
        if (const auto entry = layers.by_name.find(name); entry != layers.by_name.end() && entry->second.is_model)
            entry->second.offset = std::clamp<int64_t>(node, 0, 1);
}

Layers read_layers(const Json& model, Network& network) {
    Layers layers;
    for (const Json& layer : layers_of(model)) layers.by_name[name_of(layer)] = {};
    check(layers.by_name.size() == layers_of(model).size(), "two layers of the model have the same name");
    auto is_layer = [&](const std::string& name) { return layers.by_name.contains(name); };
    for (const Json& layer : layers_of(model)) {
        const std::string name = name_of(layer);
        std::vector<Call> calls;
        const bool input = class_of(layer) == "InputLayer";
        if (!input)
            calls = within(fmt::format("layer '{}'", name),
                           [&] { return read_calls(layer.value("inbound_nodes", Json::array()), is_layer); });
        if (input) calls.emplace_back();
        layers.by_name[name] = {network.calls.size(), calls.size(), is_model(layer)};
        for (Call& call : calls) network.calls.push_back({&layer, std::move(call), {}, input});
    }
    return layers;
}

// Kahn's order; of what is ready, the call that the file lists first.
void put_in_order(Network& network) {
    const size_t n = network.calls.size();
    std::vector<size_t> waiting(n, 0);
    std::vector<std::vector<size_t>> readers(n);
    std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
    for (size_t i = 0; i < n; ++i) {
        waiting[i] = network.calls[i].from.size();
        for (const Network::Ref& ref : network.calls[i].from) readers[ref.call].push_back(i);
        if (waiting[i] == 0) ready.push(i);
    }
    while (!ready.empty()) {
        const size_t next = ready.top();
        ready.pop();
        network.order.push_back(next);
        for (size_t reader : readers[next])
            if (--waiting[reader] == 0) ready.push(reader);
    }
    const auto stuck = std::find_if(waiting.begin(), waiting.end(), [](size_t w) { return w > 0; });
    if (stuck == waiting.end()) return;
    fail(Fault::input, "layer '{}' depends on itself",
         name_of(*network.calls[static_cast<size_t>(stuck - waiting.begin())].layer));
}

}  // namespace

Network read_network(const Json& model) {
    Network network;
    const Json& config = model["config"];
    check(config.is_object(), "the model has no configuration");
    Layers layers = read_layers(model, network);
    const auto outputs = read_refs(config.value("output_layers", Json::array()));
    std::vector<TensorRef> refs(outputs);
    for (const Network::Node& node : network.calls) refs.insert(refs.end(), node.call.tensors.begin(), node.call.tensors.end());
    count_from_first_calls(refs, layers);
    for (Network::Node& node : network.calls)
        within(fmt::format("layer '{}'", name_of(*node.layer)), [&] {
            for (const TensorRef& ref : node.call.tensors) node.from.push_back(layers.find(ref));
        });
    for (const TensorRef& ref : read_refs(config.value("input_layers", Json::array()))) {
        const size_t call = layers.find({ref.layer, 0, 0}).call;
        check(network.calls[call].is_input, "the model's input '{}' is no input layer", ref.layer);
        network.inputs.push_back(call);
    }
    for (const TensorRef& ref : outputs) network.outputs.push_back(layers.find(ref));
    put_in_order(network);
    return network;
}

}  // namespace tinsmith::keras
