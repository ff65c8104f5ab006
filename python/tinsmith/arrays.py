"""Tensors of whichever library as NumPy arrays, and the few places that must know which library an object comes from. None is imported."""

import numpy as np


def comes_from(value, package, name):
    """Whether the object's class, or one that it derives from, is `name` of `package` or of a module inside it."""
    return any(kind.__name__ == name and (kind.__module__ + ".").startswith(package + ".") for kind in type(value).__mro__)


def is_array(value):
    return hasattr(value, "shape") and hasattr(value, "dtype")


def numpy_of(value):
    """A NumPy array, without a copy where the memory can be shared."""
    if comes_from(value, "torch", "Tensor"):
        value = value.detach().cpu()
        return (value.float() if str(value.dtype) == "torch.bfloat16" else value).numpy()
    if hasattr(value, "numpy") and not isinstance(value, np.ndarray):
        return np.asarray(value.numpy())
    return np.asarray(value)


def flat(value):
    """The arrays in nested tuples, lists and dicts, in their order."""
    if isinstance(value, dict):
        return [array for item in value.values() for array in flat(item)]
    if isinstance(value, (tuple, list)):
        return [array for item in value for array in flat(item)]
    return [numpy_of(value)]
