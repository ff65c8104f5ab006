"""What `tinsmith convert x.pth --module FILE.py:CLASS` runs: the class is made, the weights are loaded, a .pt2 is left for the command to read.

    python -m tinsmith.export_checkpoint CHECKPOINT OUTPUT REASON FILE.py:CLASS ARGUMENTS SHAPE...

Ends with 2 (the input is at fault) or 3 (the module cannot be exported) as the command does, or 4 where a package is missing; REASON is then
a file that says why.
"""

import json
import pathlib
import sys

from . import checkpoints, errors, sources

_MISSING = 4
_CODES = {errors.InputError: 2, errors.UnsupportedError: 3}


def example(text):
    """Zeros of "[NAME=]1x3x64x64[:DTYPE]": (name or "", tensor), float32 where it is not said."""
    import torch

    name, _, form = text.rpartition("=")
    extents, _, dtype = form.partition(":")
    kind = getattr(torch, dtype or "float32", None)
    try:
        shape = [int(extent) for extent in extents.split("x")]
    except ValueError:
        shape = []
    if not shape or min(shape) < 1 or not isinstance(kind, torch.dtype):
        raise errors.InputError(f"--shape '{text}': expected [NAME=]1x3x64x64[:DTYPE], positive extents and a type of torch, e.g. int64")
    return name, torch.zeros(shape, dtype=kind)


def examples(texts):
    """What a module is called with: a tuple, or a dict where the shapes are named."""
    named = [example(text) for text in texts]
    if not any(name for name, _ in named):
        return tuple(tensor for _, tensor in named)
    if not all(name for name, _ in named):
        raise errors.InputError(f"--shape {', '.join(texts)}: name all of them, or none")
    return dict(named)


def export(checkpoint, output, module, arguments, shapes):
    made = checkpoints.module_of(checkpoint, module, json.loads(arguments or "{}"))
    sources.save(sources.exported(made, examples(shapes)), output)


def main(checkpoint, output, reason, module, arguments, *shapes):
    try:
        export(checkpoint, output, module, arguments, shapes)
        return 0
    except errors.Error as error:
        pathlib.Path(reason).write_text(str(error))
        return _CODES.get(type(error), 1)
    except ModuleNotFoundError as error:
        pathlib.Path(reason).write_text(f"{error.name} is not installed for {sys.executable}")
        return _MISSING


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
