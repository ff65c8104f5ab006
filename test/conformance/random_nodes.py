"""Random models of one node each, converted and compared with ONNX Runtime: the operators whose attributes combine in more ways
than ONNX's node cases cover. `random_nodes.py SEED COUNT [OPERATOR]` runs COUNT of them and prints what differs."""

import dataclasses
import os
import pathlib
import random
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

import litert
import tinsmith

REFUSED = 3  # exit code


@dataclasses.dataclass
class Case:
    model: onnx.ModelProto
    options: tuple = ()  # of `tinsmith convert`

    def __str__(self):
        node, graph = self.model.graph.node[0], self.model.graph
        attributes = " ".join(f"{a.name}={helper.get_attribute_value(a)}" for a in node.attribute)
        inputs = [(i.name, [d.dim_value for d in i.type.tensor_type.shape.dim]) for i in graph.input]
        constants = [(i.name, list(i.dims)) for i in graph.initializer]
        return f"{node.op_type} {attributes} {' '.join(self.options)} inputs {inputs} constants {constants} -> {list(node.output)}"


class Draw:
    """Random numbers from one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.numbers = np.random.default_rng(seed)
        self.integer, self.choice = self.random.randint, self.random.choice

    def chance(self, share):
        return self.random.random() < share

    def floats(self, *shape):
        return self.numbers.uniform(-1, 1, shape).astype(np.float32)

    def bytes(self, *shape, signed=False):
        low = -128 if signed else 0
        return self.numbers.integers(low, low + 256, shape).astype(np.int8 if signed else np.uint8)

    def pads(self, kernel):
        return [self.integer(0, k - 1) for k in kernel * 2]


def case(op, order, inputs, constants, attributes, outputs=("y",), opset=17, options=()):
    """`order`: operand names, "" where one is left out; each is a key of `inputs` (given at run time) or of `constants`."""
    node = helper.make_node(op, order, outputs, **attributes)
    interface = [helper.make_tensor_value_info(k, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape) for k, v in inputs.items()]
    results = [helper.make_empty_tensor_value_info(name) for name in outputs if name]
    graph = helper.make_graph([node], "node", interface, results, [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 9
    return Case(model, tuple(options))


def conv(d):
    axes, group = d.choice([1, 2, 2, 3]), d.choice([1, 1, 2, 3])
    channels, filters = (1, d.integer(1, 2)) if d.chance(0.3) else (d.integer(1, 4), d.integer(1, 4))
    kernel, dilations = [d.integer(1, 4) for _ in range(axes)], [d.choice([1, 1, 2]) for _ in range(axes)]
    extents = [d.integer((k - 1) * s + 1, 11) for k, s in zip(kernel, dilations)]
    attributes = dict(strides=[d.integer(1, 3) for _ in range(axes)], dilations=dilations, group=group, kernel_shape=kernel)
    padding = d.choice(["NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"])
    if padding == "NOTSET":
        attributes["pads"] = d.pads(kernel)
    else:
        attributes["auto_pad"] = padding
    if padding.startswith("SAME"):
        attributes["dilations"] = [1] * axes  # ONNX Runtime ignores dilation here
    constants = {"w": d.floats(group * filters, channels, *kernel), "b": d.floats(group * filters)}
    return case("Conv", ["x", "w", "b"], {"x": d.floats(d.integer(1, 2), group * channels, *extents)}, constants, attributes)


def conv_transpose(d):
    axes, group, channels, filters = d.choice([1, 2, 2, 3]), d.choice([1, 1, 2]), d.integer(1, 3), d.integer(1, 3)
    strides = [d.integer(1, 3) for _ in range(axes)]
    kernel, dilations = [d.integer(s, 4) for s in strides], [d.choice([1, 1, 2]) for _ in range(axes)]
    extents = [d.integer(3, 6) for _ in range(axes)]
    attributes = dict(strides=strides, dilations=dilations, group=group, kernel_shape=kernel)
    form = d.choice(["pads", "output_padding", "same", "output_shape"])
    if form in ("pads", "output_padding"):
        attributes["pads"] = d.pads(kernel)
    if form == "output_padding":
        attributes["output_padding"] = [d.integer(0, max(pair) - 1) for pair in zip(strides, dilations)]
    if form in ("same", "output_shape"):
        attributes["auto_pad"] = d.choice(["SAME_UPPER", "SAME_LOWER"])
    if form == "output_shape":
        full = [(x - 1) * s + (k - 1) * a + 1 for x, s, k, a in zip(extents, strides, kernel, dilations)]
        attributes["output_shape"] = [size - d.integer(0, 2 if k > 1 else 0) for size, k in zip(full, kernel)]
    constants = {"w": d.floats(group * channels, filters, *kernel), "b": d.floats(group * filters)}
    return case("ConvTranspose", ["x", "w", "b"], {"x": d.floats(1, group * channels, *extents)}, constants, attributes)


def pool(d):
    op, axes = d.choice(["MaxPool", "AveragePool", "LpPool"]), d.choice([1, 2, 2, 3])
    kernel = [d.integer(1, 4) for _ in range(axes)]
    dilations = [d.choice([1, 1, 2]) if op != "LpPool" and d.chance(0.4) else 1 for _ in range(axes)]
    extents = [d.integer((k - 1) * s + 1, 11) for k, s in zip(kernel, dilations)]
    attributes = dict(strides=[d.integer(1, min(3, k)) for k in kernel], kernel_shape=kernel)
    if op == "LpPool":
        attributes["p"] = d.choice([1, 2, 3])
    else:
        attributes.update(dilations=dilations, ceil_mode=d.integer(0, 1))
    if op == "AveragePool":
        attributes["count_include_pad"] = d.integer(0, 1)
    if d.chance(0.5):
        attributes["pads"] = d.pads(kernel)
    elif all(s == 1 for s in dilations):
        attributes["auto_pad"] = d.choice(["SAME_UPPER", "SAME_LOWER", "VALID"])
        attributes.pop("ceil_mode", None)
    places = op == "MaxPool" and d.chance(0.3)
    if places and axes == 2:
        attributes["storage_order"] = d.integer(0, 1)
    return case(op, ["x"], {"x": d.floats(d.integer(1, 2), d.integer(1, 5), *extents)}, {}, attributes,
                ("y", "places") if places else ("y",), opset=19)


def gemm(d):
    m, k, n = d.integer(1, 6), d.integer(1, 20), d.integer(1, 6)
    attributes = dict(transA=d.integer(0, 1), transB=d.integer(0, 1), alpha=d.choice([1.0, 0.5]), beta=d.choice([1.0, 2.0, 0.0]))
    inputs, constants = {"a": d.floats(*((k, m) if attributes["transA"] else (m, k)))}, {}
    d.choice([inputs, constants])["b"] = d.floats(*((n, k) if attributes["transB"] else (k, n)))
    d.choice([inputs, constants])["c"] = d.floats(*d.choice([(n,), (1, n), (m, 1), (m, n), (1,)]))
    return case("Gemm", ["a", "b", "c"], inputs, constants, attributes)


def mat_mul(d):
    k, batch = d.integer(1, 9), d.integer(1, 3)
    inputs, constants = {"a": d.floats(*d.choice([(k,), (3, k), (batch, 3, k), (4, batch, 3, k)]))}, {}
    d.choice([inputs, constants])["b"] = d.floats(*d.choice([(k,), (k, 5), (batch, k, 5), (1, k, 5), (4, 1, k, 5)]))
    return case("MatMul", ["a", "b"], inputs, constants, {})


# Not ThresholdedRelu: its default threshold is 1 in ONNX and 0 in ONNX Runtime.
ACTIVATIONS = ["Sigmoid", "Tanh", "Relu", "Softsign", "Softplus", "HardSigmoid", "LeakyRelu", "Elu"]


def recurrent(d):
    op = d.choice(["LSTM", "GRU", "GRU", "RNN"])
    gates, functions = {"LSTM": (4, 3), "GRU": (3, 2), "RNN": (1, 1)}[op]
    direction = d.choice(["forward", "reverse", "bidirectional"])
    directions = 2 if direction == "bidirectional" else 1
    features, hidden, time, batch = d.integer(1, 5), d.integer(1, 5), d.integer(1, 6), d.integer(1, 3)
    attributes = dict(hidden_size=hidden, direction=direction)
    inputs = {"x": d.floats(time, batch, features)}
    constants = {"w": d.floats(directions, gates * hidden, features), "r": d.floats(directions, gates * hidden, hidden)}
    order = ["x", "w", "r", "", "", "", "", ""]
    if d.chance(0.7):
        order[3], constants["b"] = "b", d.floats(directions, 2 * gates * hidden)
    if d.chance(0.25):
        order[4], constants["lengths"] = "lengths", np.array([d.integer(1, time) for _ in range(batch)], np.int32)
    for at, name in enumerate(["h", "c"] if op == "LSTM" else ["h"]):
        if d.chance(0.4):
            order[5 + at], d.choice([inputs, constants])[name] = name, d.floats(directions, batch, hidden)
    if op == "LSTM" and d.chance(0.4):
        order[7], constants["p"] = "p", d.floats(directions, 3 * hidden)
    if op == "GRU":
        attributes["linear_before_reset"] = d.integer(0, 1)
    if d.chance(0.3):
        attributes["activations"] = [d.choice(ACTIVATIONS) for _ in range(functions)] * directions
    if d.chance(0.2):
        attributes["clip"] = 0.5
    while not order[-1]:
        order.pop()
    outputs = ["y" if d.chance(0.7) else "", "last"] + (["cell"] if op == "LSTM" and d.chance(0.5) else [])
    return case(op, order, inputs, constants, attributes, outputs, options=d.choice([(), ("--rnn", "loop")]))


def normalization(d):
    op = d.choice(["BatchNormalization", "LayerNormalization", "InstanceNormalization", "GroupNormalization", "LRN", "LpNormalization"])
    channels = d.choice([2, 4, 6])
    x, epsilon = d.floats(2, channels, *[d.integer(2, 5) for _ in range(d.integer(1, 3))]), d.choice([1e-5, 1e-2])
    each = {"s": d.floats(channels), "b": d.floats(channels)}
    if op == "BatchNormalization":
        each.update(m=d.floats(channels), v=np.abs(d.floats(channels)) + np.float32(0.1))
        return case(op, ["x", "s", "b", "m", "v"], {"x": x}, each, dict(epsilon=epsilon))
    if op == "LayerNormalization":
        axis = d.integer(-x.ndim + 1, x.ndim - 1)
        each = {name: d.floats(*x.shape[axis:]) for name in "sb"}
        return case(op, ["x", "s", "b"], {"x": x}, each, dict(axis=axis, epsilon=epsilon))
    if op == "LRN":
        return case(op, ["x"], {"x": d.floats(2, channels, 4, 5)}, {}, dict(size=d.choice([1, 3, 5]), alpha=0.1, beta=0.6, bias=1.5))
    if op == "LpNormalization":
        return case(op, ["x"], {"x": x}, {}, dict(axis=d.integer(0, x.ndim - 1), p=d.choice([1, 2])))
    attributes = dict(epsilon=epsilon, **({"num_groups": d.choice([1, 2])} if op == "GroupNormalization" else {}))
    return case(op, ["x", "s", "b"], {"x": x}, each, attributes, opset=21)


def integer_product(d):
    op, inner, one = d.choice(["MatMulInteger", "ConvInteger", "QLinearConv", "QLinearMatMul"]), d.choice([3, 40, 300, 700]), np.float32
    zero, channels, side = d.bytes(), d.choice([1, 3, 40]), d.choice([1, 3])
    window = dict(pads=[side // 2] * 4, kernel_shape=[side, side])
    if op == "MatMulInteger":
        constants = dict(b=d.bytes(inner, 5), az=zero, bz=d.bytes(5))
        return case(op, ["a", "b", "az", "bz"], {"a": d.bytes(4, inner)}, constants, {})
    if op == "QLinearMatMul":
        scales = {"as": one(0.01), "az": zero, "b": d.bytes(inner, 5), "bs": one(0.02), "bz": d.bytes(), "ys": one(0.37), "yz": zero}
        return case(op, ["a", "as", "az", "b", "bs", "bz", "ys", "yz"], {"a": d.bytes(4, inner)}, scales, {})
    if op == "ConvInteger":
        constants = dict(w=d.bytes(4, channels, side, side), xz=zero)
        return case(op, ["x", "w", "xz"], {"x": d.bytes(1, channels, 6, 6)}, constants, window)
    constants = dict(xs=one(0.02), xz=zero, w=d.bytes(4, channels, side, side, signed=True), ws=np.abs(d.floats(4)) + one(0.01),
                     wz=np.zeros(4, np.int8), ys=one(3), yz=zero, b=d.numbers.integers(-999, 999, 4).astype(np.int32))
    return case(op, ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"], {"x": d.bytes(1, channels, 6, 6)}, constants, window)


GENERATORS = [conv, conv_transpose, pool, gemm, mat_mul, recurrent, recurrent, normalization, integer_product]


def expected_outputs(model, samples):
    """What ONNX Runtime computes, or None when it refuses the model."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # Without it products of bytes saturate at 16 bits on processors that lack VNNI.
    options.add_session_config_entry("session.x64quantprecision", "1")
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return dict(zip([output.name for output in session.get_outputs()], session.run(None, samples)))
    except Exception:  # its exceptions share no class of their own
        return None


def difference(model, expected, found):
    """A sentence about the first output that differs, or None. Quantised products may round a tie the other way."""
    quantised = model.graph.node[0].op_type.startswith("QLinear")
    for name, want in expected.items():
        got = found[name]
        if got.shape != want.shape:
            return f"{name} has shape {got.shape} instead of {want.shape}"
        if not np.isfinite(want).all():
            continue  # unbounded activations have run away
        error = np.abs(got.astype(np.float64) - want.astype(np.float64)).max(initial=0)
        largest = max(1e-3, float(np.abs(want).max(initial=0)))
        if not error <= (1e-4 * largest if want.dtype.kind == "f" else 1 if quantised else 0):
            return f"{name} is off by {error}"
    return None


def try_case(item, draw, command, runner, folder):
    """What is wrong with the conversion of `item`, or None. "" when there is nothing to compare."""
    samples = {}
    for value in item.model.graph.input:
        shape = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        whole = value.type.tensor_type.elem_type != onnx.TensorProto.FLOAT
        samples[value.name] = draw.bytes(*shape) if whole else draw.floats(*shape)
    expected = expected_outputs(item.model, samples)
    if expected is None:
        return ""
    source, target = folder / "model.onnx", folder / "model.tflite"
    onnx.save(item.model, source)
    run = tinsmith.call(command, "convert", source, "-o", target, "--force", "--keep-nchw", "--method", "float32",
                        *item.options)
    if run.code == REFUSED:
        return ""
    if run.code != 0:
        return f"exit {run.code}: {run.sentence()}"
    for kind in litert.KINDS:
        result = runner.run(target, [samples], kind)
        wrong = result.error or difference(item.model, expected, result.outputs[0])
        if wrong:
            return f"{kind}: {wrong}"
    return None


def run(seed, count, command, only=None):
    """(number compared, sentences about what differs) of `count` random cases."""
    draw, runner, compared, wrong = Draw(seed), litert.Runner(), 0, []
    generators = [g for g in GENERATORS if only is None or g.__name__ == only]
    try:
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(count):
                item = draw.choice(generators)(draw)
                outcome = try_case(item, draw, command, runner, pathlib.Path(folder))
                compared += outcome != ""
                if outcome:
                    wrong.append(f"{outcome}  [{item}]")
    finally:
        runner.close()
    return compared, wrong


if __name__ == "__main__":
    done, differences = run(int(sys.argv[1]), int(sys.argv[2]), os.environ.get("TINSMITH") or tinsmith.find_command(),
                            sys.argv[3] if len(sys.argv) > 3 else None)
    print(*differences, f"{done} compared, {len(differences)} differ", sep="\n")
    sys.exit(bool(differences))
