"""The .json beside an output names every file that the source is made of, with its digest."""

import hashlib
import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import tinsmith


def test_weights_outside_the_model_are_recorded(command, tmp_path):
    weights = np.random.default_rng(0).standard_normal((300, 40), dtype=np.float32)
    value = lambda name, width: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, width])
    graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "outside", [value("x", 300)], [value("y", 40)],
                              [numpy_helper.from_array(weights, "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = tmp_path / "model.onnx"
    onnx.save(model, path, save_as_external_data=True, location="weights.bin")
    run = tinsmith.call(command, "convert", path, "-o", tmp_path / "out.tflite")
    assert run.code == tinsmith.OK, run.sentence()
    source = json.loads((tmp_path / "out.json").read_text())["source"]
    for file, recorded in [(path, source), (tmp_path / "weights.bin", source["external"][0])]:
        content = file.read_bytes()
        assert recorded["file"] == file.name
        assert recorded["bytes"] == len(content)
        assert recorded["sha256"] == hashlib.sha256(content).hexdigest()
    assert len(source["external"]) == 1
