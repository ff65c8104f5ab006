// Runs a graph inside the arenas of its plan, at the planned offsets, tile by tile where it says so, with the C99 kernels.
#pragma once

#include "op/list.hpp"
#include "plan/plan.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace tinsmith::test {

class Execution {
public:
    Execution(const Graph& graph, const MemoryPlan& plan) : graph_(graph), plan_(plan) {
        for (const MemoryUse& memory : plan.memories) arenas_.emplace_back(memory.bytes + 64, std::byte{0xa5});
        for (const Value& value : graph.values) constants_.push_back(value.data ? value.data->aligned(8) : Buffer());
    }

    std::vector<std::vector<std::byte>> run(const std::vector<Buffer>& inputs) {
        for (size_t i = 0; i < inputs.size(); ++i)
            std::memcpy(address(graph_.inputs[i].value), inputs[i].bytes().data(), inputs[i].size());
        for (size_t i = 0; i < plan_.order.size();) {
            const PlannedStage* stage = nullptr;
            for (const PlannedStage& s : plan_.stages)
                if (s.first == i) stage = &s;
            if (!stage) {
                step(graph_.nodes[plan_.order[i++]], nullptr);
                continue;
            }
            for (const auto& tile : stage->tiles)
                for (size_t k = stage->first; k < stage->end; ++k) step(graph_.nodes[plan_.order[k]], &tile);
            i = stage->end;
        }
        std::vector<std::vector<std::byte>> outputs;
        for (const Port& port : graph_.outputs) {
            const std::byte* from = address(port.value);
            outputs.emplace_back(from, from + graph_.type(port.value).bytes());
        }
        return outputs;
    }

private:
    std::byte* address(ValueId id) {
        const PlannedValue& p = plan_.values[id];
        EXPECT_LE(p.offset + p.bytes, plan_.memories[p.memory].bytes);
        auto aligned = (reinterpret_cast<uintptr_t>(arenas_[p.memory].data()) + 15) / 16 * 16;
        return reinterpret_cast<std::byte*>(aligned) + p.offset;
    }

    static const TileRows* rows_of(const std::vector<TileRows>* tile, ValueId id) {
        for (size_t i = 0; tile && i < tile->size(); ++i)
            if ((*tile)[i].value == id) return &(*tile)[i];
        return nullptr;
    }

    // Where rows [begin, ...) of a value lie: whole values hold all rows, those inside a stage one tile's.
    std::byte* row_address(ValueId id, const TileRows& rows, int64_t begin) {
        const Type& type = graph_.type(id);
        const bool whole = plan_.values[id].bytes == type.bytes();
        const auto row = static_cast<int64_t>(type.bytes()) / type.shape[1];
        return address(id) + (whole ? begin : begin - rows.begin) * row;
    }

    // Calls the kernel of a node, on the rows of a tile where there is one.
    void step(Node node, const std::vector<TileRows>* tile) {
        if (plan_.values[node.outputs[0]].alias_of != no_value) return;
        const bool windows =
            node.is(op::Conv) || node.is(op::DepthwiseConv) || node.is(op::MaxPool) || node.is(op::AveragePool);
        std::vector<Type> types;  // as the tile has them; views point into it
        types.reserve(node.inputs.size() + node.outputs.size());
        std::vector<TensorView> in;
        std::vector<TensorSlot> out;
        const TileRows* made = rows_of(tile, node.outputs[0]);
        for (ValueId id : node.inputs) {
            if (id == no_value) {
                in.push_back({});
                continue;
            }
            types.push_back(graph_.type(id));
            if (graph_.is_constant(id)) {
                in.push_back({&types.back(), constants_[id].bytes().data()});
                continue;
            }
            const TileRows* rows = rows_of(tile, id);
            if (!rows) {
                in.push_back({&types.back(), address(id)});
                continue;
            }
            // A window sees all rows of the tile; else those that are made now.
            const int64_t begin = windows ? rows->begin : made->begin, end = windows ? rows->end : made->end;
            EXPECT_LE(rows->begin, begin);
            EXPECT_LE(end, rows->end);
            types.back().shape[1] = end - begin;
            in.push_back({&types.back(), row_address(id, *rows, begin)});
            if (windows) {
                Ints pads = node.ints("pads");
                pads[0] -= made->begin * node.ints("strides")[0] - begin;
                node.attrs.set("pads", pads);
            }
        }
        for (ValueId id : node.outputs) {
            types.push_back(graph_.type(id));
            if (made) types.back().shape[1] = made->end - made->begin;
            out.push_back({&types.back(), made ? row_address(id, *made, made->begin) : address(id)});
        }
        compute({node, in, out});
    }

    const Graph& graph_;
    const MemoryPlan& plan_;
    std::vector<Buffer> constants_;
    std::vector<std::vector<std::byte>> arenas_;
};

}  // namespace tinsmith::test
