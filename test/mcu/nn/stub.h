/* How often each kind of layer was asked for. */
#ifndef NN_STUB_H
#define NN_STUB_H
typedef struct {
    int conv, depthwise, dense, per_row; /* per_row: dense layers with a scale for each row */
} nn_stub_calls;
extern nn_stub_calls nn_stub;
/* Work space that the library pretends to want, bytes. */
extern int nn_stub_wants;
#endif
