"""Real models: where they lie, what to feed them, and what their files may weigh."""

import dataclasses
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

import tinsmith

MODELS, CORPUS = tinsmith.SHARED / "models", tinsmith.SHARED / "corpus"
LIGHT = pathlib.Path(onnx.__file__).parent / "backend/test/data/light"
SAMPLES = 4
# dB. float16 keeps 11 bits of each weight; int8 weights and activations that are quantised as they come keep about 7.
LEAST_SQNR = {"float16": 50, "dynamic_range": 20}


@dataclasses.dataclass
class Model:
    path: pathlib.Path
    data: str = ""  # file of samples beside the model; random ones without
    prepare: object = lambda x: x.astype(np.float32)
    most_operators: int = 0  # the fewest of any peer (shared/baselines.md); 0: no figure
    most_bytes: int = 0
    no_transpose: bool = False
    least_sqnr: dict = dataclasses.field(default_factory=lambda: dict(LEAST_SQNR))
    random_weights: bool = False  # a light model: constants replaced by seeded random weights

    @property
    def name(self):
        return f"{self.path.parent.name}/{self.path.stem}" + ("_random" if self.random_weights else "")


def imagenet(u8):
    mean, std = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
    return ((u8 / np.float32(255) - mean) / std).transpose(0, 3, 1, 2).astype(np.float32)


def unit(u8):
    return (u8 / 255).astype(np.float32)


def tinynas(variant, **more):
    return Model(MODELS / f"tinynas/tinynas_{variant}.onnx", "test_x.npy", no_transpose=True, most_operators=33, **more)


SHARED_MODELS = [
    Model(CORPUS / "alibaba_onnx/model_ic.onnx"),
    Model(CORPUS / "espdl/streaming_model.onnx"),
    Model(CORPUS / "onnx2c/mnist_model.onnx"),
    Model(CORPUS / "silero/silero_vad_openvino_16k.onnx"),
    Model(CORPUS / "ulfd/version-slim-320.onnx", no_transpose=True),
    Model(MODELS / "digits/digits.onnx", "test_x.npy", most_operators=10, most_bytes=95_964),
    Model(MODELS / "gesture/gesture.onnx", "test_x.npy", most_operators=4, most_bytes=60_460),
    Model(MODELS / "spectral/spectral.onnx", "test_x.npy", most_operators=28, most_bytes=18_196),
    # The recurrent peers write a WHILE (107 and 134 KB) or 933 and 785 operators unrolled (230 and 234 KB).
    Model(MODELS / "gru/gru_op17.onnx", "test_x.npy", most_operators=600, most_bytes=230_000),
    Model(MODELS / "gru/gru_dynamo.onnx", "test_x.npy", most_operators=600, most_bytes=230_000),
    Model(MODELS / "lstm/lstm_op17.onnx", "test_x.npy", most_operators=785, most_bytes=134_000),
    Model(MODELS / "lstm/lstm_dynamo.onnx", "test_x.npy", most_operators=785, most_bytes=134_000),
    # Random weights: TensorFlow's own float16 and dynamic range files are 38.4 and 13.7 dB from the source.
    Model(MODELS / "mobilenetv2/mobilenetv2_op13.onnx", "calib_u8.npy", imagenet, 69, 13_978_352, no_transpose=True,
          least_sqnr={"float16": 38.3, "dynamic_range": 13.7}),
    tinynas("op11", most_bytes=299_048),
    tinynas("op17", most_bytes=299_048),
    tinynas("dynamo", most_bytes=299_048),
    tinynas("feat_op13"),
    Model(MODELS / "vit/vit_op17.onnx", "test_x.npy", most_operators=194, most_bytes=1_930_000),
    Model(MODELS / "vit/vit_dynamo.onnx", "test_x.npy", most_operators=194, most_bytes=1_930_000),
    Model(MODELS / "yolov5n/yolov5n_op13.onnx", "calib_u8.npy", unit, 263, 7_630_000,
          least_sqnr={"float16": 49, "dynamic_range": 20}),  # random weights
]
EXAMPLE = Model(tinsmith.ROOT / "examples/digits/digits.onnx", "digits_test.npz", most_operators=9, most_bytes=67_448)


def unlisted():
    """Models in ../shared that have no line above: they are tested all the same."""
    known = {model.path for model in SHARED_MODELS}
    found = [*CORPUS.rglob("*.onnx"), *MODELS.rglob("*.onnx")] if tinsmith.SHARED.is_dir() else []
    return [Model(path) for path in sorted(found) if path not in known]


def light_models():
    """The nine architectures of the onnx wheel as they are, every weight a constant, and again with weights that tell channels apart."""
    paths = sorted(LIGHT.glob("*.onnx"))
    return [Model(path) for path in paths] + [Model(path, random_weights=True) for path in paths]


def with_random_weights(path, target):
    """Each ConstantOfShape of a light model becomes an initialiser: He-normal where it is a weight, 0.5 to 1.5 where it is a vector."""
    model = onnx.load(path)
    graph, rng = model.graph, np.random.default_rng(1)
    shapes = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in [node for node in graph.node if node.op_type == "ConstantOfShape"]:
        shape = shapes[node.input[0]]
        if len(shape) < 2:
            values = rng.uniform(0.5, 1.5, shape).astype(np.float32)
        else:
            values = rng.standard_normal(shape, dtype=np.float32) * np.float32(np.sqrt(1 / np.prod(shape[1:])))
        graph.node.remove(node)
        graph.initializer.append(numpy_helper.from_array(values, node.output[0]))
    onnx.save(model, target)


def samples_of(model, session):
    """A list of {input: array}: stored test data where there is some, else seeded random values. Unknown dimensions are 1."""
    rng = np.random.default_rng(0)
    inputs = session.get_inputs()
    if model.data:
        stored = np.load(model.path.parent / model.data)
        x = model.prepare((stored[inputs[0].name] if model.data.endswith(".npz") else stored)[:SAMPLES])
        return [{inputs[0].name: np.ascontiguousarray(x[i : i + 1])} for i in range(len(x))]
    shapes = {i.name: [d if isinstance(d, int) else 1 for d in i.shape] for i in inputs}
    count = 1 if model.path.parent == LIGHT else SAMPLES
    return [{name: rng.uniform(-1, 1, shape).astype(np.float32) for name, shape in shapes.items()} for _ in range(count)]


def open_session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options)


def save_samples(path, samples):
    """One array per name, its first extent the samples (in the place of a batch of one)."""
    np.savez(path, **{name: np.stack([sample[name] for sample in samples]) for name in samples[0]})


def reference(path, model):
    """Samples, and ONNX Runtime's outputs for them: a list of {output: array}."""
    session = open_session(path)
    names = [output.name for output in session.get_outputs()]
    samples = samples_of(model, session)
    return samples, [dict(zip(names, session.run(names, sample))) for sample in samples]


def to_layout(array, shape):
    """The array as the other side wants it: as it is, or channels moved last or first."""
    if array.shape == tuple(shape):
        return array
    for moved in (np.moveaxis(array, 1, -1), np.moveaxis(array, -1, 1)) if array.ndim > 2 else ():
        if moved.shape == tuple(shape):
            return np.ascontiguousarray(moved)
    raise ValueError(f"shape {array.shape} cannot be {tuple(shape)}")


def relative_error(actual, expected):
    """Largest difference over largest value, over all samples, of the worst output."""
    worst = 0.0
    for name in expected[0]:
        e = np.stack([sample[name] for sample in expected])
        a = np.stack([to_layout(sample[name], e.shape[1:]) for sample in actual])
        assert np.isfinite(a).all(), f"{name} is not finite"
        worst = max(worst, float(np.abs(a - e).max() / max(np.abs(e).max(), 1e-30)))
    return worst


def sqnr(actual, expected):
    """Signal to noise in dB, over all samples, of the worst output."""
    worst = np.inf
    for name in expected[0]:
        e = np.stack([sample[name] for sample in expected]).astype(np.float64)
        a = np.stack([to_layout(sample[name], e.shape[1:]) for sample in actual]).astype(np.float64)
        worst = min(worst, 10 * np.log10((e**2).sum() / max(((a - e) ** 2).sum(), 1e-60)))
    return float(worst)
