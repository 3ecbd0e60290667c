#include "base/json.h"

#include <stdlib.h>

static _Thread_local bool ran_out, ever_ran_out;

static void *count(size_t size) {
    void *p = malloc(size);
    if (!p) json_lost();
    return p;
}

#ifndef ROTE_BARE /* no jansson for that CPU */
/* jansson takes its allocator before its first use, so before main. */
__attribute__((constructor)) static void count_memory(void) { json_set_alloc_funcs(count, free); }
#else
void *(*const json_memory)(size_t) = count; /* or the compiler warns that it is not called */
#endif

bool json_ran_out(void) {
    bool was = ran_out;
    ran_out = false;
    return was;
}

void json_lost(void) { ran_out = ever_ran_out = true; }

bool json_ever_ran_out(void) { return ever_ran_out; }

bool json_whole(const json_t *value, json_int_t low, json_int_t high, json_int_t *out) {
    json_int_t number = json_integer_value(value); /* 0 of what is no integer */
    if (!json_is_integer(value) || number < low || number > high) return false;
    *out = number;
    return true;
}

json_t *json_string_take(char *text) {
    json_t *string = text ? json_string(text) : NULL;
    if (!text) json_lost();
    free(text);
    return string;
}

Status json_take_text(json_t *root, size_t flags, const char *what, char **out, Err *err) {
    *out = root ? json_dumps(root, flags) : NULL;
    json_decref(root);
    bool memory = json_ran_out();
    if (*out && !memory) return OK;
    free(*out);
    *out = NULL;
    if (memory) return err_set(err, ERR_NOMEM, "%s: no memory to write it", what);
    return err_set(err, ERR_FORMAT, "%s: cannot be written: it contains a text that is not UTF-8", what);
}

Status json_read(const char *data, size_t size, size_t flags, const char *where, json_t **out, Err *err) {
    json_error_t why;
    bool before = json_ran_out(); /* of an object that is being made meanwhile: whoever writes it asks */
    *out = json_loadb(data, size, flags, &why);
    bool memory = ran_out;
    ran_out = before;
    if (memory) {
        json_decref(*out);
        *out = NULL;
        return err_set(err, ERR_NOMEM, "%s: no memory to read it", where);
    }
    return *out ? OK : err_set(err, ERR_FORMAT, "%s:%d: %s", where, why.line, why.text);
}
