"""What a conversion leaves: the file's bytes and what was measured on the way."""

import pathlib
from collections.abc import Iterable
from typing import Any

from . import errors
from .kinds import Path


def _escaped(text: str) -> str:
    import html  # only a notebook asks

    return html.escape(text)


class Conversion:
    """One converted model.

    bytes: the file. report: what the command says of it (docs/command.md), a dict. method: "float32", "int8", ...
    agreement: share (0 to 1) of samples on which source and result name the same class; None without a vector of scores or unverified.
    sqnr: decibels between the source's and the result's first output; None unverified, inf where both are equal.
    """

    def __init__(self, content: bytes, report: dict[str, Any], model: dict[str, Any]) -> None:
        self.bytes, self.report, self.model = content, report, model
        self.method: str = report["method"]

    @property
    def agreement(self) -> float | None:
        """Share of samples on which source and file name the same class, 0 to 1."""
        return (self.report.get("agreement") or {}).get("top1_agreement")

    @property
    def sqnr(self) -> float | None:
        """Signal to quantisation noise of the first output, in decibels."""
        outputs = (self.report.get("agreement") or {}).get("outputs") or []
        if not outputs:
            return None
        measured = outputs[0].get("sqnr_db")
        return float("inf") if measured is None else measured

    @property
    def notes(self) -> list[str]:
        """What there is to say of the source and of the file, warnings among it."""
        return [*self.model["notes"], *self.report["notes"]]

    def save(self, path: Path, force: bool = False) -> pathlib.Path:
        """Writes the file, and its record beside it; returns its path. A file that holds something else is replaced with `force` only."""
        path = pathlib.Path(path)
        if path.suffix != ".tflite":
            raise errors.InputError(f"'{path}': what is saved is a .tflite file")
        if not force and path.is_file() and path.read_bytes() != self.bytes:
            raise errors.InputError(f"'{path}' exists and holds a different result; force=True replaces it")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.bytes)
        record = self.report.get("record_text")
        if record:
            path.with_suffix(".json").write_text(record)
        return path

    def _rows(self):
        saved = 100 * self.report["size_reduction"]
        yield "method", self.method
        yield "source", self.model["format"]
        yield "size", f"{len(self.bytes):,} bytes ({saved:.1f} % smaller than the source)"
        yield "operators", str(self.report["operators"])
        if self.sqnr is not None:
            yield "SQNR", f"{self.sqnr:.1f} dB"
        if self.agreement is not None:
            yield "top-1 agreement", f"{100 * self.agreement:.2f} % of {self.report['agreement']['samples']} samples"

    def __str__(self):
        return "\n".join([*(f"{name:16} {text}" for name, text in self._rows()), *self.notes])

    def __repr__(self):
        return f"<tinsmith.Conversion {self.method}, {len(self.bytes):,} bytes>"

    def _repr_html_(self):
        rows = "".join(f"<tr><th style='text-align:left'>{_escaped(n)}</th><td>{_escaped(t)}</td></tr>" for n, t in self._rows())
        notes = "".join(f"<li>{_escaped(note)}</li>" for note in self.notes)
        return f"<table>{rows}</table><ul>{notes}</ul>" if notes else f"<table>{rows}</table>"


class Conversions(list[Conversion]):
    """Every method's Conversion, by place or by method; `refusals` says why a method has none. Prints as one table."""

    def __init__(self, conversions: Iterable[Conversion], refusals: dict[str, str]) -> None:
        super().__init__(conversions)
        self.refusals = refusals

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            for conversion in self:
                if conversion.method == key:
                    return conversion
            raise KeyError(f"{key}: {self.refusals.get(key, 'not among ' + ', '.join(c.method for c in self))}")
        return super().__getitem__(key)

    def _rows(self):
        yield "method", "bytes", "smaller", "SQNR", "agreement"
        for c in self:
            yield (c.method, f"{len(c.bytes):,}", f"{100 * c.report['size_reduction']:.1f} %", "" if c.sqnr is None else f"{c.sqnr:.1f} dB",
                   "" if c.agreement is None else f"{100 * c.agreement:.2f} %")

    def __str__(self):
        rows = list(self._rows())
        widths = [max(map(len, column)) for column in zip(*rows)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        return "\n".join([*lines, *(f"{method}: {why}" for method, why in self.refusals.items())])

    def _repr_html_(self):
        head, *body = [[_escaped(cell) for cell in row] for row in self._rows()]
        cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in body)
        return "<table><tr>" + "".join(f"<th>{cell}</th>" for cell in head) + f"</tr>{cells}</table>"

