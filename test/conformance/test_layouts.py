"""Ports whose extents are all equal: their shape does not say which layout they have."""

import numpy as np
import onnx
import pytest
import tinsmith
from onnx import TensorProto, helper, numpy_helper


@pytest.fixture
def cube(tmp_path):
    random = np.random.default_rng(0)
    weights = numpy_helper.from_array(random.standard_normal((4, 4, 3, 3)).astype(np.float32), "w")
    nodes = [helper.make_node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1]), helper.make_node("Relu", ["c"], ["y"])]
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 4, 4, 4]) for name in "xy"]
    graph = helper.make_graph(nodes, "cube", ports[:1], ports[1:], [weights])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), tmp_path / "cube.onnx")
    np.save(tmp_path / "x.npy", random.standard_normal((20, 4, 4, 4)).astype(np.float32))
    return tmp_path


@pytest.mark.parametrize("method", ["float32", "int8"])
def test_a_cube_is_compared_in_the_layout_that_it_was_given(method, cube, command):
    out = cube / "cube.tflite"
    done = tinsmith.call(command, "convert", cube / "cube.onnx", "-o", out, "--method", method, "--data", cube / "x.npy")
    assert done.code == 0, done.sentence()
    assert "WARNING: output" not in done.stdout
    assert "channels-last" in done.stdout
    # In a wrong layout the classes agree by chance; 8 bits of random features keep most.
    done = tinsmith.call(command, "compare", cube / "cube.onnx", out, "--data", cube / "x.npy", "--threshold", 0.8)
    assert done.code == 0, done.stdout
