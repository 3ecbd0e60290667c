/* Inputs of the user's own: a file with a line "class<TAB>prompt" for each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lines.h"
#include "base/text.h"
#include "cli/logits/logits.h"
#include "cli/sample/draw.h"

enum { FILE_BYTES_MAX = 1 << 30 };

typedef struct Prompts {
    Buffer file;
    Lines lines;
    const char *path;
    const Vocab *vocab;
    char *line; /* the last line, its class and prompt divided */
    size_t room;
    int max_tokens; /* of a prompt */
    bool whole;
    int32_t *token;
    const LogitInputs *names;
} Prompts;

static void prompts_free(void *source) {
    Prompts *p = source;
    buffer_free(&p->file);
    free(p->line);
    free(p->token);
    free(p);
}

static Status prompts_rewind(void *source, Err *err) {
    Prompts *p = source;
    (void)err;
    p->lines = lines_of(p->file.data);
    return OK;
}

/* The next line: *class and *prompt, both NULL at the end. */
static Status next_line(Prompts *p, char **class, char **prompt, Err *err) {
    *class = *prompt = NULL;
    if (!lines_next(&p->lines)) return OK;
    if (p->lines.size >= p->room) {
        free(p->line);
        p->room = 2 * p->lines.size + 1;
        p->line = malloc(p->room);
        if (!p->line) p->room = 0;
        if (!p->line) return err_set(err, ERR_NOMEM, "%s: no memory for a line", p->path);
    }
    memcpy(p->line, p->lines.line, p->lines.size);
    p->line[p->lines.size] = '\0';
    char *tab = strchr(p->line, '\t');
    if (!tab || tab == p->line)
        return err_set(err, ERR_INPUT, "%s:%d: is not a class, a tab and a prompt", p->path, p->lines.number);
    *tab = '\0';
    *class = p->line;
    *prompt = tab + 1;
    return OK;
}

static int class_of(const LogitInputs *names, const char *class) {
    char shown[256];
    text_escape(shown, sizeof shown, (Text){(char *)class, strlen(class)});
    for (int c = 0; c < names->n_classes; c++)
        if (!strcmp(names->name[c], shown)) return c;
    return -1;
}

static Status prompts_next(void *source, LogitInput *out, bool *more, Err *err) {
    Prompts *p = source;
    char *class, *prompt, where[300];
    TRY(next_line(p, &class, &prompt, err));
    *more = class != NULL;
    if (!class) return OK;
    int c = class_of(p->names, class); /* found: prompts_open saw every line */
    *out =
        (LogitInput){.classes = UINT64_C(1) << c, .number = p->lines.number, .token = p->token, .target = -1};
    snprintf(where, sizeof where, "%.200s:%d: the prompt", p->path, p->lines.number);
    TRY(sample_tokens(where, prompt, p->vocab, p->max_tokens, p->token, &out->n, err));
    out->from = p->whole ? 0 : out->n;
    return OK;
}

Status prompts_open(LogitInputs *out, const char *path, const Vocab *vocab, int block_size, bool whole,
                    Err *err) {
    Prompts *p = calloc(1, sizeof *p);
    Status status = OK;
    *out = (LogitInputs){.n_classes = 0};
    if (!p) return err_set(err, ERR_NOMEM, "no memory for %s", path);
    *out = (LogitInputs){.source = p,
                         .next = prompts_next,
                         .rewind = prompts_rewind,
                         .free = prompts_free,
                         .positions = block_size,
                         .by = "file"};
    *p = (Prompts){.path = path, .vocab = vocab, .max_tokens = block_size - 1, .whole = whole, .names = out};
    p->token = malloc((size_t)block_size * sizeof *p->token);
    if (!p->token) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %s", path));
    TRY_GOTO(lines_read(path, FILE_BYTES_MAX, &p->file, err));
    p->lines = lines_of(p->file.data);
    for (char *class, *prompt;;) {
        TRY_GOTO(next_line(p, &class, &prompt, err));
        if (!class) break;
        size_t rows = strlen(prompt) + 1; /* no token has less than a byte */
        if (rows > (size_t)out->max_rows) out->max_rows = rows < (size_t)block_size ? (int)rows : block_size;
        char shown[256];
        text_escape(shown, sizeof shown, (Text){class, strlen(class)});
        if (class_of(out, class) < 0) TRY_GOTO(logit_inputs_class(out, shown, err));
    }
    if (!out->n_classes) status = err_set(err, ERR_INPUT, "%s: contains no line", path);
done:
    if (status != OK) logit_inputs_free(out);
    return status;
}
