"""Run with the peers' Python: TensorFlow's converter on a SavedModel or a Keras file.   peer_tensorflow.py MODEL OUT METHOD [DATA.npy]

METHOD int8 calibrates on DATA, arrays in the source's layout: they are transposed where only that fits.
"""

import sys

import numpy as np
import tensorflow as tf



def converter_of(path):
    if not path.endswith((".h5", ".keras")):
        return tf.lite.TFLiteConverter.from_saved_model(path)
    try:
        import keras
        model = keras.saving.load_model(path, compile=False)
    except Exception:  # Keras 3 refuses many files of Keras 2
        import tf_keras
        model = tf_keras.models.load_model(path, compile=False)
    return tf.lite.TFLiteConverter.from_keras_model(model)


saved, target, method = sys.argv[1:4]
converter = converter_of(saved)
if method != "float32":
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
if method == "float16":
    converter.target_spec.supported_types = [tf.float16]
if method == "int8":
    signature = tf.saved_model.load(saved).signatures["serving_default"]
    (shape,) = [value.shape.as_list() for value in signature.structured_input_signature[1].values()]
    samples = np.load(sys.argv[4], mmap_mode="r")
    if samples.ndim == 4 and list(samples.shape[1:]) != shape[1:]:
        samples = samples.transpose(0, 2, 3, 1)
    converter.representative_dataset = lambda: ([np.asarray(sample[None], np.float32)] for sample in samples)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
with open(target, "wb") as out:
    out.write(converter.convert())
