/* A delegate that takes no operator, as LiteRT's plug-in interface wants one: it must be loaded, asked, and given back. It writes what
   was called to the file named by TINSMITH_DELEGATE_LOG. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The start of TFLite's TfLiteDelegate; everything after it is null. */
struct delegate {
    void* data;
    int (*prepare)(void* context, struct delegate* delegate);
    void* rest[8];
};

static void say(const char* what) {
    const char* path = getenv("TINSMITH_DELEGATE_LOG");
    FILE* log = path ? fopen(path, "a") : NULL;
    if (!log) return;
    fprintf(log, "%s\n", what);
    fclose(log);
}

static int prepare(void* context, struct delegate* delegate) {
    (void)context;
    (void)delegate;
    say("prepare");
    return 0;
}

void* tflite_plugin_create_delegate(const char* const* keys, const char* const* values, size_t count, void (*report)(const char*)) {
    (void)keys;
    (void)values;
    (void)count;
    (void)report;
    struct delegate* out = calloc(1, sizeof *out);
    out->prepare = prepare;
    say("create");
    return out;
}

void tflite_plugin_destroy_delegate(void* delegate) {
    say("destroy");
    free(delegate);
}
