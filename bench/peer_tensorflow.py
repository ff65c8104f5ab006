"""Run with the peers' Python: TensorFlow's converter on a SavedModel.   peer_tensorflow.py SAVED_MODEL OUT METHOD"""

import sys

import tensorflow as tf

converter = tf.lite.TFLiteConverter.from_saved_model(sys.argv[1])
if sys.argv[3] != "float32":
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
if sys.argv[3] == "float16":
    converter.target_spec.supported_types = [tf.float16]
with open(sys.argv[2], "wb") as target:
    target.write(converter.convert())
