/* The checks of random_layers.h on a board: a line each; the exit code says whether a byte was wrong. */
#include <stdio.h>

#include "random_layers.h"

int main(void) {
    int wrong = 0;
    for (const tin_layer_check* what = tin_layer_checks; what->name; ++what) {
        const tin_check check = tin_check_layers(what, 20261130u, what->times / 10);
        printf("%s: %d layers, %d packed, %d wrong\n", what->name, check.drawn, check.packed, check.wrong);
        wrong |= check.wrong != 0 || check.packed == 0;
    }
    return wrong;
}
