"""Model: numbers in and out, classes, threads, errors."""

import threading
import time

import numpy as np
import pytest

import tinsmith


@pytest.fixture(scope="module")
def files(digits, images):
    return {"float32": tinsmith.convert(digits).bytes, "int8": tinsmith.convert(digits, method="int8", data=images[:200]).bytes}


def channels_last(images):
    return np.moveaxis(images, 1, -1)


def test_source_and_files_name_the_same_classes(digits, files, images, classes):
    source = [label for label, _ in tinsmith.Model(digits).predict_batch(images)]
    assert np.mean(np.array(source) == classes) > 0.95
    for method, content in files.items():
        model = tinsmith.Model(content)
        found = model.predict_batch(channels_last(images))
        assert np.mean([label == other for (label, _), other in zip(found, source)]) > 0.97, method
        assert all(0 <= confidence <= 1 for _, confidence in found)
        assert model.predict_single(channels_last(images)[0]) == found[0]


def test_run_takes_and_returns_real_numbers(files, images):
    for content in files.values():
        model = tinsmith.Model(content)
        (name,) = [port["name"] for port in model.inputs]
        out = model.run({name: channels_last(images)[:1]})
        (scores,) = out.values()
        assert scores.shape == (1, 10) and scores.dtype == np.float32 and abs(scores.sum() - 1) < 0.1
        batch = model.run_batch(channels_last(images)[:7])
        assert next(iter(batch.values())).shape == (7, 10)
        assert np.array_equal(next(iter(batch.values()))[:1], scores)


def test_stored_integers_in_and_out(files, images):
    model = tinsmith.Model(files["int8"])
    port, x = model.inputs[0], channels_last(images)[:1]
    stored = np.clip(np.round(x / port["scale"]) + port["zero_point"], -128, 127).astype(np.int8)
    assert port["dtype"] == "int8"
    (integers,), (real,) = model.run(stored, real=False).values(), model.run(stored).values()
    out = model.outputs[0]
    assert integers.dtype == np.int8
    assert np.allclose(real, (integers.astype(np.float32) - out["zero_point"]) * out["scale"])


def test_litert_runs_the_same_file(files, images):
    pytest.importorskip("ai_edge_litert")
    x = channels_last(images)[:20]
    ours, theirs = (tinsmith.Model(files["float32"], runtime=r).run_batch(x) for r in ("tinsmith", "litert"))
    for name in ours:
        assert np.abs(ours[name] - theirs[name]).max() < 1e-5


def test_threads_share_a_model(files, images):
    model, x = tinsmith.Model(files["int8"]), channels_last(images)
    wanted = model.predict_batch(x[:50])
    found = [None] * 4

    def work(i):
        found[i] = [model.predict_single(row) for row in x[:50]]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one == wanted for one in found)
    assert tinsmith.Model(files["int8"], num_threads=4).predict_batch(x[:50]) == wanted


def test_an_inference_costs_little_more_than_the_model(files, images):
    model, x = tinsmith.Model(files["int8"]), channels_last(images)[0]
    native, given = model._native, [np.ascontiguousarray(x)]

    def best(call):
        times = []
        for _ in range(2000):
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
        return min(times)

    assert best(lambda: model.predict_single(x)) - best(lambda: native.classify(given)) < 20e-6


def test_wrong_arrays_are_named(files, images):
    model = tinsmith.Model(files["float32"])
    with pytest.raises(tinsmith.InputError, match="'image' is .*channels-last"):
        model.predict_single(np.zeros((1, 8, 8), np.float32))
    with pytest.raises(tinsmith.InputError, match="array"):
        model.run(np.zeros((5,), np.float32))
    with pytest.raises(tinsmith.InputError, match="inputs are image"):
        model.run({"picture": images[:1]})
    with pytest.raises(tinsmith.InputError, match="finite|NaN|nan"):
        tinsmith.Model(files["int8"]).run(np.full((1, 8, 8, 1), np.nan, np.float32))
    with pytest.raises(tinsmith.InputError):
        tinsmith.Model(b"nothing")
    with pytest.raises(tinsmith.InputError, match="runtime"):
        tinsmith.Model(files["int8"], runtime="tensorrt")


def test_labels_come_from_beside_the_file(files, images, tmp_path):
    (tmp_path / "m.tflite").write_bytes(files["int8"])
    (tmp_path / "m_labels.txt").write_text("\n".join("zero one two three four five six seven eight nine".split()))
    model = tinsmith.Model(tmp_path / "m.tflite")
    assert model.labels[3] == "three"
    assert model.predict_single(channels_last(images)[0])[0] in model.labels


def test_it_has_the_name_of_an_interpreter_too():
    assert tinsmith.TFLiteInference is tinsmith.Model
