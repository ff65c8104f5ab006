// A model in a .tflite: a flatbuffer, of which only the version is looked at.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace tflite {

struct Model {
    uint32_t version() const {
#ifdef STUB_VERSION
        return STUB_VERSION;
#endif
        const uint8_t* root = reinterpret_cast<const uint8_t*>(this);
        const uint8_t* table = root + read<uint32_t>(root);
        const uint8_t* fields = table - read<int32_t>(table);
        const uint16_t at = read<uint16_t>(fields) > 4 ? read<uint16_t>(fields + 4) : 0;
        return at == 0 ? 0 : read<uint32_t>(table + at);
    }

private:
    template <class T>
    static T read(const uint8_t* from) {
        T value;
        memcpy(&value, from, sizeof value);
        return value;
    }
};

inline const Model* GetModel(const void* bytes) { return static_cast<const Model*>(bytes); }

}  // namespace tflite
