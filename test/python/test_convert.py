"""convert and the other verbs on files, bytes and data of every kind."""

import _thread
import subprocess
import sys
import threading
import types

import numpy as np
import pytest

import tinsmith


def test_float32_is_proven_and_saved(digits, tmp_path):
    result = tinsmith.convert(digits)
    assert result.method == "float32" and result.bytes[4:8] == b"TFL3"
    assert result.sqnr > 100
    saved = result.save(tmp_path / "deep" / "digits.tflite")
    assert saved.read_bytes() == result.bytes
    assert saved.with_suffix(".json").exists()
    assert "float32" in str(result) and "<table>" in result._repr_html_()


def test_output_is_where_it_was_asked_for(digits, tmp_path):
    result = tinsmith.convert(digits, output=tmp_path / "a.tflite")
    assert (tmp_path / "a.tflite").read_bytes() == result.bytes


def test_bytes_of_a_model_are_a_model(digits):
    assert tinsmith.convert(digits.read_bytes()).bytes == tinsmith.convert(digits).bytes
    assert tinsmith.convert(tinsmith.convert(digits).bytes).bytes[4:8] == b"TFL3"


def test_model_proto(digits):
    onnx = pytest.importorskip("onnx")
    assert tinsmith.convert(onnx.load(str(digits))).bytes == tinsmith.convert(digits).bytes


def batches(images, classes, size=50):
    for i in range(0, len(images), size):
        yield images[i:i + size], classes[i:i + size]


@pytest.mark.parametrize("form", ["array", "dict", "pairs", "generator", "lists", "path"])
def test_every_form_of_data_calibrates_alike(form, digits, images, classes, tmp_path):
    images, classes = images[:200], classes[:200]
    np.save(tmp_path / "x.npy", images)
    data = {"array": images, "dict": {"image": images}, "pairs": list(batches(images, classes)),
            "generator": (x for x, _ in batches(images, classes)), "lists": [x for x, _ in batches(images, classes)],
            "path": tmp_path / "x.npy"}[form]
    result = tinsmith.convert(digits, method="int8", data=data)
    assert result.agreement >= 0.97 and result.sqnr > 20
    if form != "pairs":  # which choose samples by their classes
        assert result.bytes == tinsmith.convert(digits, method="int8", data=images).bytes


def test_all_methods(digits, images):
    found = tinsmith.convert_all(digits, data=images[:100])
    assert [c.method for c in found] == ["float32", "dynamic_range", "float16", "int8"]
    assert len(found["int8"].bytes) < len(found["float32"].bytes) / 2
    assert "int8" in str(found) and "<table>" in found._repr_html_()
    without = tinsmith.convert_all(digits)
    assert "int8" in without.refusals
    with pytest.raises(KeyError, match="int8"):
        without["int8"]


def test_options_are_the_commands(digits):
    kept = tinsmith.convert(digits, keep_nchw=True)
    assert tinsmith.Model(kept.bytes).inputs[0]["shape"] == (1, 1, 8, 8)


def test_validate_compare_and_the_others(digits, images, classes, tmp_path):
    int8 = tinsmith.convert(digits, method="int8", data=images[:200])
    figures = tinsmith.validate(int8, digits, images, labels=classes)
    assert figures["passed"] and figures["agreement"] >= 0.95 and figures["samples"] == len(images)
    found = tinsmith.compare(digits, int8, images[:50])
    assert found["passed"] and found["top1_agreement"] >= 0.95
    assert tinsmith.inspect(int8)["input_dtype"] == "int8"
    assert tinsmith.benchmark(int8, runs=5, warmup=1)
    assert tinsmith.plan(int8)
    assert tinsmith.fit(int8, "esp32")["fits"]
    assert tinsmith.recommend("mobile")["method"] == "dynamic_range"
    written = tinsmith.export(int8, tmp_path / "firmware", name="digits")
    assert written["arena_bytes"] > 0 and (tmp_path / "firmware" / "digits.c").exists()


def test_errors_say_whose_fault_it_is(digits, images, tmp_path):
    with pytest.raises(tinsmith.InputError, match="nope.onnx"):
        tinsmith.convert("nope.onnx")
    with pytest.raises(tinsmith.InputError, match="--data"):
        tinsmith.convert(digits, method="int8")
    with pytest.raises(tinsmith.InputError, match="is no model"):
        tinsmith.convert(3.5)
    with pytest.raises(tinsmith.InputError, match="no sample"):
        tinsmith.convert(digits, method="int8", data=np.zeros((4, 5), np.float32))
    with pytest.raises(tinsmith.InputError, match="yields nothing"):
        tinsmith.convert(digits, method="int8", data=iter(()))
    with pytest.raises(tinsmith.InputError, match="do not go together"):
        tinsmith.convert(digits, method="int8", data=[images[:2], images[:2, :, :4]])
    with pytest.raises(tinsmith.InputError, match="no-such-option"):
        tinsmith.convert(digits, no_such_option=True)
    (tmp_path / "text.onnx").write_text("hello")
    with pytest.raises(tinsmith.InputError, match="text.onnx"):
        tinsmith.convert(tmp_path / "text.onnx", output=tmp_path / "out.tflite")
    assert not (tmp_path / "out.tflite").exists()


def test_an_iterators_own_exception_comes_through(digits, images, tmp_path):
    def broken():
        yield images[:20]
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError, match="the disk is gone"):
        tinsmith.convert(digits, method="int8", data=broken(), output=tmp_path / "out.tflite")
    assert list(tmp_path.iterdir()) == []


def test_the_command_comes_with_the_package():
    done = subprocess.run([sys.executable, "-m", "tinsmith", "--version"], capture_output=True, text=True)
    assert done.returncode == 0 and tinsmith.__version__ in done.stdout


class Bar:
    """Stands for tqdm.auto.tqdm and keeps what was shown: (what, done, total), and how often it was told."""
    seen = []

    def __init__(self, iterable=(), total=None, desc=None, **_):
        self.iterable, self.total, self.desc, self.n = iterable, total, desc, 0
        self.told = 0

    def __iter__(self):
        return iter(self.iterable)

    def update(self, more):
        self.n += more
        self.told += 1

    def close(self):
        Bar.seen.append((self.desc, self.n, self.total, self.told))


@pytest.fixture
def bars(monkeypatch):
    module = types.ModuleType("tqdm.auto")
    module.tqdm = Bar
    monkeypatch.setitem(sys.modules, "tqdm.auto", module)
    monkeypatch.setattr(Bar, "seen", [])
    return Bar


def test_native_work_shows_its_progress(digits, images, bars):
    result = tinsmith.convert(digits, method="int8", data=images[:100])
    assert result.agreement > 0.9
    shown = {what: (done, total) for what, done, total, _ in bars.seen}
    assert shown["calibrating"] == (100, 100) and shown["comparing"] == (100, 100)
    tinsmith.validate(result, digits, np.concatenate([images] * 5))
    assert [(done, total) for what, done, total, told in bars.seen if what == "validating" and told <= 101] == [(500, 500)]


def test_progress_is_no_part_of_an_errors_message(digits, images, bars):
    with pytest.raises(tinsmith.InputError) as error:
        tinsmith.convert(digits, method="int8", data=images[:100], save_ranges="/nowhere/ranges.json")
    assert "/nowhere" in str(error.value) and "progress" not in str(error.value)


def test_without_tqdm_nothing_is_shown(digits, images, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert tinsmith.convert(digits, method="int8", data=iter([images[:100]])).agreement > 0.9


def test_an_interrupt_ends_the_command_too(digits, monkeypatch):
    """The command is replaced by one that never ends; whoever waits for it is interrupted."""
    started = []

    class Popen(subprocess.Popen):
        def __init__(self, line, **options):
            super().__init__(["sleep", "60"], **options)
            started.append(self)
            threading.Timer(0.2, _thread.interrupt_main).start()

    monkeypatch.setattr(tinsmith.command.subprocess, "Popen", Popen)
    with pytest.raises(KeyboardInterrupt):
        tinsmith.convert(digits)
    assert started[0].poll() is not None
