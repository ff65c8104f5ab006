"""Models as the command reads them: a path as it is; objects of PyTorch, Keras and ONNX as a file that lives as long as it is needed."""

import contextlib
import copy
import os
import pathlib

from . import arrays, checkpoints, errors, folders


class Source:
    """path: what the command reads. forward: the object's own forward pass, from arrays to a list of arrays; None for files."""

    def __init__(self, path, forward=None):
        self.path, self.forward = path, forward


@contextlib.contextmanager
def stored(model, example_inputs=None, module=None, module_args=None):
    """A Source. module, module_args: the class of a checkpoint (checkpoints.module_of). example_inputs: what an nn.Module is exported with: a tensor or array, a tuple of them, or a dict by argument name.

    Raises InputError for what is no model, UnsupportedError for a module that torch.export cannot export.
    """
    if module is not None:
        model = checkpoints.module_of(model, module, module_args)
    if isinstance(model, (str, os.PathLike)):
        yield Source(model)
        return
    with folders.temporary() as folder:
        yield _written(model, example_inputs, pathlib.Path(folder))


def _written(model, example_inputs, folder):
    if isinstance(model, (bytes, bytearray, memoryview)):
        content = bytes(model)
        path = folder / ("model.tflite" if content[4:8] == b"TFL3" else "model.onnx")
        path.write_bytes(content)
        return Source(path)
    if arrays.comes_from(model, "onnx", "ModelProto"):
        (folder / "model.onnx").write_bytes(model.SerializeToString())
        return Source(folder / "model.onnx")
    if arrays.comes_from(model, "torch.nn", "Module"):
        return _module(model, example_inputs, folder)
    if arrays.comes_from(model, "torch.export", "ExportedProgram"):
        return Source(_program(model, folder), _torch_forward(model.module()))
    if arrays.comes_from(model, "keras", "Model"):
        model.save(folder / "model.keras")
        return Source(folder / "model.keras", _keras_forward(model))
    if arrays.comes_from(model, "tf_keras", "Model"):
        model.save(str(folder / "model.h5"))
        return Source(folder / "model.h5", _keras_forward(model))
    raise errors.InputError(f"a {type(model).__module__}.{type(model).__qualname__} is no model: expected a path, an nn.Module, an "
                            "ExportedProgram, a keras.Model, an onnx.ModelProto, or the bytes of an ONNX or TFLite file")


def _module(module, example_inputs, folder):
    if example_inputs is None:
        raise errors.InputError("an nn.Module needs example_inputs: one sample (or batch) that it is called with, e.g. "
                                "torch.randn(1, 3, 224, 224)")
    frozen = copy.deepcopy(module).eval()
    return Source(_program(exported(frozen, example_inputs), folder), _torch_forward(frozen))


def exported(module, example_inputs):
    """The ExportedProgram of an nn.Module that is in eval mode already. Raises UnsupportedError with torch's reason."""
    import torch

    args, kwargs = _arguments(example_inputs)
    try:
        with torch.no_grad():
            return torch.export.export(module, args, kwargs)
    except Exception as error:  # whatever torch raises is its reason, not ours
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise errors.UnsupportedError(f"torch.export cannot export this module: {reason}\nData-dependent branches and loops must go; "
                                      "torch.onnx.export and its file are another way in.") from error


def _arguments(example_inputs):
    import torch

    def tensor(value):
        return value if isinstance(value, torch.Tensor) else torch.as_tensor(value)

    if isinstance(example_inputs, dict):
        return (), {name: tensor(value) for name, value in example_inputs.items()}
    if isinstance(example_inputs, (tuple, list)):
        return tuple(map(tensor, example_inputs)), {}
    return (tensor(example_inputs),), {}


def _program(program, folder):
    save(program, folder / "model.pt2")
    return folder / "model.pt2"


def save(program, path):
    """Writes an ExportedProgram."""
    import torch

    torch.export.save(program, str(path))


def _torch_forward(module):
    def forward(inputs):
        import torch

        with torch.no_grad():
            return arrays.flat(module(*map(torch.as_tensor, inputs)))

    return forward


def _keras_forward(model):
    return lambda inputs: arrays.flat(model(inputs[0] if len(inputs) == 1 else list(inputs), training=False))
