/* Inputs of the user's own: a file with a line "class<TAB>prompt" for each. It is read again for each pass. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/logits/logits.h"
#include "cli/sample/draw.h"
#include "data/text.h"

typedef struct Prompts {
    FILE *file;
    const char *path;
    const Vocab *vocab;
    char *line;
    size_t room;
    int number, most; /* lines so far; tokens of a prompt at most */
    bool whole;
    int32_t *token;
    const LogitInputs *names;
} Prompts;

static void prompts_free(void *source) {
    Prompts *p = source;
    if (p->file) fclose(p->file);
    free(p->line);
    free(p->token);
    free(p);
}

static Status prompts_rewind(void *source, Err *err) {
    Prompts *p = source;
    p->number = 0;
    if (fseek(p->file, 0, SEEK_SET) == 0) return OK;
    return err_set(err, ERR_INPUT, "%s: it is read more than once, which this file does not allow: %s",
                   p->path, strerror(errno));
}

/* The next line: *class and *prompt, both NULL at the end. */
static Status next_line(Prompts *p, char **class, char **prompt, Err *err) {
    errno = 0;
    ssize_t length = getline(&p->line, &p->room, p->file);
    *class = *prompt = NULL;
    p->number++;
    if (length < 0 && errno == ENOMEM) return err_set(err, ERR_NOMEM, "%s: no memory for a line", p->path);
    if (length < 0 && ferror(p->file)) return err_set(err, ERR_IO, "%s: %s", p->path, strerror(errno));
    if (length < 0) return OK;
    if (strlen(p->line) != (size_t)length)
        return err_set(err, ERR_INPUT, "%s:%d: contains a NUL byte", p->path, p->number);
    p->line[strcspn(p->line, "\r\n")] = '\0';
    char *tab = strchr(p->line, '\t');
    if (!tab || tab == p->line)
        return err_set(err, ERR_INPUT, "%s:%d: is not a class, a tab and a prompt", p->path, p->number);
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
    int c = class_of(p->names, class);
    if (c < 0) return err_set(err, ERR_INPUT, "%s: it changed while it was read", p->path);
    *out = (LogitInput){.classes = UINT64_C(1) << c, .number = p->number, .token = p->token, .target = -1};
    snprintf(where, sizeof where, "%.200s:%d: the prompt", p->path, p->number);
    TRY(sample_tokens(where, prompt, p->vocab, p->most, p->token, &out->n, err));
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
                         .max_rows = block_size,
                         .by = "file"};
    *p = (Prompts){.path = path, .vocab = vocab, .most = block_size - 1, .whole = whole, .names = out};
    p->token = malloc((size_t)block_size * sizeof *p->token);
    if (!p->token) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %s", path));
    p->file = fopen(path, "r");
    if (!p->file) TRY_GOTO(err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno)));
    TRY_GOTO(prompts_rewind(p, err));
    for (char *class, *prompt;;) {
        TRY_GOTO(next_line(p, &class, &prompt, err));
        if (!class) break;
        char shown[256];
        text_escape(shown, sizeof shown, (Text){class, strlen(class)});
        if (class_of(out, class) < 0) TRY_GOTO(logit_inputs_class(out, shown, err));
    }
    if (!out->n_classes) status = err_set(err, ERR_INPUT, "%s: contains no line", path);
done:
    if (status != OK) logit_inputs_free(out);
    return status;
}
