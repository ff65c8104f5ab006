"""Models of Keras 3 and of Keras 2, as objects."""

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="TensorFlow is not installed (make test-peers does): Keras's objects are not tested")

import keras  # noqa: E402
import tf_keras  # noqa: E402

import tinsmith  # noqa: E402


@pytest.fixture(params=[keras, tf_keras], ids=["keras3", "keras2"])
def model(request):
    k = request.param
    k.utils.set_random_seed(3)
    layers = k.layers
    return k.Sequential([k.Input((16, 16, 3)), layers.Conv2D(8, 3, activation="relu"), layers.BatchNormalization(),
                         layers.GlobalAveragePooling2D(), layers.Dense(4, activation="softmax")])


def test_object_is_compared_with_its_own_forward_pass(model):
    result = tinsmith.convert(model)
    assert result.report["forward"]["outputs"][0]["max_relative_error"] < 1e-4
    x = np.random.default_rng(0).uniform(0, 1, (5, 16, 16, 3)).astype(np.float32)
    (found,) = tinsmith.Model(result.bytes).run_batch(x).values()
    assert np.abs(found - np.asarray(model(x))).max() < 1e-5


def test_int8_from_a_dataset(model):
    import tensorflow as tf

    x = np.random.default_rng(0).uniform(0, 1, (120, 16, 16, 3)).astype(np.float32)
    data = tf.data.Dataset.from_tensor_slices((x, np.arange(120) % 4)).batch(20)
    result = tinsmith.convert(model, method="int8", data=data)
    assert result.sqnr > 20
