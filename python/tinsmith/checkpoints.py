"""A state dict and the Python class that it belongs to: what a .pth lacks to be a model."""

import importlib.util
import os
import pathlib

from . import errors

_LISTED = 8  # keys that an error names


def module_of(path, module, module_args=None):
    """The nn.Module of `module` ("classifier.py:ClassifierWrapper", or the class itself) with the weights of a .pth, .pt or .safetensors.

    The Python file's code is run; the checkpoint's is not: only tensors are taken from it. Weights are loaded strictly: missing and unexpected
    keys are an InputError that lists them.
    """
    made = _class_of(module)(**(module_args or {}))
    state = _state(path)
    try:
        made.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise errors.InputError(f"{os.fspath(path)} is no state of {type(made).__name__}: {_differences(made, state) or error}") from error
    return made.eval()


def _class_of(module):
    if not isinstance(module, str):
        return module
    file, separator, name = module.rpartition(":")
    if not separator:
        raise errors.InputError(f"module '{module}': expected FILE.py:CLASS")
    if not pathlib.Path(file).is_file():
        raise errors.InputError(f"module '{module}': there is no file '{file}'")
    spec = importlib.util.spec_from_file_location(pathlib.Path(file).stem, file)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    if not hasattr(loaded, name):
        classes = ", ".join(key for key, value in vars(loaded).items() if isinstance(value, type)) or "none"
        raise errors.InputError(f"module '{module}': {file} has no '{name}'; its classes are {classes}")
    return getattr(loaded, name)


def _state(path):
    if os.fspath(path).endswith(".safetensors"):
        from safetensors.torch import load_file

        return load_file(path)
    import torch

    state = torch.load(path, map_location="cpu", weights_only=True)
    for key in ("state_dict", "model_state_dict", "model"):
        if isinstance(state, dict) and isinstance(state.get(key), dict):
            return state[key]
    return state


def _differences(module, state):
    wanted, given = module.state_dict(), state
    lines = [("missing", sorted(set(wanted) - set(given))), ("unexpected", sorted(set(given) - set(wanted))),
             ("of another shape", [f"{k} {list(given[k].shape)}, expected {list(wanted[k].shape)}" for k in wanted
                                   if k in given and given[k].shape != wanted[k].shape])]
    return "; ".join(f"{what}: {', '.join(keys[:_LISTED])}{f' and {len(keys) - _LISTED} more' if len(keys) > _LISTED else ''}"
                     for what, keys in lines if keys)
