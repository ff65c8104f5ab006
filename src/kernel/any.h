/* Elements that are moved by their size, whatever type they have elsewhere. Generated C keeps the name TIN_ANY and defines it itself. */
#ifndef TIN_KERNEL_ANY_H
#define TIN_KERNEL_ANY_H
#include <stdint.h>

#ifndef TIN_KEEP_NAMES
#if defined(__GNUC__)
#define TIN_ANY __attribute__((__may_alias__))
#else
#define TIN_ANY
#endif
#endif
typedef uint8_t tin_any_1;
typedef uint16_t TIN_ANY tin_any_2;
typedef uint32_t TIN_ANY tin_any_4;
typedef uint64_t TIN_ANY tin_any_8;
#endif
