"""Networks drawn at random through every method: floats beside ONNX Runtime, integers bit for bit beside TFLite Micro (or, where that computes no such
model, accepted by LiteRT and near what it computes), fast kernels beside plain ones. SEED=N and COUNT=N draw others."""

import os

import exactness
import litert
import numpy as np
import onnx
import onnxruntime
import pytest
import random_networks
import tinsmith

SEED, COUNT, GROUPS = int(os.environ.get("SEED", 0)), int(os.environ.get("COUNT", 96)), 8
SAMPLES = 12
# What integers must keep of a network of random weights, in decibels, in LiteRT: far less than trained ones keep, far more than nothing.
LEAST = 3
MOST_STEPS = {"int8": 40, "int16x8": 2000}  # by which LiteRT may be apart from TFLite Micro's arithmetic after normalisations


def reference(model, samples):
    options = onnxruntime.SessionOptions()
    options.log_severity_level, options.graph_optimization_level = 4, onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    results = [session.run(None, {name: x[i:i + 1] for name, x in samples.items()}) for i in range(SAMPLES)]
    return {name: np.concatenate([result[k] for result in results]) for k, name in enumerate(names)}


def decibels(got, wanted):
    error = ((got - wanted) ** 2).sum()
    return 99.0 if error == 0 else 10 * np.log10((wanted**2).sum() / error)


class Case:
    def __init__(self, seed, command, folder, runner):
        self.command, self.folder, self.runner, self.wrong = command, folder, runner, []
        self.model, random = random_networks.Network(seed).model(), np.random.default_rng(seed)
        if self.model is None:
            return
        onnx.save(self.model, folder / "network.onnx")
        shapes = {p.name: [d.dim_value for d in p.type.tensor_type.shape.dim] for p in self.model.graph.input}
        self.samples = {name: random.uniform(-1.5, 1.5, (SAMPLES, *shape[1:])).astype(np.float32) for name, shape in shapes.items()}
        np.savez(folder / "x.npz", **self.samples)
        self.wanted = reference(self.model, self.samples)

    def is_tame(self):
        """Neither overflowing nor dead: of such outputs nothing can be said."""
        sizes = [np.abs(y).max() for y in self.wanted.values()]
        return all(1e-3 < size < 1e4 for size in sizes)

    def call(self, *words):
        return tinsmith.call(self.command, *words, "--quiet")

    def check(self):
        self.check_floats()
        for method in ("int8", "int16x8"):
            self.check_integers(method)

    def converted(self, method):
        path = self.folder / f"{method}.tflite"
        done = self.call("convert", self.folder / "network.onnx", "-o", path, "--method", method, "--data", self.folder / "x.npz", "--keep-nchw",
                         "--no-verify", "--force")
        if done.code == 0:
            return path
        if done.code != tinsmith.UNSUPPORTED:
            self.wrong.append(f"{method}: convert ends with {done.code}: {done.sentence()}")
        return None

    def check_floats(self):
        path = self.converted("float32")
        for kind in litert.KINDS if path else ():
            ran = self.runner.run(path, [{name: x[i:i + 1] for name, x in self.samples.items()} for i in range(2)], kind)
            if ran.error:
                self.wrong.append(f"float32 in {kind}: {ran.error}")
                continue
            for name, wanted in self.wanted.items():
                got = np.concatenate([output[name] for output in ran.outputs])
                apart = np.abs(got - wanted[:2]).max() / np.abs(wanted).max()
                if apart > 1e-4:
                    self.wrong.append(f"float32 in {kind}: {name} is {apart:.1e} apart")

    def check_integers(self, method):
        path = self.converted(method)
        if path is None:
            return
        stored = self.stored(path)
        mine = [self.ran(path, stored, *words) for words in ((), ("--plain",))]
        if any(outputs is None for outputs in mine):
            return
        for name, fast in mine[0].items():
            if not np.array_equal(fast, mine[1][name]):
                self.wrong.append(f"{method}: the fast kernels' {name} is not the plain ones'")
        by_sample = [[x[i:i + 1] for x in stored.values()] for i in range(SAMPLES)]
        micro = self.runner.run(path, by_sample, litert.MICRO)
        if not micro.error and is_integer_throughout(path):
            self.compare(method, "TFLite Micro", path, micro.outputs, mine[1], 0)
        ran = self.runner.run(path, by_sample, "BUILTIN_REF")
        if ran.error:
            self.wrong.append(f"{method} in LiteRT: {ran.error}")
        else:
            self.compare(method, "LiteRT", path, ran.outputs, mine[1], MOST_STEPS[method])

    def stored(self, path):
        graph = exactness.opened(path).Subgraphs(0)
        names = [graph.Tensors(i).Name().decode() for i in graph.InputsAsNumpy()]
        inputs = {name: input.stored(self.samples[name]).reshape(SAMPLES, *input.shape[1:])
                  for name, input in zip(names, exactness.inputs_of(path))}
        np.savez(self.folder / "stored.npz", **inputs)
        return inputs

    def ran(self, path, stored, *words):
        done = self.call("run", path, "--data", self.folder / "stored.npz", "-o", self.folder / "y.npz", *words)
        if done.code:
            self.wrong.append(f"{path.stem}: run ends with {done.code}: {done.sentence()}")
            return None
        with np.load(self.folder / "y.npz") as outputs:
            return dict(outputs)

    def compare(self, method, runtime, path, outputs, mine, most_steps):
        graph = exactness.opened(path).Subgraphs(0)
        for place, tensor in enumerate(graph.Tensors(i) for i in graph.OutputsAsNumpy()):
            name, quant = tensor.Name().decode(), tensor.Quantization()
            got = np.concatenate([np.asarray(output[place]) for output in outputs]).astype(np.float64)
            apart = np.abs(got - mine[name]).max()
            if quant is None or quant.ScaleLength() == 0:
                if apart > 1e-4 * np.abs(got).max():
                    self.wrong.append(f"{method}: {name} is {apart} apart in {runtime}")
                continue
            if apart > most_steps:
                self.wrong.append(f"{method}: {name} is {apart:.0f} steps apart in {runtime}")
            kept = decibels((got - quant.ZeroPoint(0)) * quant.Scale(0), self.wanted[name])
            if kept < LEAST:
                self.wrong.append(f"{method}: {name} keeps {kept:.1f} dB in {runtime}")


def is_integer_throughout(path):
    schema, graph = exactness.schema, exactness.opened(path).Subgraphs(0)
    return all(graph.Tensors(i).Type() != schema.TensorType.FLOAT32 for i in range(graph.TensorsLength()))


@pytest.mark.parametrize("group", range(GROUPS))
def test_random_networks(group, command, tmp_path):
    runner, wrong, checked = litert.Runner(), [], 0
    for seed in range(SEED + group, SEED + COUNT, GROUPS):
        case = Case(seed, command, tmp_path, runner)
        if case.model is None or not case.is_tame():
            continue
        case.check()
        checked += 1
        wrong += [f"seed {seed}: {line}" for line in case.wrong]
    runner.close()
    assert not wrong, "\n".join(wrong)
    assert checked >= COUNT // GROUPS // 2
