// What the library of TensorFlow Lite for Arduino has users include first.
#pragma once
