"""What type checkers and readers see: annotations, docstrings, the extension module's stub."""

import inspect
import pathlib
import typing

import pytest

import tinsmith

PACKAGE = pathlib.Path(tinsmith.__file__).parent
SOURCES = pathlib.Path(__file__).resolve().parents[2] / "python/tinsmith"


def public():
    """(name, function) of everything that users call: functions, methods and properties of classes and of modules in __all__."""
    for name in tinsmith.__all__:
        value = getattr(tinsmith, name)
        if inspect.isclass(value) or inspect.ismodule(value):
            for inner, member in vars(value).items():
                function = member.fget if isinstance(member, property) else member
                own = inspect.isfunction(function) and function.__module__.startswith("tinsmith")
                if own and (not inner.startswith("_") or inner in ("__init__", "__getitem__")):
                    yield f"{name}.{inner}", function
        elif callable(value):
            yield name, value


@pytest.mark.parametrize("name, function", list(public()), ids=lambda value: value if isinstance(value, str) else "")
def test_it_is_annotated_and_described(name, function):
    signature = inspect.signature(function)
    hints = typing.get_type_hints(function) if name != "checkpoints.module_of" else function.__annotations__  # names torch, which may be missing
    assert "return" in hints
    described = inspect.getdoc(function)
    if name.endswith("__init__"):  # whose class says what it takes
        described = inspect.getdoc(getattr(tinsmith, name.partition(".")[0]))
    assert described or name.endswith("__getitem__")
    for parameter in signature.parameters.values():
        if parameter.name == "self":
            continue
        assert parameter.name in hints, f"{parameter.name} has no annotation"
        if name.startswith(("Conversion.__init__", "Conversions.")) or parameter.kind is parameter.VAR_KEYWORD:
            continue  # made by convert alone; the command's own options
        assert parameter.name in described, f"{parameter.name} is not described"


def test_classes_and_the_package_are_described():
    assert tinsmith.__doc__ and all(getattr(tinsmith, name).__doc__ for name in tinsmith.__all__)


def test_type_checkers_may_believe_the_package():
    assert (PACKAGE / "py.typed").exists()


def test_the_extension_modules_stub_is_what_nanobind_says():
    stubgen = pytest.importorskip("nanobind.stubgen")
    generated = stubgen.StubGen(tinsmith._native)
    generated.put(tinsmith._native)
    assert generated.get() == (SOURCES / "_native.pyi").read_text(), \
        "write it anew: PYTHONPATH=build/release/python python -m nanobind.stubgen -m tinsmith._native -o python/tinsmith/_native.pyi"
