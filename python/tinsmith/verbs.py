"""The command's verbs as functions: they take what lives in Python, and return what the command prints with --json, as dicts.

Keyword arguments that a function does not name are the command's options: `keep_nchw=True` is --keep-nchw, `shape={"x": (1, 3, 224, 224)}` is
--shape x=1x3x224x224 (`tinsmith VERB --help` lists them).
"""

import contextlib
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from . import arrays, errors, folders, samples, sources
from .conversion import Conversion, Conversions
from .kinds import AnyModel, Array, Data, Figures, Path

# Of the largest output (float32), or decibels (SQNR): what `convert` demands of its own proof (docs/command.md).
_TOLERANCE = 1e-4
_DECIBELS = {"float16": 30.0, "dynamic_range": 10.0}
_SEED = 1


def _run(*arguments, **options):
    from . import command  # here: what it needs to start processes takes long to import

    return command.run(*arguments, **options)


def convert(model: AnyModel | Conversion, example_inputs: Array | tuple[Array, ...] | Mapping[str, Array] | None = None, *,
            method: str = "float32", data: Data = None, target: str | None = None, output: Path | None = None, verify: bool = True,
            limit: int | None = None, module: str | type | None = None, module_args: Mapping[str, Any] | None = None,
            **options: Any) -> Conversion:
    """Converts a model to TFLite and proves that the file computes the same.

    model: a path (ONNX, Keras, TensorFlow, TFLite, .pt2), the bytes of an ONNX or TFLite file, an onnx.ModelProto, a keras.Model of Keras 2
    or 3, a torch ExportedProgram, or an nn.Module (which stays as it is; it is exported in eval mode with `example_inputs`).
    example_inputs: what a module is called with, batch first: a tensor, a tuple of them, or a dict by argument name.
    method: "float32", "float16", "dynamic_range", "int8" (or "full_integer"), "int16x8".
    data: samples for calibration and proof: an array [samples, ...], a dict of them by input name, an iterable of batches or of (x, y)
    pairs, or a path. At most `limit` samples of an iterable are taken (500).
    target: "tflm" counts only kernels that TFLite Micro has, and writes the form that it takes.
    output: a file (its record and labels lie beside it) or a folder; without it the result is in memory alone.
    module, module_args: of a .pth or .safetensors that holds weights alone: its class, as "classifier.py:ClassifierWrapper" (whose code is run) or
    itself, and the class's arguments; with `example_inputs`.
    verify: compares the file with the source graph, and with the object's own forward pass where the model is an object.

    Raises InputError, UnsupportedError, TargetError, MismatchError; an exception of the data's iterator comes through as it is.
    """
    found = _convert((model, example_inputs, module, module_args), method, data, target, output, verify, limit, options)
    return found[0]


def convert_all(model: AnyModel | Conversion, example_inputs: Array | tuple[Array, ...] | Mapping[str, Array] | None = None, *,
                data: Data = None, target: str | None = None, output: Path | None = None, verify: bool = True, limit: int | None = None,
                module: str | type | None = None, module_args: Mapping[str, Any] | None = None, **options: Any) -> Conversions:
    """Every method that the model and the data allow: a list of Conversion, which `["int8"]` indexes by method too.

    model, example_inputs, data, target, verify, limit, module, module_args: as convert takes them. output: a folder.
    """
    return _convert((model, example_inputs, module, module_args), None, data, target, output, verify, limit, options)


def _convert(what, method, data, target, output, verify, limit, options):
    limit = options.pop("samples", limit)
    with contextlib.ExitStack() as stack:
        data_path = stack.enter_context(samples.stored(data, limit))
        source = stack.enter_context(sources.stored(*what))
        folder = stack.enter_context(folders.temporary()) if output is None else None
        where = output if output is not None else folder if method is None else pathlib.Path(folder, "model.tflite")
        result, _ = _run("convert", source.path, method=method, output=where, data=data_path, target=target,
                                no_verify=not verify, samples=limit if data_path is data else None, **options)
        model_report = {key: value for key, value in result.items() if key != "variants"}
        made, refusals = [], {}
        for variant in result["variants"]:
            if "refusal" in variant:
                refusals[variant["method"]] = variant["refusal"]
                continue
            if verify and source.forward is not None:
                variant["forward"] = _compared_with_forward(source, variant, what[1], data_path)
            record = pathlib.Path(variant["record"])
            if folder is not None and record.is_file():
                variant["record_text"] = record.read_text()
            made.append(Conversion(pathlib.Path(variant["path"]).read_bytes(), variant, model_report))
        return Conversions(made, refusals)


def _compared_with_forward(source, variant, example_inputs, data_path):
    """The agreement of a written file with the object that it was made from, on the example or on up to 16 samples."""
    figures, _ = _run("inspect", source.path)
    inputs = _own_inputs(figures, example_inputs, data_path)
    outputs = source.forward(inputs)
    names = [port["name"] for port in figures["outputs"]]
    if len(names) != len(outputs):
        raise errors.InternalError(f"the model has {len(names)} outputs, its own forward pass returned {len(outputs)}")
    with folders.temporary() as folder:
        given, expected = pathlib.Path(folder, "inputs.npz"), pathlib.Path(folder, "expected.npz")
        np.savez(given, **{port["name"]: _rows(array, port["shape"]) for port, array in zip(figures["inputs"], inputs)})
        np.savez(expected, **{port["name"]: _rows(array, port["shape"]) for port, array in zip(figures["outputs"], outputs)})
        found, _ = _run("compare", variant["path"], data=given, expected=expected, accept=(0, 1))
    method = variant["method"]
    for output in found["outputs"]:
        decibels = output["sqnr_db"]
        apart = output["max_relative_error"] > _TOLERANCE if method == "float32" else \
            decibels is not None and decibels < _DECIBELS.get(method, -np.inf)
        if apart:
            raise errors.MismatchError(f"output '{output['name']}' of the {method} file is {output['max_relative_error']:.2g} (of the largest "
                                       "value) away from the model's own forward pass")
    return found


def _rows(array, shape):
    """Samples along the first axis: the batch of 1 that a model is written with, or the whole array as one sample."""
    one = len(shape) == array.ndim and shape and shape[0] == 1
    return array if one else array[np.newaxis]


def _own_inputs(figures, example_inputs, data_path, most=16):
    if data_path is not None and pathlib.Path(data_path).suffix in (".npy", ".npz"):
        with contextlib.closing(np.load(data_path)) if str(data_path).endswith(".npz") else contextlib.nullcontext(
                np.load(data_path, mmap_mode="r")) as stored:
            if isinstance(stored, np.ndarray):
                return [_real(stored[:most])]
            names = [name for name in stored.files if name not in ("y", "label", "labels")]
            order = [port["name"] for port in figures["inputs"]]
            return [_real(stored[name][:most]) for name in (order if set(order) <= set(names) else names)]
    if example_inputs is not None:
        return arrays.flat(example_inputs)
    random = np.random.default_rng(_SEED)
    return [random.standard_normal(port["shape"]).astype(port["dtype"]) for port in figures["inputs"]]


def _real(array):
    return np.asarray(array, np.float32) if array.dtype.kind in "fu" else np.asarray(array)


def validate(model: AnyModel | Conversion, reference: AnyModel | None = None, data: Data = None, *, labels: Path | Array | None = None,
             **options: Any) -> Figures:
    """May the model take its source's place? The figures of `tinsmith validate` with `passed`.

    model, reference: paths, or a Conversion for the model. data: as convert takes it. labels (or labels_data): a class for each sample: an
    array or a path.
    """
    labels = options.pop("labels_data", labels)
    with contextlib.ExitStack() as stack:
        data_path = stack.enter_context(samples.stored(data, limit=1 << 62))
        label_path = stack.enter_context(samples.stored(labels))
        source = stack.enter_context(sources.stored(reference)).path if reference is not None else None
        result, code = _run("validate", stack.enter_context(_file(model)), reference=source, data=data_path, labels_data=label_path,
                                   accept=(0, 1), **options)
    return {**result, "passed": code == 0}


def compare(source: AnyModel | Conversion, result: AnyModel | Conversion, data: Data = None, **options: Any) -> Figures:
    """Two models on the same samples: `outputs` with max_relative_error and sqnr_db, top1_agreement (0 to 1), and `passed`.

    source, result: models of any kind. data: as convert takes it; without it random samples.
    """
    with contextlib.ExitStack() as stack:
        data_path = stack.enter_context(samples.stored(data, limit=1 << 62))
        first, second = (stack.enter_context(_file(model)) for model in (source, result))
        found, code = _run("compare", first, second, data=data_path, accept=(0, 1), **options)
    return {**found, "passed": code == 0}


def benchmark(model: AnyModel | Conversion, *, runs: int = 100, warmup: int = 10, threads: int = 1, runtime: str | None = None,
              **options: Any) -> Figures:
    """Latency here and in LiteRT where it is installed, in milliseconds: mean_ms, median_ms, p95_ms, ... of single inferences and batches;
    throughput_fps in inferences a second.

    model: of any kind. runs: inferences that are measured, after `warmup` others. threads: samples of a batch side by side. runtime:
    "tinsmith", "litert" or "all".
    """
    with _file(model) as path:
        return _run("bench", path, runs=runs, warmup=warmup, threads=threads, runtime=runtime, **options)[0]


def inspect(model: AnyModel | Conversion, **options: Any) -> Figures:
    """Operators, shapes, parameters, multiply-accumulates, bytes and memory of a model of any kind; the tensors of a checkpoint (.pth,
    .safetensors)."""
    with _file(model) as path:
        return _run("inspect", path, **options)[0]


def plan(model: AnyModel | Conversion, **options: Any) -> Figures:
    """Where the activations of a model lie: arena_bytes, lower_bound_bytes, the order of operators, offsets and sizes in bytes."""
    with _file(model) as path:
        return _run("plan", path, **options)[0]


def fit(model: AnyModel | Conversion, target: Path, **options: Any) -> Figures:
    """Does the model fit the board? Each of `figures` with value, unit (bytes, ms, mJ), limit and status; and `fits`.

    target: a board's name (`tinsmith fit --list`), or the path of a .json that describes one.
    """
    with _file(model) as path:
        return _run("fit", path, target=target, accept=(0, 4), **options)[0]


def recommend(target: str, *, accuracy: float | None = None, **options: Any) -> Figures:
    """Which method for which target ("mobile", "microcontroller", ...), and why.

    accuracy: how much of the source's accuracy must stay, in per cent: 99.5.
    """
    return _run("recommend", target=target, accuracy=accuracy, **options)[0]


def export(model: AnyModel | Conversion, output: Path, *, format: str = "c", data: Data = None, limit: int | None = None,
           **options: Any) -> Figures:
    """Files for a device in the folder `output`; returns `files` and the memory that they need, arena_bytes.

    model: of any kind. format: "c" (C99 without a runtime), "tflm", "header" or "edgetpu". data, limit: as convert takes them.
    """
    with contextlib.ExitStack() as stack:
        data_path = stack.enter_context(samples.stored(data, limit))
        return _run("export", stack.enter_context(_file(model)), output=output, format=format, data=data_path, **options)[0]


def hdc(file: Path | None, output: Path, *, model: Path | Conversion | None = None, data: Data = None, **options: Any) -> Figures:
    """A hyperdimensional classifier as C in the folder `output`, measured on `data` where there is any.

    file: projection [features, dimensions] and prototypes [classes, dimensions], a .pth, .safetensors or .npz; None with `train=True`, which
    makes a classifier of `data` and its classes and leaves it as output/hdc.npz. model: the feature extractor, int8. data: as convert takes it.
    """
    with contextlib.ExitStack() as stack:
        data_path = stack.enter_context(samples.stored(data, limit=1 << 62))
        features = stack.enter_context(_file(model)) if model is not None else None
        return _run("hdc", *([] if file is None else [file]), output=output, model=features, data=data_path, **options)[0]


@contextlib.contextmanager
def _file(model: AnyModel | Conversion) -> Iterator[Path]:
    """A model of any kind, or a Conversion, as a path."""
    if isinstance(model, Conversion):
        with folders.temporary() as folder:
            yield model.save(pathlib.Path(folder, f"model_{model.method}.tflite"))
        return
    with sources.stored(model) as source:
        yield source.path
