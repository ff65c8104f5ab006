"""ONNX Runtime's fused operators on stored weights, read as products of real numbers, against ONNX Runtime itself."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

import exactness
import tinsmith

MICROSOFT = "com.microsoft"
SAMPLES = 6


def model_of(nodes, shape, constants, output="y"):
    value = helper.make_tensor_value_info
    weights = [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "fused", [value("x", TensorProto.FLOAT, shape)], [value(output, TensorProto.FLOAT, None)], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)], ir_version=8)


def compare(command, folder, model, samples, least, methods=("float32",)):
    """SQNR in dB of each method's file against ONNX Runtime, at least."""
    source, data, file = folder / "source.onnx", folder / "data.npy", folder / "file.tflite"
    onnx.save(model, source)
    np.save(data, samples[:, 0])
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
    expected = np.stack([session.run(None, {"x": sample})[0] for sample in samples])
    for method in methods:
        run = tinsmith.call(command, "convert", source, "--method", method, "--data", data, "-o", file, "--force", "--io", "float32")
        assert run.code == tinsmith.OK, run.sentence()
        [actual] = exactness.run_tinsmith(command, file, [samples[:, 0]])
        error = np.square(expected - actual.reshape(expected.shape), dtype=np.float64).sum()
        sqnr = 10 * np.log10(np.square(expected, dtype=np.float64).sum() / max(error, 1e-30))
        print(f"{method}: {sqnr:.1f} dB")
        assert sqnr >= least, method


def steps(random, shape, dtype, most=63):
    """Weights of 7 bits: without VNNI, ONNX Runtime's products of integers saturate at 16 bits."""
    low = 0 if dtype == np.uint8 else -most
    return random.integers(low, most + 1, shape).astype(dtype)


def dynamic(*nodes):
    return [helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]), *nodes]


@pytest.mark.parametrize("per_column", [False, True], ids=["one scale", "per column"])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8], ids=["i8", "u8"])
@pytest.mark.parametrize("bias", [False, True], ids=["", "bias"])
def test_mat_mul_integer_to_float(per_column, dtype, bias, command, tmp_path):
    random = np.random.default_rng(1)
    scale = random.uniform(0.005, 0.02, 24).astype(np.float32) if per_column else np.float32(0.01)
    constants = {"w": steps(random, (32, 24), dtype), "ws": scale, "b": random.standard_normal(24).astype(np.float32)}
    zero = np.full(24 if per_column else (), 31 if dtype == np.uint8 else 0, dtype)
    constants["wz"] = zero
    operands = ["q", "w", "s", "ws", "z", "wz"] + ["b"] * bias
    model = model_of(dynamic(helper.make_node("MatMulIntegerToFloat", operands, ["y"], domain=MICROSOFT)), [1, 4, 32], constants)
    compare(command, tmp_path, model, random.standard_normal((SAMPLES, 1, 4, 32)).astype(np.float32), 30)


def test_mat_mul_integer_to_float_of_a_stated_scale(command, tmp_path):
    random = np.random.default_rng(2)
    constants = {"w": steps(random, (32, 24), np.int8), "ws": np.float32(0.01), "s": np.float32(0.02), "z": np.uint8(120)}
    nodes = [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"]),
             helper.make_node("MatMulIntegerToFloat", ["q", "w", "s", "ws", "z"], ["y"], domain=MICROSOFT)]
    compare(command, tmp_path, model_of(nodes, [1, 32], constants), random.uniform(-2, 2, (SAMPLES, 1, 32)).astype(np.float32), 90)


def test_dynamic_quantize_mat_mul(command, tmp_path):
    random = np.random.default_rng(3)
    constants = {"w": steps(random, (32, 24), np.int8), "ws": np.float32(0.01), "wz": np.int8(3), "b": np.float32(random.standard_normal(24))}
    node = helper.make_node("DynamicQuantizeMatMul", ["x", "w", "ws", "wz", "b"], ["y"], domain=MICROSOFT)
    compare(command, tmp_path, model_of([node], [1, 32], constants), random.standard_normal((SAMPLES, 1, 32)).astype(np.float32), 30)


@pytest.mark.parametrize("bits, block, zero", [(4, 32, "none"), (4, 16, "packed"), (4, 32, "float"), (8, 32, "packed")])
def test_mat_mul_n_bits(bits, block, zero, command, tmp_path):
    random = np.random.default_rng(4)
    inner, outs = 80, 24  # the last block is not full, and rows of zero points end within a byte
    blocks = -(-inner // block)
    constants = {"w": random.integers(0, 256, (outs, blocks, block * bits // 8)).astype(np.uint8),
                 "s": random.uniform(0.005, 0.02, outs * blocks).astype(np.float32)}
    operands = ["x", "w", "s"]
    if zero == "packed":
        constants["z"] = random.integers(0, 256, outs * -(-blocks * bits // 8)).astype(np.uint8)
    if zero == "float":
        constants["z"] = random.uniform(6, 10, outs * blocks).astype(np.float32)
    if zero != "none":
        operands.append("z")
    node = helper.make_node("MatMulNBits", operands, ["y"], domain=MICROSOFT, K=inner, N=outs, bits=bits, block_size=block)
    samples = random.standard_normal((SAMPLES, 1, 3, inner)).astype(np.float32)
    compare(command, tmp_path, model_of([node], [1, 3, inner], constants), samples, 90)


@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
@pytest.mark.parametrize("per_channel", [False, True], ids=["one scale", "per channel"])
def test_dynamic_quantize_lstm(direction, per_channel, command, tmp_path):
    random = np.random.default_rng(5)
    directions, inputs, hidden = 2 if direction == "bidirectional" else 1, 12, 10
    draw = lambda *shape: (random.standard_normal(shape) * 0.4).astype(np.float32)
    constants = {"w": draw(directions, 4 * hidden, inputs), "r": draw(directions, 4 * hidden, hidden), "b": draw(directions, 8 * hidden)}
    nodes = [helper.make_node("Transpose", ["x"], ["t"], perm=[1, 0, 2]),
             helper.make_node("LSTM", ["t", "w", "r", "b"], ["y"], direction=direction, hidden_size=hidden)]
    floats, quantised = tmp_path / "floats.onnx", tmp_path / "quantised.onnx"
    onnx.save(model_of(nodes, [1, 9, inputs], constants), floats)
    quantize_dynamic(str(floats), str(quantised), op_types_to_quantize=["LSTM"], weight_type=QuantType.QInt8, per_channel=per_channel,
                     reduce_range=True)
    model = onnx.load(quantised)
    assert "DynamicQuantizeLSTM" in [node.op_type for node in model.graph.node]
    compare(command, tmp_path, model, random.standard_normal((SAMPLES, 1, 9, inputs)).astype(np.float32), 28)


@pytest.mark.parametrize("mask", ["none", "lengths", "numbers", "causal"])
@pytest.mark.parametrize("stored", ["dynamic", "stated"])
def test_q_attention(mask, stored, command, tmp_path):
    random = np.random.default_rng(6)
    count, width, heads = 7, 16, 4
    constants = {"w": steps(random, (width, 3 * width), np.int8), "ws": np.float32(0.01), "wz": np.int8(0),
                 "b": (random.standard_normal(3 * width) * 0.2).astype(np.float32)}
    if mask == "lengths":
        constants["m"] = np.int32([5])
    if mask == "numbers":
        constants["m"] = np.int32([[1, 1, 0, 1, 1, 0, 1]])
    nodes = dynamic() if stored == "dynamic" else [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"])]
    if stored == "stated":
        constants.update(s=np.float32(0.03), z=np.uint8(128))
    operands = ["q", "w", "b", "s", "ws", "m" if "m" in constants else "", "z", "wz"]
    nodes.append(helper.make_node("QAttention", operands, ["y"], domain=MICROSOFT, num_heads=heads, unidirectional=int(mask == "causal")))
    samples = random.standard_normal((SAMPLES, 1, count, width)).astype(np.float32)
    compare(command, tmp_path, model_of(nodes, [1, count, width], constants), samples, 30 if stored == "dynamic" else 80)


def lies():
    """Files that say what cannot be: what they are, and the node, its input's shape and its constants."""
    def fused(op, operands, **attributes):
        return helper.make_node(op, operands, ["y"], domain=MICROSOFT, **attributes)
    scale, zero = np.float32(0.01), np.int8(0)
    product = fused("MatMulIntegerToFloat", ["q", "w", "s", "ws", "z", "wz"])
    weights = {"w": np.zeros((8, 4), np.int8), "ws": scale, "wz": zero}
    yield "nothing to quantise", [helper.make_node("DynamicQuantizeLinear", [], ["q", "s", "z"]), product], [1, 8], weights
    yield "another inner dimension", dynamic(product), [1, 9], weights
    recurrent = {"w": np.zeros((0, 8, 16), np.int8), "r": np.zeros((0, 4, 16), np.int8), "ws": np.zeros(0, np.float32)}
    yield "no direction", [fused("DynamicQuantizeLSTM", ["x", "w", "r", "", "", "", "", "", "ws", "", "ws", ""], hidden_size=4)], [3, 1, 8], recurrent
    attention = fused("QAttention", ["q", "w", "b", "s", "ws", "", "z", "wz"], num_heads=2)
    empty = {"w": np.zeros((8, 0), np.int8), "b": np.zeros(0, np.float32), "ws": scale, "wz": zero}
    yield "heads of nothing", dynamic(attention), [1, 3, 8], empty
    few = {"w": np.zeros((4, 1, 15), np.uint8), "s": np.ones(4, np.float32)}
    yield "half a block", [fused("MatMulNBits", ["x", "w", "s"], K=32, N=4, bits=4, block_size=32)], [1, 32], few
    yield "more than memory", [fused("MatMulNBits", ["x", "w", "s"], K=2**40, N=2**40, bits=4, block_size=2**60)], [1, 32], few


@pytest.mark.parametrize("nodes, shape, constants", [pytest.param(*lie[1:], id=lie[0]) for lie in lies()])
def test_what_cannot_be_is_an_error_of_the_input(nodes, shape, constants, command, tmp_path):
    onnx.save(model_of(nodes, shape, constants), tmp_path / "source.onnx")
    run = tinsmith.call(command, "convert", tmp_path / "source.onnx", "--method", "float32", "-o", tmp_path / "file.tflite")
    assert run.code == tinsmith.INPUT, run.sentence()
    assert not (tmp_path / "file.tflite").exists()
