#include "tools/store_hash.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"

enum { HASH = 32 };

typedef struct Hashing {
    sqlite3 *db;
    const char *file;
    Bytes all;  /* what the hash is of: texts, and a hash of each row */
    Bytes row;  /* one row */
    Bytes rows; /* the hashes of a table's rows, HASH bytes each */
} Hashing;

static Status failed(const Hashing *h, int code, Err *err) {
    int kind = code & 0xff;
    Status status = kind == SQLITE_NOMEM                             ? ERR_NOMEM
                    : kind == SQLITE_IOERR || kind == SQLITE_CORRUPT ? ERR_IO
                                                                     : ERR_INPUT;
    return err_set(err, status, "%s: cannot be read: %s", h->file ? h->file : "store", sqlite3_errmsg(h->db));
}

static void add_text(Bytes *out, const void *text, size_t size) {
    bytes_u64(out, size);
    bytes_add(out, text, size);
}

static void add_string(Bytes *out, const char *text) { add_text(out, text, strlen(text)); }

/* Each value with its type: 1, 1.0 and '1' differ. */
static void add_value(Bytes *out, sqlite3_stmt *select, int column) {
    int type = sqlite3_column_type(select, column);
    bytes_byte(out, (uint8_t)type);
    switch (type) {
    case SQLITE_INTEGER: bytes_u64(out, (uint64_t)sqlite3_column_int64(select, column)); break;
    case SQLITE_FLOAT: bytes_f64(out, sqlite3_column_double(select, column)); break;
    case SQLITE_NULL: break;
    default: { /* of UTF-16 the text first, then its size */
        const void *value = type == SQLITE_TEXT ? (const void *)sqlite3_column_text(select, column)
                                                : sqlite3_column_blob(select, column);
        size_t size = (size_t)sqlite3_column_bytes(select, column);
        if (!value && size) out->failed = true;
        else add_text(out, value, size);
    }
    }
}

static int by_bytes(const void *a, const void *b) { return memcmp(a, b, HASH); }

static Status add_rows(Hashing *h, sqlite3_stmt *select, Err *err) {
    char hash[HASH + 1];
    int code, columns = sqlite3_column_count(select);
    bytes_u64(&h->all, (uint64_t)columns);
    for (int i = 0; i < columns; i++) {
        const char *name = sqlite3_column_name(select, i);
        if (!name) return failed(h, SQLITE_NOMEM, err);
        add_string(&h->all, name);
    }
    h->rows.size = 0;
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        h->row.size = 0;
        for (int i = 0; i < columns; i++) add_value(&h->row, select, i);
        content_hash(h->row.data, h->row.size, hash);
        bytes_add(&h->rows, hash, HASH);
    }
    if (code != SQLITE_DONE) return failed(h, code, err);
    if (h->row.failed || h->rows.failed) return err_set(err, ERR_NOMEM, "no memory to hash its rows");
    if (h->rows.size) qsort(h->rows.data, h->rows.size / HASH, HASH, by_bytes);
    add_text(&h->all, h->rows.data, h->rows.size);
    return OK;
}

static Status add_table(Hashing *h, const char *name, Err *err) {
    sqlite3_stmt *select = NULL;
    char *text = sqlite3_mprintf("select * from main.\"%w\"", name);
    if (!text) return err_set(err, ERR_NOMEM, "no memory for the name of a table");
    int code = sqlite3_prepare_v2(h->db, text, -1, &select, NULL);
    Status status = code == SQLITE_OK ? add_rows(h, select, err) : failed(h, code, err);
    sqlite3_finalize(select);
    sqlite3_free(text);
    return status;
}

/* Sorted by name; sqlite_sequence and the like are SQLite's own. */
static const char TABLES[] =
    "select name, case when type = 'view' or sql like 'create virtual%' then sql end "
    "from sqlite_master where type in ('table', 'view') and name not like 'sqlite~_%' "
    "escape '~' order by name collate binary";

static Status add_tables(Hashing *h, Err *err) {
    sqlite3_stmt *tables = NULL;
    int code = sqlite3_prepare_v2(h->db, TABLES, -1, &tables, NULL);
    Status status = OK;
    if (code != SQLITE_OK) return failed(h, code, err);
    while ((code = sqlite3_step(tables)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(tables, 0);
        const char *definition = (const char *)sqlite3_column_text(tables, 1);
        if (!name) TRY_GOTO(failed(h, SQLITE_NOMEM, err));
        add_string(&h->all, name);
        if (definition) add_string(&h->all, definition);
        else TRY_GOTO(add_table(h, name, err));
    }
    if (code != SQLITE_DONE) status = failed(h, code, err);
done:
    sqlite3_finalize(tables);
    return status;
}

Status store_hash_content(sqlite3 *db, const char *query, const char *file, char out[33], Err *err) {
    Hashing h = {.db = db, .file = file};
    add_string(&h.all, query);
    Status status = add_tables(&h, err);
    if (status == OK && h.all.failed) status = err_set(err, ERR_NOMEM, "no memory to hash its rows");
    if (status == OK) content_hash(h.all.data, h.all.size, out);
    bytes_free(&h.all);
    bytes_free(&h.row);
    bytes_free(&h.rows);
    return status;
}
