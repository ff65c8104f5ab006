"""The guide's commands do what it says: each runs, in the order of the page."""

import os
import pathlib
import re
import shutil
import subprocess

from tinsmith import command

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_every_command_of_the_guide_runs(tmp_path):
    digits = ROOT / "examples/digits"
    for source, name in (("digits.onnx", "model.onnx"), ("digits_test.npz", "samples.npz"), ("digits_labels.npy", "labels.npy")):
        shutil.copy(digits / source, tmp_path / name)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/tinsmith").symlink_to(os.path.abspath(command.path()))
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    blocks = re.findall(r"^```sh run\n(.*?)^```", (ROOT / "docs/guide.md").read_text(), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.strip()]
    assert len(lines) > 15
    for line in lines:
        done = subprocess.run(["sh", "-c", line], cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
