#include "data/records.h"

#include <stdlib.h>

Status records_add(Records *records, Record record, Err *err) {
    if (records->n == records->capacity) {
        int64_t capacity = records->capacity ? 2 * (int64_t)records->capacity : 256;
        Record *item = capacity <= INT32_MAX ? realloc(records->item, (size_t)capacity * sizeof *item) : NULL;
        if (!item) return err_set(err, ERR_NOMEM, "no memory for more than %d records", records->n);
        records->item = item;
        records->capacity = (int32_t)capacity;
    }
    records->item[records->n++] = record;
    return OK;
}

void records_free(Records *records) {
    free(records->item);
    buffer_free(&records->file);
    *records = (Records){0};
}
