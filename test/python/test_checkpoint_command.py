"""`tinsmith convert x.pth --module FILE.py:CLASS`: the command, a Python with torch, and what happens without one."""

import hashlib
import importlib.util
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import tinsmith

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "fuzz/corpus"
needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed (make test-torch does)")

NET = '''
from dataclasses import dataclass

import torch

from layers import Block  # beside this file

@dataclass
class Sizes:
    channels: int = 4
    classes: int = 3

class Net(torch.nn.Module):
    def __init__(self, channels=4, classes=3):
        super().__init__()
        print("making a network")
        sizes = Sizes(channels, classes)
        self.block, self.head = Block(sizes.channels), torch.nn.Linear(sizes.channels, sizes.classes)

    def forward(self, image):
        return self.head(self.block(image).mean((2, 3)))

class Words(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.scale = torch.nn.Embedding(10, 4), torch.nn.Parameter(torch.ones(1, 4))

    def forward(self, tokens, weights):
        return (self.table(tokens) * weights * self.scale).sum(1)

class Broken(torch.nn.Module):
    def __init__(self):
        raise KeyError("no such size")

class Branching(torch.nn.Module):
    def forward(self, x):
        return x + 1 if x.sum() > 0 else x

NUMBER = 5
'''
LAYERS = '''
import torch

class Block(torch.nn.Sequential):
    def __init__(self, channels):
        super().__init__(torch.nn.Conv2d(3, channels, 3), torch.nn.BatchNorm2d(channels), torch.nn.ReLU())
'''


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "net.py").write_text(NET)
    (tmp_path / "layers.py").write_text(LAYERS)
    (tmp_path / "places").mkdir()
    return tmp_path


def convert(folder, *words, python=sys.executable, paths=()):
    """The command's exit code, output and errors; its temporary files must be gone afterwards."""
    given = {**os.environ, "TINSMITH_PYTHON": str(python), "TMPDIR": str(folder / "places"),
             "PYTHONPATH": os.pathsep.join([*map(str, paths), str(pathlib.Path(tinsmith.__file__).parents[1])])}
    done = subprocess.run([tinsmith.command.path(), "convert", *map(str, words)], capture_output=True, text=True, env=given, cwd=folder)
    assert list((folder / "places").glob("tinsmith*")) == [] and not (folder / "__pycache__").exists()
    return done


def state_of(folder, kind, **arguments):
    """A seeded state of one of the classes above, saved."""
    import torch

    torch.manual_seed(3)
    module = tinsmith.checkpoints._class_of(f"{folder / 'net.py'}:{kind}")(**arguments)
    torch.save(module.state_dict(), folder / "weights.pth")
    return module.eval()


def checkpoint(folder):
    """Tensors of no class in particular, for what is refused before Python starts or by it."""
    content = (CORPUS / "torch_reader/every.pth").read_bytes()
    (folder / "weights.pth").write_bytes(content)
    return "weights.pth"


MODULE = ("--module", "net.py:Net", "--shape", "1x3x16x16")


def test_without_a_python_it_says_what_to_install_and_the_three_lines(folder):
    done = convert(folder, checkpoint(folder), *MODULE, "--module-args", '{"classes": 3}', python="/nowhere/python3")
    assert done.returncode == 2
    for words in ("/nowhere/python3", "there is no such program", "pip install tinsmith torch", "TINSMITH_PYTHON", 'Net(**{"classes": 3})  # of net.py',
                  'load_state_dict(torch.load("weights.pth"))', "torch.export.save(torch.export.export("):
        assert words in done.stderr
    assert not list(folder.glob("*.tflite"))


def test_a_python_without_torch_or_tinsmith_is_named(folder):
    (folder / "without").mkdir()
    (folder / "without/torch.py").write_text("raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')")
    done = convert(folder, checkpoint(folder), *MODULE, paths=[folder / "without"])
    assert done.returncode == 2 and f"torch is not installed for {sys.executable}" in done.stderr and "pip install" in done.stderr
    (folder / "without/tinsmith.py").write_text("raise ImportError('of another version')")
    done = convert(folder, checkpoint(folder), *MODULE, paths=[folder / "without"])
    assert done.returncode == 2 and "pip install tinsmith torch" in done.stderr
    done = convert(folder, checkpoint(folder), *MODULE, python="/bin/false")
    assert done.returncode == 2 and "could not start tinsmith.export_checkpoint" in done.stderr


@pytest.mark.parametrize("words, said", [
    (("--module", "net.py", "--shape", "1x3"), "expected FILE.py:CLASS"),
    (("--module", "nets.py:Net", "--shape", "1x3"), "'net.py'"),
    (("--module", "net.py:Net"), "--shape 1x3x64x64"),
    ((*MODULE, "--module-args", "[1, 2]"), "expected a JSON object"),
    ((*MODULE, "--module-args", "{'classes': 3}"), "expected a JSON object"),
    (("--module-args", "{}"), "--module"),
])
def test_requests_are_checked_before_anything_runs(folder, words, said):
    done = convert(folder, checkpoint(folder), *words, python="/nowhere/python3")
    assert done.returncode == 2 and said in done.stderr


def test_what_is_no_checkpoint_never_reaches_python(folder, digits):
    done = convert(folder, digits, *MODULE)
    assert done.returncode == 2 and "--module is for a checkpoint" in done.stderr
    done = convert(folder, CORPUS / "torch_reader/attack.pth", *MODULE)
    assert done.returncode == 2 and "'posix.system' is refused" in done.stderr


def test_it_is_offered_where_a_checkpoint_is_refused(folder):
    done = convert(folder, checkpoint(folder))
    assert done.returncode == 2 and "--module FILE.py:CLASS" in done.stderr and "torch.export.save" in done.stderr


def test_an_interrupt_leaves_nothing_behind(folder):
    (folder / "slow").write_text("#!/bin/sh\n: > started\nexec sleep 60\n")
    (folder / "slow").chmod(0o755)
    given = {**os.environ, "TINSMITH_PYTHON": str(folder / "slow"), "TMPDIR": str(folder / "places")}
    running = subprocess.Popen([tinsmith.command.path(), "convert", checkpoint(folder), *MODULE], cwd=folder, env=given, start_new_session=True,
                               stderr=subprocess.DEVNULL)
    while not (folder / "started").exists():
        time.sleep(0.01)
    assert len(list((folder / "places").iterdir())) == 1
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does
    assert running.wait(timeout=30) == -signal.SIGINT
    assert list((folder / "places").iterdir()) == []


@needs_torch
def test_a_checkpoint_with_its_class_is_converted(folder):
    module = state_of(folder, "Net", channels=8, classes=5)
    done = convert(folder, "weights.pth", *MODULE, "--module-args", '{"channels": 8, "classes": 5}', "-o", "net.tflite", "--json")
    assert done.returncode == 0, done.stderr
    assert "runs the code of net.py:Net" in done.stderr and "making a network" in done.stderr
    report = json.loads(done.stdout)
    assert report["model"].endswith("weights.pth") and "net.py:Net" in report["format"]
    record = json.loads((folder / "net.json").read_text())
    assert record["source"]["file"] == "weights.pth"
    assert record["source"]["sha256"] == hashlib.sha256((folder / "weights.pth").read_bytes()).hexdigest()
    assert record["options"]["module"] == "net.py:Net" and record["options"]["module_args"] == {"channels": 8, "classes": 5}
    x = np.random.default_rng(2).standard_normal((1, 3, 16, 16)).astype(np.float32)
    wanted = forward(module, x)
    (found,) = tinsmith.Model(folder / "net.tflite").run(np.moveaxis(x, 1, -1)).values()
    assert np.abs(found - wanted).max() <= 1e-4 * np.abs(wanted).max()


def forward(module, *inputs):
    import torch

    with torch.no_grad():
        return module(*map(torch.as_tensor, inputs)).numpy()


@needs_torch
def test_integers_are_calibrated_as_of_any_source(folder):
    state_of(folder, "Net")
    np.save(folder / "x.npy", np.random.default_rng(1).random((100, 3, 16, 16), np.float32))
    done = convert(folder, "weights.pth", *MODULE, "--method", "int8", "--data", "x.npy", "-o", "net_int8.tflite", "--json")
    assert done.returncode == 0, done.stderr
    (variant,) = json.loads(done.stdout)["variants"]
    assert variant["method"] == "int8" and variant["agreement"]["outputs"][0]["sqnr_db"] > 20


@needs_torch
def test_inputs_may_be_named_and_of_other_types(folder):
    module = state_of(folder, "Words")
    done = convert(folder, "weights.pth", "--module", "net.py:Words", "--shape", "weights=1x6x4", "--shape", "tokens=1x6:int64", "-o", "w.tflite")
    assert done.returncode == 0, done.stderr
    tokens, weights = np.array([[1, 9, 0, 4, 4, 2]]), np.random.default_rng(0).random((1, 6, 4), np.float32)
    (found,) = tinsmith.Model(folder / "w.tflite").run({"tokens": tokens, "weights": weights}).values()
    assert np.allclose(found, forward(module, tokens, weights), rtol=1e-5)


@needs_torch
def test_all_shapes_are_named_or_none():
    from tinsmith import export_checkpoint

    with pytest.raises(tinsmith.InputError, match="name all of them, or none"):
        export_checkpoint.examples(["weights=1x6x4", "1x6:int64"])


@needs_torch
def test_keys_that_do_not_go_together_are_listed(folder):
    state_of(folder, "Net")
    done = convert(folder, "weights.pth", "--module", "net.py:Words", "--shape", "1x3x16x16")
    assert done.returncode == 2 and "missing: scale, table.weight; unexpected: block.0.bias, block.0.weight" in done.stderr
    assert not list(folder.glob("*.tflite"))


@needs_torch
@pytest.mark.parametrize("module, arguments, said", [
    ("Net", {"channels": 6}, r"of another shape: block.0.weight \[4, 3, 3, 3\], expected \[6, 3, 3, 3\]"),
    ("Net", {"depth": 6}, "unexpected keyword argument 'depth'$"),
    ("Broken", {}, r"KeyError: 'no such size' \(.*net.py, line \d+\)"),
    ("NUMBER", {}, "'NUMBER' is no class"),
    ("Sizes", {}, "Sizes makes a Sizes, which is no torch.nn.Module"),
    ("Nett", {}, "has no 'Nett'; its classes are .*Net"),
])
def test_classes_that_do_not_go_together_say_why(folder, module, arguments, said):
    state_of(folder, "Net")
    with pytest.raises(tinsmith.InputError, match=said):
        tinsmith.checkpoints.module_of(folder / "weights.pth", f"{folder / 'net.py'}:{module}", arguments)


@needs_torch
def test_a_file_that_cannot_run_says_where(folder):
    state_of(folder, "Net")
    (folder / "bad.py").write_text("import torch\nimport no_such_package\n")
    with pytest.raises(tinsmith.InputError, match=r"ModuleNotFoundError: No module named 'no_such_package' \(.*bad.py, line 2\)"):
        tinsmith.checkpoints.module_of(folder / "weights.pth", f"{folder / 'bad.py'}:Net")


@needs_torch
@pytest.mark.parametrize("text", ["1xthree", "", "x=", "1x0", "1x3:int65", "1x3:nn"])
def test_shapes_are_checked(text):
    from tinsmith import export_checkpoint

    with pytest.raises(tinsmith.InputError, match=r"expected \[NAME=\]1x3x64x64\[:DTYPE\]"):
        export_checkpoint.example(text)


@needs_torch
def test_what_cannot_be_exported_is_unsupported(folder):
    import torch

    torch.save({}, folder / "empty.pth")
    done = convert(folder, "empty.pth", "--module", "net.py:Branching", "--shape", "1x4")
    assert done.returncode == 3 and "torch.export cannot export this module" in done.stderr


@needs_torch
def test_tinynas_by_its_class_is_its_exported_program(folder, shared):
    source = shared / "models/tinynas"
    done = convert(folder, source / "tinynas.pth", "--module", f"{source / 'classifier.py'}:ClassifierWrapper", "--module-args",
                   '{"width_mult": 1.0, "num_classes": 5}', "--shape", "1x3x64x64", "-o", "a.tflite")
    assert done.returncode == 0, done.stderr
    assert convert(folder, source / "tinynas.pt2", "-o", "b.tflite").returncode == 0
    x = np.random.default_rng(1).standard_normal((4, 64, 64, 3)).astype(np.float32)
    first, second = (next(iter(tinsmith.Model(folder / name).run_batch(x).values())) for name in ("a.tflite", "b.tflite"))
    assert np.array_equal(first, second) and (folder / "a.tflite").stat().st_size == (folder / "b.tflite").stat().st_size
