"""Each layer of networks quantised in PyTorch (PT2E, after training and in it), cut out of the program by its nodes' names, converted by
tinsmith and run by LiteRT's reference kernels on the integers that the reference itself has there: within one step on 99.9 % of its outputs.

A layer is what lies between the dequantisations that enter it and the quantisation that leaves it, or the result that PyTorch leaves float
(then a step is a 255th of its range). Runs in an environment with PyTorch and torchao (`make test-torch`).
"""

import argparse
import collections
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")

import ai_edge_litert.interpreter as litert  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from compare_quantised import quantised  # noqa: E402
from torch import nn  # noqa: E402

SAMPLES = 200


class Plain(nn.Module):
    """Convolutions of every kind, batch norms folded, pools, a sum, a product and a concatenation."""

    def __init__(self, activation=nn.ReLU):
        super().__init__()

        def layer(convolution, channels):
            return nn.Sequential(convolution, nn.BatchNorm2d(channels), activation())

        self.stem = layer(nn.Conv2d(3, 16, 3, stride=2, padding=1), 16)
        self.depthwise = layer(nn.Conv2d(16, 16, 3, padding=1, groups=16), 16)
        self.grouped = layer(nn.Conv2d(16, 16, 3, padding=2, dilation=2, groups=4), 16)
        self.pointwise = nn.Conv2d(16, 16, 1)
        self.up = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.down = layer(nn.Conv2d(8, 16, 3, stride=2, padding=1), 16)
        self.head = nn.Linear(32, 6)

    def forward(self, x):
        a = self.stem(x)
        b = self.depthwise(a)
        c = self.grouped(b) + self.pointwise(a)
        d = self.down(self.up(c))
        e = torch.cat([nn.functional.max_pool2d(d, 2), nn.functional.avg_pool2d(c * b, 2)], 1)
        return self.head(nn.functional.adaptive_avg_pool2d(e, 1).flatten(1))


ACTIVATIONS = {"relu": nn.ReLU, "relu6": nn.ReLU6, "hardswish": nn.Hardswish, "hardsigmoid": nn.Hardsigmoid}


def is_quantize(node):
    return str(node.target).startswith("quantized_decomposed.quantize_per_tensor")


def is_dequantize(node):
    return str(node.target).startswith("quantized_decomposed.dequantize_per_tensor")


class Recorder(torch.fx.Interpreter):
    def __init__(self, module, wanted):
        super().__init__(module)
        self.wanted, self.kept = wanted, collections.defaultdict(list)

    def run_node(self, node):
        value = super().run_node(node)
        if node.name in self.wanted:
            self.kept[node.name].append(value.numpy().copy())
        return value


def entering(end, depends):
    """The tensors that a layer takes: stored integers and the model's inputs."""
    inputs, operators, seen, stack = [], [], set(), list(end.all_input_nodes)
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if not depends[node]:
            continue  # weights
        if is_dequantize(node):
            inputs.append(node.args[0].name)
        elif node.op == "placeholder":
            inputs.append(node.name)
        else:
            operators.append(str(node.target).split(".")[1])
            stack.extend(node.all_input_nodes)
    return sorted(set(inputs)), operators


def layers_of(graph, user_inputs):
    """(name of the node that leaves it, whether integers leave it, names of the tensors that enter it, its operators)."""
    depends = {}
    for node in graph.nodes:
        depends[node] = node.name in user_inputs or any(depends[n] for n in node.all_input_nodes)
    out = []
    for node in graph.nodes:
        if is_quantize(node) and depends[node]:
            inputs, operators = entering(node, depends)
            if operators:
                out.append((node.name, True, inputs, operators))
        if node.op == "output":
            for result in node.args[0]:
                if not is_dequantize(result):
                    inputs, operators = entering(result, depends)
                    out.append((result.name, False, inputs, [str(result.target).split(".")[1], *operators]))
    return out


def layout_of(value, shape):
    """A sample of the reference in the layout of the file's interface."""
    if value.ndim == 4 and tuple(value.shape) != tuple(shape):
        return value.transpose(0, 2, 3, 1)
    return value


def stored(value, detail):
    value = layout_of(value, detail["shape"])
    if value.dtype == np.uint8 and detail["dtype"] == np.int8:
        return (value.astype(np.int16) - 128).astype(np.int8)
    assert value.dtype == detail["dtype"], f"the input is {detail['dtype']}, the reference's {value.dtype}"
    return value


def run_layer(path, kept, inputs):
    interpreter = litert.Interpreter(str(path), experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    runner = interpreter.get_signature_runner()
    details, (output,) = runner.get_input_details(), runner.get_output_details().values()
    got = []
    for i in range(len(kept[inputs[0]])):
        result = runner(**{name: stored(kept[name][i], details[name]) for name in inputs})
        got.append(next(iter(result.values())))
    return np.stack(got), output


def compare_layer(command, source, target, layer, kept):
    name, integers, inputs, _ = layer
    target.unlink(missing_ok=True)
    done = subprocess.run([command, "convert", source, "-o", target, "--method", "int8", "--keep-nchw", "--quiet", "--force", "--inputs", ",".join(inputs),
                           "--outputs", name], capture_output=True, text=True)
    if done.returncode:
        return f"exit {done.returncode}: {' '.join(done.stderr.split())[-400:]}"
    got, detail = run_layer(target, kept, inputs)
    wanted = np.stack([layout_of(value, detail["shape"]) for value in kept[name]])
    if integers:
        shift = 128 if wanted.dtype == np.uint8 and got.dtype == np.int8 else 0
        far = np.abs(got.astype(np.int32) + shift - wanted.astype(np.int32)) > 1
    else:
        far = np.abs(got - wanted) > (wanted.max() - wanted.min()) / 255
    return None if far.mean() <= 0.001 else f"{100 * (1 - far.mean()):.2f} % of {far.size} within a step"


def one_network(command, folder, module, sample, label, covered):
    exported = torch.export.export(module, sample)
    source = folder / "model.pt2"
    torch.export.save(exported, source)
    runnable = exported.module()
    layers = layers_of(exported.graph, exported.graph_signature.user_inputs)
    wanted = {name for name, _, inputs, _ in layers for name in [name, *inputs]}
    recorder = Recorder(torch.fx.GraphModule(runnable, runnable.graph), wanted)
    torch.manual_seed(77)
    with torch.no_grad():
        for _ in range(SAMPLES):
            recorder.run(torch.randn(sample[0].shape))
    failed = 0
    for layer in layers:
        covered.update(layer[3])
        outcome = compare_layer(command, source, folder / "layer.tflite", layer, recorder.kept)
        if outcome:
            failed += 1
            print(f"{label}, {layer[0]} ({' '.join(layer[3])}): {outcome}", flush=True)
    return len(layers), failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tinsmith", default=os.environ.get("TINSMITH"), required="TINSMITH" not in os.environ)
    parser.add_argument("--only", default="", help="networks whose label has this in it")
    options = parser.parse_args()
    failed = count = 0
    covered = set()
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("tensor", "channels", "x86"):
            for training in (False, True):
                for name, activation in ACTIVATIONS.items():
                    label = f"{kind}{', in training' if training else ''}, {name}"
                    if options.only not in label:
                        continue
                    module, sample = quantised(kind, training, lambda a=activation: Plain(a), count + 1)
                    layers, wrong = one_network(options.tinsmith, pathlib.Path(folder), module, sample, label, covered)
                    count, failed = count + layers, failed + wrong
    print(f"{count - failed} of {count} quantised layers agree; operators in them: {', '.join(sorted(covered))}")
    sys.exit(failed > 0 or count == 0)


if __name__ == "__main__":
    main()
