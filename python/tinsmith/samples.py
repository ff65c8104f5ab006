"""Samples as the command takes them: whatever holds data in Python becomes a file of arrays, or is one already."""

import contextlib
import os
import pathlib

import numpy as np

from . import arrays, errors, folders, progress

LIMIT = 500  # samples taken of an iterable, as `tinsmith convert` takes of a file


@contextlib.contextmanager
def stored(data, limit=None):
    """The path of --data, or None without data.

    data: a path; an array [samples, ...]; a dict of arrays by input name; or an iterable of batches: arrays, dicts, or pairs (x, y) with
    the classes y [batch] or one-hot [batch, classes]. Of an iterable `limit` samples are taken, 500 by default.
    """
    if data is None or isinstance(data, (str, os.PathLike)):
        yield data
        return
    with folders.temporary() as folder:
        yield _write(_collected(data, limit or LIMIT), pathlib.Path(folder))


def _write(named, folder):
    if list(named) == [""]:
        np.save(folder / "data.npy", named[""], allow_pickle=False)
        return folder / "data.npy"
    np.savez(folder / "data.npz", **{name or "x": array for name, array in named.items()})
    return folder / "data.npz"


def _collected(data, limit):
    """Arrays by name; "" is the only input, "y" the classes."""
    if arrays.is_array(data):
        return {"": _checked(arrays.numpy_of(data))}
    if isinstance(data, dict):
        return {name: _checked(arrays.numpy_of(array)) for name, array in data.items()}
    if isinstance(data, tuple) and len(data) == 2 and all(map(arrays.is_array, data)):
        return _named(data)
    if not hasattr(data, "__iter__"):
        raise errors.InputError(f"data: a {type(data).__name__} is no array, dict of arrays, iterable of batches or path")
    batches, count = [], 0
    for item in progress.shown(data):
        batches.append(_named(item))
        count += len(next(iter(batches[-1].values())))
        if count >= limit:
            break
    if not batches:
        raise errors.InputError("data: the iterable yields nothing")
    if any(set(batch) != set(batches[0]) for batch in batches):
        raise errors.InputError("data: batches have different inputs: " + "; ".join(sorted({", ".join(batch) for batch in batches})))
    return {name: _joined(name, [batch[name] for batch in batches])[:limit] for name in batches[0]}


def _joined(name, parts):
    try:
        return np.concatenate(parts)
    except ValueError as error:
        shapes = ", ".join(sorted({str(part.shape) for part in parts}))
        raise errors.InputError(f"data{' ' + repr(name) if name else ''}: batches of shapes {shapes} do not go together") from error


def _named(item):
    """One batch: arrays by name."""
    if isinstance(item, dict):
        return {name: _checked(arrays.numpy_of(array)) for name, array in item.items()}
    if isinstance(item, (tuple, list)) and len(item) == 2:
        x, y = item
        if y is None:
            return _named(x)
        named = _named(x) if isinstance(x, dict) else {"": _checked(arrays.numpy_of(x))}
        classes = arrays.numpy_of(y)
        named["y"] = classes.argmax(-1) if classes.ndim == 2 and classes.shape[1] > 1 else classes.reshape(-1)
        if len(named["y"]) != len(next(iter(named.values()))):
            raise errors.InputError(f"data: a pair of {len(next(iter(named.values())))} samples and {len(named['y'])} classes")
        return named
    return {"": _checked(arrays.numpy_of(item))}


def _checked(array):
    if array.ndim == 0:
        raise errors.InputError("data: a single number is no batch of samples")
    if array.dtype == object:
        raise errors.InputError("data: arrays of Python objects (rows of different lengths?) cannot be read")
    return array
