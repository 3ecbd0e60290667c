#include "tools/store.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/utf8.h"
#include "tools/store_hash.h"

enum {
    PATH_BYTES_MAX = 4096,
    OPERATIONS_STEP = 1000,
    VALUE_BYTES_MAX = 1 << 20, /* of any value that a query makes on its way */
};
/* Operations of SQLite's machine that one query may take, some half a second. Not a time: the same query has the same
 * end on every machine. */
static const uint64_t OPERATIONS_MAX = 20000000;

static const char ROWS_QUERY[] = "select value from facts where key = ?1";

struct Store {
    sqlite3 *db;
    sqlite3_stmt *query;
    const ToolSpec *spec;
    int n_parameters, *parameter; /* [i]: the argument that parameter i + 1 is */
    uint64_t operations;          /* of this call */
    struct stat opened;           /* the file as it was; of a store of rows all 0 */
    char hash[33];
};

const char *store_hash(const Store *store) { return store->hash; }

/* What SQLite's answer means: no memory and a failing disk are not the query's fault. */
static Status failed(const Store *s, int code, const char *doing, Err *err) {
    Status status = (code & 0xff) == SQLITE_NOMEM   ? ERR_NOMEM
                    : (code & 0xff) == SQLITE_IOERR ? ERR_IO
                                                    : ERR_INPUT;
    return err_set(err, status, "%s: %s: %s", s->spec->file ? s->spec->file : "store", doing,
                   s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(code));
}

/* ---- made from rows ---- */

static Status add_row(const Store *s, sqlite3_stmt *insert, const ToolRow *row, Err *err) {
    char quoted[256];
    bool shown = false;
    if (!utf8_text(row->key.bytes, row->key.size) || !utf8_text(row->value.bytes, row->value.size))
        return err_set(err, ERR_INPUT, "a key or its value is not UTF-8 text");
    int code = sqlite3_bind_text64(insert, 1, row->key.bytes, row->key.size, SQLITE_STATIC, SQLITE_UTF8);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text64(insert, 2, row->value.bytes, row->value.size, SQLITE_STATIC, SQLITE_UTF8);
    if (code == SQLITE_OK) code = sqlite3_step(insert);
    if (code == SQLITE_DONE) code = sqlite3_reset(insert);
    if (code == SQLITE_OK) return OK;
    if ((code & 0xff) != SQLITE_CONSTRAINT) return failed(s, code, "a row cannot be stored", err);
    shown = snprintf(quoted, sizeof quoted, "%.*s", (int)row->key.size, row->key.bytes) < (int)sizeof quoted;
    return err_set(err, ERR_INPUT, "two rows have the key '%s%s'", quoted, shown ? "" : "...");
}

static Status add_rows(const Store *s, Err *err) {
    sqlite3_stmt *insert = NULL;
    Status status = OK;
    int code = sqlite3_exec(
        s->db, "create table facts(key text primary key, value text not null) without rowid; begin", NULL,
        NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(s->db, "insert into facts values (?1, ?2)", -1, &insert, NULL);
    if (code != SQLITE_OK) return failed(s, code, "no table for the rows", err);
    for (size_t i = 0; i < s->spec->n_rows; i++) TRY_GOTO(add_row(s, insert, &s->spec->row[i], err));
    code = sqlite3_exec(s->db, "commit", NULL, NULL, NULL);
    if (code != SQLITE_OK) status = failed(s, code, "the rows cannot be stored", err);
done:
    sqlite3_finalize(insert);
    return status;
}

/* ---- a user's file ---- */

/* A journal with bytes in it holds what the file lacks. */
static Status refuse_journal(const char *path, const char *end, Err *err) {
    char name[PATH_BYTES_MAX];
    struct stat info;
    if (snprintf(name, sizeof name, "%s%s", path, end) >= (int)sizeof name)
        return err_set(err, ERR_INPUT, "%s: the path is too long", path);
    if (stat(name, &info) != 0 || info.st_size == 0) return OK;
    return err_set(
        err, ERR_INPUT,
        "%s: is being written, or a program ended as it wrote it (%s is there); end that program, then: "
        "sqlite3 %s 'pragma wal_checkpoint(truncate)'",
        path, name, path);
}

/* As a file: address, so that it can be opened as one that nobody changes: without locks and without new files beside
 * it. store_check sees to it that nobody does. */
static Status address_of(char out[3 * PATH_BYTES_MAX + 64], const char *path, Err *err) {
    static const char hex[] = "0123456789ABCDEF";
    size_t n = (size_t)sprintf(out, "file:");
    if (strlen(path) >= PATH_BYTES_MAX) return err_set(err, ERR_INPUT, "%s: the path is too long", path);
    for (const char *p = path; *p; p++) {
        bool plain = !strchr("%?#", *p) && (unsigned char)*p > 0x20 && (unsigned char)*p < 0x7f;
        if (!plain) out[n++] = '%';
        if (!plain) out[n++] = hex[(unsigned char)*p >> 4];
        out[n++] = plain ? *p : hex[(unsigned char)*p & 15];
    }
    strcpy(out + n, "?mode=ro&immutable=1");
    return OK;
}

static Status open_file(Store *s, Err *err) {
    const char *path = s->spec->file;
    char address[3 * PATH_BYTES_MAX + 64];
    TRY(file_named(path, "file", err));
    if (stat(path, &s->opened) != 0)
        return err_set(err, ERR_IO, "%s: cannot read: %s", path, strerror(errno));
    if (!S_ISREG(s->opened.st_mode)) return err_set(err, ERR_INPUT, "%s: no regular file", path);
    TRY(refuse_journal(path, "-wal", err));
    TRY(refuse_journal(path, "-journal", err));
    TRY(address_of(address, path, err));
    int code =
        sqlite3_open_v2(address, &s->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    return code == SQLITE_OK ? OK : failed(s, code, "cannot be opened", err);
}

Status store_check(const Store *s, Err *err) {
    struct stat now;
    if (!s->spec->file) return OK;
    if (stat(s->spec->file, &now) == 0 && now.st_dev == s->opened.st_dev && now.st_ino == s->opened.st_ino &&
        now.st_size == s->opened.st_size && now.st_mtim.tv_sec == s->opened.st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == s->opened.st_mtim.tv_nsec)
        return OK;
    return err_set(err, ERR_INPUT,
                   "%s: has changed since the run opened it; a store must stay as it is during a run",
                   s->spec->file);
}

/* ---- the query ---- */

/* What a call's answer may not depend on: chance, the clock, what was asked before. */
static bool is_forbidden(const char *function) {
    static const char *const names[] = {
        "random",   "randomblob", "load_extension", "current_timestamp", "current_date", "current_time",
        "date",     "time",       "datetime",       "julianday",         "unixepoch",    "strftime",
        "timediff", "changes",    "total_changes",  "last_insert_rowid"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!sqlite3_stricmp(function, names[i])) return true;
    return false;
}

static int authorize(void *user, int action, const char *first, const char *second, const char *third,
                     const char *fourth) {
    (void)user, (void)first, (void)third, (void)fourth;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION: return is_forbidden(second) ? SQLITE_DENY : SQLITE_OK;
    default: return SQLITE_DENY;
    }
}

static int count_operations(void *store) {
    Store *s = store;
    s->operations += OPERATIONS_STEP;
    return s->operations > OPERATIONS_MAX;
}

static void restrict_queries(Store *s) {
    sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX);
    sqlite3_limit(s->db, SQLITE_LIMIT_SQL_LENGTH, VALUE_BYTES_MAX);
    sqlite3_limit(s->db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(s->db, SQLITE_LIMIT_WORKER_THREADS, 0);
    sqlite3_set_authorizer(s->db, authorize, NULL);
    sqlite3_progress_handler(s->db, OPERATIONS_STEP, count_operations, s);
}

/* The argument that a parameter names (":city"), or that its number is; -1: there is none. */
static int argument_of(const ToolSpec *spec, const char *name, int number) {
    if (!name || name[0] == '?') return number <= spec->n_arguments ? number - 1 : -1;
    for (int i = 0; i < spec->n_arguments; i++)
        if (!strcmp(name + 1, spec->argument[i])) return i;
    return -1;
}

static Status take_parameters(Store *s, Err *err) {
    bool used[TOOL_ARGUMENTS_MAX] = {false};
    s->n_parameters = sqlite3_bind_parameter_count(s->query);
    s->parameter = calloc((size_t)s->n_parameters + 1, sizeof *s->parameter);
    if (!s->parameter) return err_set(err, ERR_NOMEM, "no memory for a query's parameters");
    for (int i = 0; i < s->n_parameters; i++) {
        const char *name = sqlite3_bind_parameter_name(s->query, i + 1);
        s->parameter[i] = argument_of(s->spec, name, i + 1);
        if (s->parameter[i] < 0)
            return err_set(err, ERR_INPUT, "the query's parameter %s is none of the tool's arguments",
                           name ? name : "?");
        used[s->parameter[i]] = true;
    }
    for (int i = 0; i < s->spec->n_arguments; i++)
        if (!used[i])
            return err_set(err, ERR_INPUT, "the query does not use the argument '%s'; write :%s",
                           s->spec->argument[i], s->spec->argument[i]);
    return OK;
}

static Status prepare(Store *s, Err *err) {
    const char *text = s->spec->file ? s->spec->query : ROWS_QUERY, *rest = NULL;
    int code = sqlite3_prepare_v3(s->db, text, -1, SQLITE_PREPARE_PERSISTENT, &s->query, &rest);
    /* of a function SQLite says it in words alone */
    if ((code & 0xff) == SQLITE_AUTH ||
        (code == SQLITE_ERROR && strstr(sqlite3_errmsg(s->db), "not authorized")))
        return err_set(err, ERR_INPUT, "%s: a query may only read, and neither chance nor the clock: %s",
                       s->spec->file, sqlite3_errmsg(s->db));
    if (code != SQLITE_OK) return failed(s, code, "the query is wrong", err);
    if (!s->query || rest[strspn(rest, "; \t\r\n")])
        return err_set(err, ERR_INPUT, "the query is not one statement");
    if (sqlite3_column_count(s->query) != 1)
        return err_set(err, ERR_INPUT, "the query gives %d columns; one is the answer",
                       sqlite3_column_count(s->query));
    return take_parameters(s, err);
}

/* ---- opening and asking ---- */

static Status open_all(Store *s, Err *err) {
    int code;
    if (s->spec->file) {
        TRY(open_file(s, err));
    } else {
        if (s->spec->n_arguments != 1)
            return err_set(err, ERR_INPUT, "made from rows it takes one argument, the key, not %d",
                           s->spec->n_arguments);
        code = sqlite3_open_v2(":memory:", &s->db,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
        if (code != SQLITE_OK) return failed(s, code, "cannot be made", err);
        TRY(add_rows(s, err));
    }
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    code = sqlite3_exec(s->db, "pragma temp_store = memory", NULL, NULL, NULL);
    if (code != SQLITE_OK) return failed(s, code, "cannot be read", err);
    TRY(store_hash_content(s->db, s->spec->file ? s->spec->query : ROWS_QUERY, s->spec->file, s->hash, err));
    restrict_queries(s);
    return prepare(s, err);
}

Status store_open(Store **out, const ToolSpec *spec, Err *err) {
    *out = NULL;
    if (spec->file && !spec->query) return err_set(err, ERR_INPUT, "%s needs a query", spec->file);
    if (!spec->file && spec->query) return err_set(err, ERR_INPUT, "a query needs a file");
    Store *s = calloc(1, sizeof *s);
    if (!s) return err_set(err, ERR_NOMEM, "no memory for a store");
    s->spec = spec;
    Status status = open_all(s, err);
    if (status == OK) *out = s;
    else store_close(s);
    return status;
}

/* The value of the row that the query stands at. */
static void take_value(Store *s, Reply *out) {
    const char *text = (const char *)sqlite3_column_text(s->query, 0);
    size_t size = (size_t)sqlite3_column_bytes(s->query, 0);
    if (sqlite3_column_type(s->query, 0) == SQLITE_NULL) reply_none(out, TOOL_MISSING, "the value is NULL");
    else if (!text && size) out->text.failed = true;
    else if (size > TOOL_ANSWER_BYTES_MAX) reply_none(out, TOOL_MALFORMED, "the value has %zu bytes", size);
    else if (!utf8_text(text, size)) reply_none(out, TOOL_MALFORMED, "the value is not UTF-8 text");
    else bytes_add(&out->text, text, size);
}

static int ask(Store *s, const ToolCall *call, Reply *out) {
    int code = SQLITE_OK;
    for (int i = 0; i < s->n_parameters && code == SQLITE_OK; i++) {
        ToolText argument = call->argument[s->parameter[i]];
        code = sqlite3_bind_text64(s->query, i + 1, argument.size ? argument.bytes : "", argument.size,
                                   SQLITE_STATIC, SQLITE_UTF8);
    }
    if (code == SQLITE_OK) code = sqlite3_step(s->query);
    if (code == SQLITE_DONE) reply_none(out, TOOL_MISSING, "no row");
    if (code != SQLITE_ROW) return code;
    take_value(s, out);
    code = sqlite3_step(s->query);
    if (code == SQLITE_ROW)
        reply_none(out, TOOL_MALFORMED, "more than one row; the query may end in `limit 1`");
    return code;
}

Status store_call(Store *s, const ToolCall *call, Reply *out, Err *err) {
    Status status = OK;
    s->operations = 0;
    int code = ask(s, call, out), kind = code & 0xff;
    if (kind == SQLITE_INTERRUPT)
        reply_none(out, TOOL_TIMEOUT, "the query takes more than %llu operations",
                   (unsigned long long)OPERATIONS_MAX);
    else if (kind == SQLITE_NOMEM || kind == SQLITE_IOERR || kind == SQLITE_CORRUPT)
        status = failed(s, kind == SQLITE_CORRUPT ? SQLITE_IOERR : code, "reading failed", err);
    else if (code != SQLITE_DONE && code != SQLITE_ROW)
        reply_none(out, TOOL_FAILED, "%s", sqlite3_errmsg(s->db));
    sqlite3_reset(s->query); /* tells the same failure again */
    sqlite3_clear_bindings(s->query);
    return status;
}

void store_close(Store *s) {
    if (!s) return;
    sqlite3_finalize(s->query);
    sqlite3_close(s->db);
    free(s->parameter);
    free(s);
}
