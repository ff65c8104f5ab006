"""A state dict and the Python class that it belongs to: what a .pth lacks to be a model."""

import importlib.util
import os
import pathlib
import sys

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from . import errors
from .kinds import Path

if TYPE_CHECKING:
    import torch

_LISTED = 8  # keys that an error names


def module_of(path: Path, module: str | Callable[..., "torch.nn.Module"], module_args: Mapping[str, Any] | None = None) -> "torch.nn.Module":
    """The nn.Module of `module` ("classifier.py:ClassifierWrapper", or the class itself), made with `module_args`, with the weights of `path`, a
    .pth, .pt or .safetensors, in eval mode.

    The Python file's code is run; the checkpoint's is not: only tensors are taken from it. Weights are loaded strictly: missing and unexpected
    keys are an InputError that lists them.
    """
    made = _made(module, module_args or {})
    state = _state(path)
    try:
        made.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise errors.InputError(f"{os.fspath(path)} is no state of {type(made).__name__}: {_differences(made, state) or error}") from error
    return made.eval()


def _made(module, module_args):
    """An object of the class; what its code raises is the input's fault."""
    import torch  # before the class's own file asks for it: if it is missing, that is the reason

    kind = _class_of(module) if isinstance(module, str) else module
    name = getattr(kind, "__name__", repr(kind))
    try:
        made = kind(**module_args)
    except Exception as error:
        given = ", ".join(f"{key}={value!r}" for key, value in module_args.items())
        raise errors.InputError(f"{name}({given}) raises {_raised(error)}") from error
    if not isinstance(made, torch.nn.Module):
        raise errors.InputError(f"{name} makes a {type(made).__name__}, which is no torch.nn.Module")
    return made


def _raised(error):
    import traceback  # only here

    place = traceback.extract_tb(error.__traceback__)[-1]
    where = "" if place.filename == __file__ else f" ({place.filename}, line {place.lineno})"
    return f"{type(error).__name__}: {error}{where}"


def _class_of(module):
    file, separator, name = module.rpartition(":")
    if not separator:
        raise errors.InputError(f"module '{module}': expected FILE.py:CLASS")
    if not pathlib.Path(file).is_file():
        raise errors.InputError(f"module '{module}': there is no file '{file}'")
    loaded = _loaded(pathlib.Path(file).resolve())
    if not hasattr(loaded, name):
        classes = ", ".join(key for key, value in vars(loaded).items() if isinstance(value, type)) or "none"
        raise errors.InputError(f"module '{module}': {file} has no '{name}'; its classes are {classes}")
    kind = getattr(loaded, name)
    if not callable(kind):
        raise errors.InputError(f"module '{module}': '{name}' is no class")
    return kind


def _loaded(file):
    """The file as a module that finds what lies beside it, as `python FILE.py` does."""
    name = file.stem if file.stem not in sys.modules else f"tinsmith_module_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    loaded = sys.modules[name] = importlib.util.module_from_spec(spec)  # where dataclasses and torch look for it
    sys.path.insert(0, str(file.parent))
    try:
        spec.loader.exec_module(loaded)
    except Exception as error:
        del sys.modules[name]
        raise errors.InputError(f"{file} raises {_raised(error)}") from error
    finally:
        sys.path.remove(str(file.parent))
    return loaded


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
