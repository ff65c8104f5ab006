"""Runs the tinsmith command and says how it ended."""

import dataclasses
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"  # models to test with, where a machine has them
OK, INPUT, UNSUPPORTED, TARGET, MISMATCH, INTERNAL = 0, 2, 3, 4, 5, 70


def find_command():
    """The command under test: $TINSMITH, else the newest build."""
    if "TINSMITH" in os.environ:
        return os.environ["TINSMITH"]
    built = sorted(ROOT.glob("build/*/cli/tinsmith"), key=lambda path: path.stat().st_mtime)
    if not built:
        raise SystemExit("no tinsmith under build/: run `make build`, or set TINSMITH to the command")
    return str(built[-1])


@dataclasses.dataclass
class Outcome:
    """How one call ended; `code` is negative after a signal, None after the time limit."""

    code: int | None
    stdout: str
    stderr: str

    @property
    def crashed(self):
        return self.code is None or self.code < 0 or self.code not in (OK, INPUT, UNSUPPORTED, TARGET, MISMATCH)

    def sentence(self):
        """The error itself: colours, the folder of the file and the blank lines gone."""
        if self.code is None:
            return "no end within the time limit"
        text = re.sub(r"\x1b\[[0-9;]*m", "", self.stderr).strip()
        lines = [re.sub(r"/[^\s:']*/", "", line.strip()) for line in text.splitlines() if line.strip()]
        if self.code < 0:
            return f"signal {-self.code}: " + " ".join(lines[-3:])
        return " ".join(lines) or f"exit {self.code} without a word"


def call(command, *arguments, timeout=60, cwd=None, environment=None):
    environment = dict(os.environ, NO_COLOR="1", **(environment or {}))
    try:
        done = subprocess.run([command, *map(str, arguments)], capture_output=True, timeout=timeout, cwd=cwd,
                              env=environment, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return Outcome(None, "", "")
    return Outcome(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
