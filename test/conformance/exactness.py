"""Integer models and whether three runtimes agree on them bit for bit: tinsmith, LiteRT's reference kernels and TFLite Micro.

Run as a program it reports on tinsmith, model by model; with --write it writes the table of docs/exactness.md.
"""

import argparse
import dataclasses
import pathlib
import tempfile

import numpy as np
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

import litert
import tinsmith

PAGE = tinsmith.ROOT / "docs/exactness.md"
MODELS, CORPUS = tinsmith.SHARED / "models", tinsmith.SHARED / "corpus"
DTYPES = {schema.TensorType.FLOAT32: np.float32, schema.TensorType.INT8: np.int8, schema.TensorType.UINT8: np.uint8,
          schema.TensorType.INT16: np.int16, schema.TensorType.INT32: np.int32}
RANDOM, MOST_REAL = 6, 20
# Ways of running tinsmith: what each adds to the command line and to the environment.
WAYS = {"fast": ([], {}), "plain": (["--plain"], {}), "without VNNI": ([], {"DNNL_MAX_CPU_ISA": "AVX512_CORE"}),
        "on AVX2": ([], {"DNNL_MAX_CPU_ISA": "AVX2"})}


@dataclasses.dataclass
class Input:
    shape: tuple
    dtype: type
    scale: float  # 0: real numbers
    zero_point: int

    def stored(self, real):
        """Samples of real numbers as the model takes them."""
        real = np.asarray(real, np.float32).reshape(-1, *self.shape)
        if self.scale == 0:
            return real.astype(self.dtype)
        limits = np.iinfo(self.dtype)
        return np.clip(np.round(real / self.scale) + self.zero_point, limits.min, limits.max).astype(self.dtype)


def opened(path):
    return schema.Model.GetRootAsModel(path.read_bytes(), 0)


def is_integer(path):
    """Whether the file stores quantised weights or activations."""
    graph = opened(path).Subgraphs(0)
    tensors = [graph.Tensors(i) for i in range(graph.TensorsLength())]
    return any(t.Type() in (schema.TensorType.INT8, schema.TensorType.UINT8, schema.TensorType.INT16) and t.Quantization()
               and t.Quantization().ScaleLength() > 0 for t in tensors)


def inputs_of(path):
    graph = opened(path).Subgraphs(0)
    found = []
    for tensor in (graph.Tensors(i) for i in graph.InputsAsNumpy()):
        quant = tensor.Quantization()
        scaled = quant and quant.ScaleLength() > 0
        found.append(Input(tuple(map(int, tensor.ShapeAsNumpy())), DTYPES[tensor.Type()], float(quant.Scale(0)) if scaled else 0,
                           int(quant.ZeroPoint(0)) if scaled else 0))
    return found


def models():
    files = [path for folder in (CORPUS, MODELS) for path in sorted(folder.rglob("*.tflite"))]
    return [path for path in files if is_integer(path)]


def bitmap(path):
    """The pixels of an uncompressed .bmp of 8 or 24 bits, as [height, width, 3] in RGB."""
    data = path.read_bytes()
    start, width, height = (int.from_bytes(data[at:at + 4], "little", signed=True) for at in (10, 18, 22))
    channels = int.from_bytes(data[28:30], "little") // 8
    row = (width * channels + 3) // 4 * 4
    pixels = np.frombuffer(data, np.uint8, row * abs(height), start).reshape(abs(height), row)[:, :width * channels]
    pixels = pixels.reshape(abs(height), width, channels)[::-1 if height > 0 else 1]
    if channels == 3:
        return pixels[..., ::-1]
    colours = (start - 54) // 4
    palette = np.frombuffer(data, np.uint8, 4 * colours, 54).reshape(-1, 4)[:, 2::-1]
    return palette[pixels[..., 0]]


def picture(path, input):
    """A picture as stored pixels of an image input, by the nearest pixel."""
    pixels = bitmap(path)
    rows, columns = (np.arange(n) * have // n for n, have in zip(input.shape[1:3], pixels.shape))
    pixels = pixels[rows][:, columns]
    if input.shape[3] == 1:
        pixels = pixels[..., 1:2]
    if np.issubdtype(input.dtype, np.floating):
        return (pixels / np.float32(255)).astype(input.dtype)[None]
    limits = np.iinfo(input.dtype)
    return (pixels.astype(np.int32) + limits.min).astype(input.dtype)[None]


def real_samples(path, input):
    """Data that lies beside the model, stored as it takes them; nothing where there is none."""
    name = path.name
    if path.parent.name in ("gesture", "digits", "spectral"):
        return input.stored(np.load(path.parent / "test_x.npy")[:MOST_REAL])
    if path.parent.name == "tinynas":
        return input.stored(np.load(path.parent / "test_x.npy")[:MOST_REAL].transpose(0, 2, 3, 1))
    if path.parent.name == "coral":
        return picture(CORPUS / "coral/cat.bmp", input)
    if name in ("person_detect.tflite", "vww96_q.tflite"):
        return np.concatenate([picture(CORPUS / "tflm" / which, input) for which in ("person.bmp", "no_person.bmp")])
    if name.startswith("mnist_") and path.parent.name == "tinymaix":
        pictures = sorted((CORPUS / "tinymaix/mnist_bmp").glob("*.bmp"))
        return np.concatenate([picture(p, input) for p in pictures[:MOST_REAL]])
    if path.parent.name == "mlperf_kws":
        files = sorted((CORPUS / "mlonmcu/aww/input").glob("*.bin"))
        return input.stored(np.stack([np.fromfile(file, np.float32) for file in files]))
    if path.parent.name == "mlperf_sww":
        stored = np.load(CORPUS / "mlperf_sww/calibration_samples.npz")
        return input.stored(stored[stored.files[0]][:MOST_REAL])
    return np.empty((0, *input.shape), input.dtype)


def random_samples(input, seed):
    """Noise over the whole range, and both ends of it."""
    random = np.random.default_rng(seed)
    if not np.issubdtype(input.dtype, np.integer):
        ends = np.float32([-1e3, 1e3])
        noise = random.standard_normal((RANDOM, *input.shape)).astype(input.dtype)
    else:
        ends = np.array([np.iinfo(input.dtype).min, np.iinfo(input.dtype).max])
        noise = random.integers(ends[0], ends[1], (RANDOM, *input.shape), input.dtype, endpoint=True)
    return np.concatenate([noise, *(np.full((1, *input.shape), end, input.dtype) for end in ends)])


def samples_of(path):
    """[samples] by input. Variables keep their contents from one sample to the next."""
    inputs = inputs_of(path)
    drawn = [random_samples(input, seed) for seed, input in enumerate(inputs)]
    real = [real_samples(path, input).reshape(-1, *input.shape) for input in inputs] if len(inputs) == 1 else []
    return [np.concatenate(pair) for pair in zip(drawn, real)] if real else drawn


def by_sample(arrays):
    return list(zip(*arrays, strict=True))


def run_tinsmith(command, path, arrays, options=(), environment=None):
    """Outputs by position, a sample after the other; a sentence where tinsmith refuses."""
    assert len(arrays) == 1, "several inputs go by name"
    with tempfile.TemporaryDirectory() as folder:
        x, y = pathlib.Path(folder) / "x.npy", pathlib.Path(folder) / "y.npz"
        np.save(x, arrays[0])
        done = tinsmith.call(command, "run", path, "--data", x, "-o", y, *options, timeout=300, environment=environment)
        if done.code != 0:
            return done.sentence()
        ran = np.load(y)
        return [ran[name] for name in ran.files]


def run_runtime(runner, path, arrays, kind):
    result = runner.run(path, by_sample(arrays), kind)
    return result.error or [np.stack(output) for output in by_sample(result.outputs)]


def difference(ours, theirs):
    """A sentence on how two lists of outputs differ; empty where they are equal bit for bit."""
    parts = []
    for a, b in zip(ours, theirs, strict=True):
        a = a.reshape(b.shape)
        if a.dtype != b.dtype:
            return f"{a.dtype} is not {b.dtype}"
        if a.tobytes() == b.tobytes():
            continue
        apart = a != b
        if np.issubdtype(a.dtype, np.integer):
            worst = int(np.abs(a.astype(np.int64) - b.astype(np.int64)).max())
            parts.append(f"{apart.mean():.2%} of {a.size:,} elements, by up to {worst} step{'s' if worst > 1 else ''}")
        else:
            parts.append(f"{apart.mean():.2%} of {a.size:,} elements, by up to {np.abs(a - b).max():.2g}")
    return "; ".join(parts)


@dataclasses.dataclass
class Verdict:
    """What the two runtimes made of a model, and which of them decides."""

    lite: list | str
    micro: list | str

    @property
    def decides(self):
        return self.lite if isinstance(self.micro, str) else self.micro

    def line(self, path, samples):
        def reason(error):
            return "refuses it: " + error.split(".")[0] if "failed to allocate" not in error else "refuses it"

        if isinstance(self.micro, str):
            note = f"TFLite Micro {reason(self.micro)}; LiteRT decides"
        elif isinstance(self.lite, str):
            note = f"LiteRT {reason(self.lite)}; TFLite Micro decides"
        else:
            apart = difference(self.lite, self.micro)
            note = f"differ in {apart}; TFLite Micro decides" if apart else "equal"
        return f"| {path.relative_to(tinsmith.SHARED)} | {samples} | {note} |"


def verdict(runner, path, arrays):
    return Verdict(run_runtime(runner, path, arrays, "BUILTIN_REF"), run_runtime(runner, path, arrays, litert.MICRO))


def table(runner):
    lines = ["| model | samples | LiteRT and TFLite Micro |", "|---|---|---|"]
    for path in models():
        arrays = samples_of(path)
        lines.append(verdict(runner, path, arrays).line(path, len(arrays[0])))
    return "\n".join(lines) + "\n"


BEGIN, END = "<!-- models: written by test/conformance/exactness.py --write -->\n", "<!-- end of models -->\n"


def stored_table():
    return PAGE.read_text().split(BEGIN)[1].split(END)[0]


def report(runner, only):
    """How tinsmith stands to the runtime that decides, model by model."""
    command = tinsmith.find_command()
    for path in models():
        if only not in str(path):
            continue
        arrays = samples_of(path)
        expected = verdict(runner, path, arrays).decides
        for way, (options, environment) in WAYS.items():
            ours = run_tinsmith(command, path, arrays, options, environment)
            print(f"{path.relative_to(tinsmith.SHARED)} {way}:",
                  ours if isinstance(ours, str) else difference(ours, expected) or "exact", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table into docs/exactness.md")
    parser.add_argument("--only", default="", help="report on models whose path contains this")
    options = parser.parse_args()
    runner = litert.Runner()
    if options.write:
        before, rest = PAGE.read_text().split(BEGIN)
        PAGE.write_text(before + BEGIN + table(runner) + END + rest.split(END)[1])
    else:
        report(runner, options.only)
    runner.close()


if __name__ == "__main__":
    main()
