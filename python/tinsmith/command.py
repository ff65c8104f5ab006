"""The command that the package carries: every verb is run by it, in a process of its own, so that an interrupt ends it at once and a large
model's memory goes back with it."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from . import errors, progress


def path():
    """Where the command lies: TINSMITH names another one, as tests do."""
    named = os.environ.get("TINSMITH")
    own = pathlib.Path(__file__).parent / "bin" / "tinsmith"
    found = named or (str(own) if own.is_file() else shutil.which("tinsmith"))
    if not found:
        raise errors.InternalError("the tinsmith command is missing from this installation; reinstall the package")
    return found


def words(options):
    """Keyword arguments as the command spells them: `keep_nchw=True` is --keep-nchw, a dict is NAME=VALUE several times, a tuple of
    integers is 1x3x224x224; None and False are left out."""
    out = []
    for name, value in options.items():
        option = "--" + name.rstrip("_").replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            out.append(option)
        elif isinstance(value, dict):
            for key, item in value.items():
                out += [option, f"{key}={_text(item)}"]
        elif isinstance(value, list):
            for item in value:
                out += [option, _text(item)]
        else:
            out += [option, _text(value)]
    return out


def _text(value):
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value)


def run(verb, *arguments, accept=(0,), **options):
    """One verb with --json: (what it printed, as a dict; the exit code).

    Raises tinsmith.Error unless the exit code is one of `accept`.
    """
    line = [path(), verb, *map(_text, arguments), *words(options), "--json"]
    code, printed, said = _finished(line)
    if code not in accept:
        raise errors.of_code(code, _message(said, verb, code))
    return (json.loads(printed) if printed.strip() else {}), code


def _finished(line):
    """Runs it: (exit code, standard output, standard error without what it says of its progress)."""
    with progress.Bars() as bars, tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as printed:
        environment = {**os.environ, "TINSMITH_PROGRESS": "lines"} if bars.wanted else None
        with subprocess.Popen(line, stdout=printed, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, errors="replace",
                              env=environment) as child:
            try:
                said = "".join(text for text in child.stderr if not bars.take(text))
                child.wait()
            except BaseException:
                child.kill()
                raise
        printed.seek(0)
        return child.returncode, printed.read(), said


def _message(text, verb, code):
    lines = [line for line in text.strip().splitlines() if line.strip()]
    if not lines:
        return f"{verb} ended with code {code}"
    return "\n".join(lines).removeprefix("tinsmith: ").removeprefix("error: ")
