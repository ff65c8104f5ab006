from collections.abc import Sequence
from typing import Annotated

from numpy.typing import NDArray


class Model:
    """A model that runs; tinsmith.Model is its face."""

    def __init__(self, path: str, threads: int, runtime: str, delegate: str | None, litert: str) -> None:
        """litert: the folder of LiteRT's library, or empty."""

    def inputs(self) -> list[dict[str, object]]:
        """
        For each: name, shape, dtype as stored; scale and zero_point where there is one of each.
        """

    def outputs(self) -> list[dict[str, object]]:
        """As inputs()."""

    def labels(self) -> list[str]:
        """Names of the classes by index, or nothing."""

    def run(self, inputs: Sequence[Annotated[NDArray, dict(order='C', device='cpu', writable=False)]], real: bool) -> list[NDArray]:
        """
        One sample, an array for each input. real: outputs as real numbers (float32), else as they are stored.
        """

    def run_batch(self, inputs: Sequence[Annotated[NDArray, dict(order='C', device='cpu', writable=False)]], real: bool) -> list[NDArray]:
        """As run, with [samples, ...] in every array."""

    def classify(self, inputs: Sequence[Annotated[NDArray, dict(order='C', device='cpu', writable=False)]]) -> tuple[int, float]:
        """The most likely class of one sample, and how sure it is: 0 to 1."""

    def classify_batch(self, batch: Annotated[NDArray, dict(order='C', device='cpu', writable=False)]) -> list[tuple[int, float]]:
        """The same of each of [samples, ...]."""
