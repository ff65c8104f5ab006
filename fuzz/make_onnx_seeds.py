"""Writes the seeds of the ONNX reader's fuzzer: one small model for each thing that the reader does. Needs the onnx package."""
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, parser

HERE = Path(__file__).parent / "corpus" / "onnx_reader"
HEADER = '<ir_version: 8, opset_import: ["" : %d, "own" : 1]>\n'

TEXTS = {
    "add": (17, "g (float[N,4] x, float[1,4] y) => (float[N,4] z) { z = Add(x, y) }"),
    "conv": (17, """g (float[1,2,5,5] x) => (float[1,3,3,3] y)
        <float[3,2,3,3] w = {%s}, float[3] b = {1,2,3}> { c = Conv<pads=[0,0,0,0]>(x, w, b) y = Relu(c) }""" % ",".join(["0.5"] * 54)),
    "pool": (13, """g (float[1,2,6,6] x) => (float[1,2] y) { p = MaxPool<kernel_shape=[2,2], strides=[2,2]>(x)
        a = GlobalAveragePool(p) y = Flatten(a) }"""),
    "gemm": (13, "g (float[2,3] x) => (float[2,2] y) <float[2,3] w = {1,2,3,4,5,6}> { y = Gemm<transB=1>(x, w) }"),
    "shapes": (17, """g (float[2,3,4] x) => (float[6,4] y) <int64[1] i = {1}> { s = Shape<start=1>(x) d = Gather<axis=0>(s, i)
        m = Constant<value_ints=[-1]>() r = Concat<axis=0>(m, d) y = Reshape(x, r) }"""),
    "slices": (17, """g (float[4,6] x) => (float[2,3] y, float[4,3] z, float[4,3] t)
        <int64[2] s = {0,1}, int64[2] e = {2,4}, int64[2] n = {3,3}> { y = Slice(x, s, e) z, t = Split<axis=1>(x, n) }"""),
    "casts": (17, """g (float[3] x) => (int64[3] y, bool[3] z) <float[3] c = {1,2,3}> { y = Cast<to=7>(x) l = Less(x, c) z = Not(l) }"""),
    "reduce": (18, """g (float[2,3] x) => (float[2,1] y, int64[2] z) <int64[1] a = {1}> { y = ReduceMean(x, a)
        z = ArgMax<axis=1, keepdims=0>(x) }"""),
    "norm": (17, """g (float[1,2,3] x) => (float[1,2,3] y) <float[3] s = {1,1,1}, float[3] b = {0,0,0}> {
        n = LayerNormalization(x, s, b) y = Softmax(n) }"""),
    "rnn": (14, """g (float[2,1,2] x) => (float[2,1,1,2] y) <float[1,6,2] w = {%s}, float[1,6,2] r = {%s}> {
        y, h = GRU<hidden_size=2>(x, w, r) }""" % (",".join(["0.1"] * 12), ",".join(["0.2"] * 12))),
    "if": (17, """g (bool c, float[2] x) => (float[2] y) { y = If(c) <
        then_branch = a () => (float[2] p) { p = Add(x, x) }, else_branch = b () => (float[2] q) { q = Neg(x) }> }"""),
    "if_constant": (17, """g (float[2] x) => (float[2] y) <bool c = {1}> { y = If(c) <
        then_branch = a () => (float[2] p) { p = Abs(x) }, else_branch = b () => (float[3] q) { q = Unknown(x) }> }"""),
    "loop": (17, """g (float[2] x) => (float[2] y, float[3,2] z) <int64 m = {3}, bool c = {1}> { y, z = Loop(m, c, x) <
        body = b (int64 i, bool k, float[2] s) => (bool k2, float[2] s2, float[2] o) { k2 = Identity(k) s2 = Add(s, x) o = Neg(s2) }> }"""),
    "while": (17, """g (float[2] x, int64 m) => (float[2] y) <bool c = {1}> { y = Loop(m, c, x) <
        body = b (int64 i, bool k, float[2] s) => (bool k2, float[2] s2) { k2 = Identity(k) s2 = Add(s, x) }> }"""),
    "scan": (17, """g (float[2] h, float[3,2] x) => (float[2] y, float[3,2] z) { y, z = Scan(h, x) <num_scan_inputs = 1,
        body = b (float[2] s, float[2] e) => (float[2] s2, float[2] o) { s2 = Add(s, e) o = Identity(s2) }> }"""),
    "resize": (13, """g (float[1,1,2,2] x) => (float[1,1,4,4] y) <float[0] r = {}, float[4] s = {1,1,2,2}> {
        y = Resize<mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor">(x, r, s) }"""),
    "quant": (13, """g (float[2] x) => (float[2] y) <float s = {0.5}, uint8 z = {128}> {
        q = QuantizeLinear(x, s, z) y = DequantizeLinear(q, s, z) }"""),
}

FUNCTION = """<ir_version: 8, opset_import: ["" : 17, "own" : 1]>
g (float[2] x) => (float[2] y) { y = own.scaled<by=2.0>(x) }
<domain: "own", opset_import: ["" : 17]>
scaled <by> (a) => (b) { c = Constant<value_float: float = @by>() b = Mul(a, c) }
"""


def write(name: str, model: onnx.ModelProto) -> None:
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())


def weights() -> onnx.ModelProto:
    """Every way to store elements: raw, typed, packed nibbles, half floats, another file."""
    values = np.array([[1, 2], [3, 4]])
    tensors = [numpy_helper.from_array(values.astype(np.float16), "half"), numpy_helper.from_array(values.astype(np.float64), "double")]
    tensors += [helper.make_tensor("typed", TensorProto.FLOAT, [2, 2], [1.0, 2.0, 3.0, 4.0])]
    tensors += [helper.make_tensor("nibbles", TensorProto.INT4, [2, 2], [1, -2, 3, -4])]
    tensors += [helper.make_tensor("bytes", TensorProto.UINT8, [2, 2], [1, 2, 3, 255])]
    outside = TensorProto(name="outside", data_type=TensorProto.FLOAT, dims=[2, 2], data_location=TensorProto.EXTERNAL)
    for key, value in (("location", "weights.bin"), ("offset", "0"), ("length", "16")):
        outside.external_data.add(key=key, value=value)
    tensors.append(outside)
    nodes = [helper.make_node("Cast", [t.name], [f"f_{t.name}"], to=TensorProto.FLOAT) for t in tensors]
    nodes.append(helper.make_node("Sum", ["x"] + [f"f_{t.name}" for t in tensors], ["y"]))
    info = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [2, 2]) for n in "xy"]
    graph = helper.make_graph(nodes, "weights", info[:1], info[1:], tensors)
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])


if __name__ == "__main__":
    HERE.mkdir(parents=True, exist_ok=True)
    for name, (opset, text) in TEXTS.items():
        write(name, parser.parse_model(HEADER % opset + text))
    write("function", parser.parse_model(FUNCTION))
    write("weights", weights())
