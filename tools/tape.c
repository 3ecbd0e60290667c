#include "tools/tape.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"

enum { HASH = 32 };
static const size_t TAPE_BYTES_MAX = FILE_BYTES(36);

/* How a line ends: its hash, over the hash of the line before it and over its own text up to here. */
#define HASH_BEFORE ",\"hash\":\""
#define HASH_AFTER  "\"}"
enum { END = sizeof HASH_BEFORE - 1 + HASH + sizeof HASH_AFTER - 1 };

typedef struct Entry {
    size_t key, key_size, text, size, why; /* offsets in `texts`; why is ended by a NUL */
    ToolReason reason;
} Entry;

struct ToolTape {
    char path[1024];
    int fd; /* -1: not written */
    size_t file_size;
    char hash[HASH + 1]; /* of the last line; of an empty tape "" */
    Bytes texts, key;    /* all entries' texts; the key that is looked for */
    Entry *entry;
    size_t n, room;
    uint32_t *slot; /* entry + 1 by the hash of its key, 0: free; twice as many as room, a power of 2 */
};

/* ---- entries ---- */

/* Texts with their lengths: no two calls have one key. */
static void make_key(Bytes *key, const char *tool, const ToolCall *call, int n) {
    key->size = 0;
    bytes_u64(key, strlen(tool));
    bytes_add(key, tool, strlen(tool));
    for (int i = 0; i < n; i++) {
        bytes_u64(key, call->argument[i].size);
        bytes_add(key, call->argument[i].bytes, call->argument[i].size);
    }
}

/* The slot of a key: its entry's, or the free one where it belongs. */
static size_t slot_of(const ToolTape *t, const void *key, size_t size) {
    size_t mask = 2 * t->room - 1;
    for (size_t at = XXH3_64bits(key, size) & mask;; at = (at + 1) & mask) {
        if (!t->slot[at]) return at;
        const Entry *e = &t->entry[t->slot[at] - 1];
        if (e->key_size == size && !memcmp(t->texts.data + e->key, key, size)) return at;
    }
}

static Status no_memory(const ToolTape *t, Err *err) {
    return err_set(err, ERR_NOMEM, "%s: no memory for its %zu answers", t->path, t->n + 1);
}

static Status grow(ToolTape *t, Err *err) {
    size_t room = t->room ? 2 * t->room : 64;
    if (room > UINT32_MAX / 2) return no_memory(t, err);
    Entry *entry = realloc(t->entry, room * sizeof *entry);
    if (!entry) return no_memory(t, err);
    t->entry = entry;
    uint32_t *slot = calloc(2 * room, sizeof *slot);
    if (!slot) return no_memory(t, err);
    free(t->slot);
    t->slot = slot;
    t->room = room;
    for (size_t i = 0; i < t->n; i++)
        t->slot[slot_of(t, t->texts.data + entry[i].key, entry[i].key_size)] = (uint32_t)i + 1;
    return OK;
}

/* The first answer to a call counts. */
static Status remember(ToolTape *t, const char *tool, const ToolCall *call, int n, const ToolAnswer *answer,
                       Err *err) {
    if (t->n == t->room) TRY(grow(t, err));
    make_key(&t->key, tool, call, n);
    if (t->key.failed) return no_memory(t, err);
    size_t slot = slot_of(t, t->key.data, t->key.size);
    if (t->slot[slot]) return OK;
    Entry e = {.key = t->texts.size, .key_size = t->key.size, .reason = answer->reason};
    bytes_add(&t->texts, t->key.data, t->key.size);
    e.text = t->texts.size;
    e.size = answer->reason == TOOL_ANSWERED ? answer->text.size : 0;
    bytes_add(&t->texts, answer->text.bytes, e.size);
    bytes_byte(&t->texts, 0);
    e.why = t->texts.size;
    bytes_add(&t->texts, answer->why, strlen(answer->why) + 1);
    if (t->texts.failed) return no_memory(t, err);
    t->entry[t->n++] = e;
    t->slot[slot] = (uint32_t)t->n;
    return OK;
}

bool tape_find(ToolTape *t, const char *tool, const ToolCall *call, int n, ToolAnswer *out) {
    if (!t->n) return false;
    make_key(&t->key, tool, call, n);
    if (t->key.failed) return false;
    size_t slot = slot_of(t, t->key.data, t->key.size);
    if (!t->slot[slot]) return false;
    const Entry *e = &t->entry[t->slot[slot] - 1];
    const char *texts = (const char *)t->texts.data;
    *out = (ToolAnswer){e->reason, {texts + e->text, e->size}, texts + e->why};
    return true;
}

size_t tape_count(const ToolTape *t) { return t->n; }

/* ---- reading ---- */

static void hash_line(const char before[HASH + 1], const char *text, size_t size, char out[HASH + 1],
                      Bytes *scratch) {
    scratch->size = 0;
    bytes_add(scratch, before, strlen(before));
    bytes_add(scratch, text, size);
    if (!scratch->failed) content_hash(scratch->data, scratch->size, out);
}

static ToolText text_of(const json_t *string) {
    return (ToolText){json_string_value(string), json_string_length(string)};
}

/* false: the object is no line of a tape. */
static bool take_object(const json_t *line, const char **tool, ToolCall *call, int *n, ToolAnswer *answer) {
    const json_t *arguments = json_object_get(line, "arguments"), *text = json_object_get(line, "answer");
    const char *none = json_string_value(json_object_get(line, "none"));
    *tool = json_string_value(json_object_get(line, "tool"));
    size_t count = json_array_size(arguments);
    if (!*tool || !count || count > TOOL_ARGUMENTS_MAX) return false;
    for (size_t i = 0; i < count; i++) {
        call->argument[i] = text_of(json_array_get(arguments, i));
        if (!call->argument[i].bytes) return false;
    }
    *n = (int)count;
    *answer = (ToolAnswer){TOOL_ANSWERED, text_of(text), ""};
    if (!none) return answer->text.bytes != NULL;
    const char *why = json_string_value(json_object_get(line, "why"));
    answer->why = why ? why : "";
    for (int i = TOOL_ANSWERED + 1; i < TOOL_REASONS; i++)
        if (!strcmp(none, tool_reason_name[i])) answer->reason = (ToolReason)i;
    return !text && answer->reason != TOOL_ANSWERED;
}

static Status read_line(ToolTape *t, const char *line, size_t size, int number, Bytes *scratch, Err *err) {
    const char *tool, *end = line + size - (size < END ? size : END);
    char hash[HASH + 1] = "", expected[END + 1];
    ToolCall call;
    ToolAnswer answer;
    int n;
    json_t *object = NULL;
    hash_line(t->hash, line, (size_t)(end - line), hash, scratch);
    if (scratch->failed) return no_memory(t, err);
    snprintf(expected, sizeof expected, HASH_BEFORE "%s" HASH_AFTER, hash);
    if (size < END || memcmp(end, expected, END) != 0)
        return err_set(
            err, ERR_FORMAT,
            "%s:%d: this line or one before it was altered: its hash is another; a tape cannot be edited",
            t->path, number);
    TRY(json_read(line, size, JSON_REJECT_DUPLICATES, t->path, &object, err));
    Status status = take_object(object, &tool, &call, &n, &answer)
                        ? remember(t, tool, &call, n, &answer, err)
                        : err_set(err, ERR_FORMAT, "%s:%d: no line of a tape", t->path, number);
    json_decref(object);
    memcpy(t->hash, hash, sizeof hash);
    return status;
}

/* file_size becomes that of the whole lines. */
static Status read_all(ToolTape *t, Err *err) {
    Buffer file;
    Bytes scratch = {0};
    Status status = OK;
    if (file_missing(t->path)) return OK;
    TRY(file_read(t->path, TAPE_BYTES_MAX, &file, err));
    const char *at = file.data, *end = file.data + file.size, *line_end;
    for (int number = 1; (line_end = memchr(at, '\n', (size_t)(end - at))) != NULL; number++) {
        TRY_GOTO(read_line(t, at, (size_t)(line_end - at), number, &scratch, err));
        at = line_end + 1;
    }
    t->file_size = (size_t)(at - file.data);
done:
    bytes_free(&scratch);
    buffer_free(&file);
    return status;
}

/* Before it is read: nobody adds a line in between. */
static Status open_to_write(ToolTape *t, Err *err) {
    TRY(file_open_own(t->path, O_RDWR | O_CREAT, &t->fd, err));
    if (flock(t->fd, LOCK_EX | LOCK_NB) == 0) return OK;
    if (errno == EWOULDBLOCK)
        return err_set(err, ERR_INPUT,
                       "%s: another process writes it; wait for it, or leave out --allow-program", t->path);
    return err_set(err, ERR_IO, "%s: cannot be locked: %s", t->path, strerror(errno));
}

Status tape_attach(ToolTape *t, const char *path, bool writable, Err *err) {
    CHECK(t->fd < 0 && t->n == 0);
    TRY(path_join(t->path, sizeof t->path, path, NULL, err));
    if (writable) TRY(open_to_write(t, err));
    TRY(read_all(t, err));
    if (!writable || ftruncate(t->fd, (off_t)t->file_size) == 0) return OK;
    return err_set(err, ERR_IO, "%s: cannot be written: %s", path, strerror(errno));
}

Status tape_open(ToolTape **out, const char *path, bool writable, Err *err) {
    *out = NULL;
    ToolTape *t = calloc(1, sizeof *t);
    if (!t) return err_set(err, ERR_NOMEM, "no memory for a tape");
    t->fd = -1;
    Status status = path ? tape_attach(t, path, writable, err) : OK;
    if (status == OK) *out = t;
    else tape_close(t);
    return status;
}

void tape_close(ToolTape *t) {
    if (!t) return;
    if (t->fd >= 0) close(t->fd);
    bytes_free(&t->texts);
    bytes_free(&t->key);
    free(t->entry);
    free(t->slot);
    free(t);
}

/* ---- writing ---- */

static Status write_line(ToolTape *t, const char *line, size_t size, Err *err) {
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(t->fd, line + done, size - done, (off_t)(t->file_size + done));
        if (n < 0 && errno == EINTR) continue;
        if (n >= 0) {
            done += (size_t)n;
            continue;
        }
        int why = errno;
        if (ftruncate(t->fd, (off_t)t->file_size) != 0) why = errno;
        return err_set(err, ERR_IO, "%s: cannot be written: %s", t->path, strerror(why));
    }
    t->file_size += size;
    return OK;
}

static json_t *string_of(ToolText text) { return json_stringn(text.size ? text.bytes : "", text.size); }

static json_t *object_of(const char *tool, const ToolCall *call, int n, const ToolAnswer *answer) {
    json_t *line = json_object(), *arguments = json_array();
    json_object_set_new(line, "tool", json_string(tool));
    for (int i = 0; i < n; i++) json_array_append_new(arguments, string_of(call->argument[i]));
    json_object_set_new(line, "arguments", arguments);
    if (answer->reason == TOOL_ANSWERED) {
        json_object_set_new(line, "answer", string_of(answer->text));
    } else {
        json_object_set_new(line, "none", json_string(tool_reason_name[answer->reason]));
        if (*answer->why) json_object_set_new(line, "why", json_string(answer->why));
    }
    return line;
}

Status tape_add(ToolTape *t, const char *tool, const ToolCall *call, int n, const ToolAnswer *answer,
                Err *err) {
    char *text, hash[HASH + 1] = "";
    Bytes line = {0};
    if (t->fd >= 0) {
        TRY(json_take_text(object_of(tool, call, n, answer), JSON_COMPACT, t->path, &text, err));
        size_t size = strlen(text) - 1; /* without its brace */
        hash_line(t->hash, text, size, hash, &line);
        line.size = 0;
        bytes_add(&line, text, size);
        bytes_add(&line, HASH_BEFORE, strlen(HASH_BEFORE));
        bytes_add(&line, hash, HASH);
        bytes_add(&line, HASH_AFTER "\n", strlen(HASH_AFTER "\n"));
        free(text);
        Status status = line.failed ? no_memory(t, err) : write_line(t, (char *)line.data, line.size, err);
        bytes_free(&line);
        TRY(status);
        memcpy(t->hash, hash, sizeof hash);
    }
    return remember(t, tool, call, n, answer, err);
}

Status tape_sync(ToolTape *t, Err *err) {
    if (t->fd < 0 || fsync(t->fd) == 0) return OK;
    return err_set(err, ERR_IO, "%s: cannot be written to disk: %s", t->path, strerror(errno));
}
