/* The table of `rote eval --per-fact`. */
#include "cli/eval/per_fact.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/import/encode.h"

/* A fact as one field of a TSV: escaped as in records.tsv, and also the TAB between prompt and answer. scratch: room
 * for facts_text_bytes. */
static void write_text(FILE *stream, const FactSet *facts, int i, char *scratch) {
    int64_t from = facts->start[i], to = facts->start[i + 1];
    if (!facts->vocab.text) {
        for (int64_t t = from; t < to; t++) fprintf(stream, t > from ? " %d" : "%d", facts->tokens[t]);
        return;
    }
    Text prompt, answer;
    facts_fields(facts, i, scratch, &prompt, &answer);
    text_write(stream, prompt);
    if (prompt.data) fputs("\\t", stream);
    text_write(stream, answer);
}

/* Length, ratio and the prompt itself; empty for held-out facts, and where none was found. */
static void write_shortest(FILE *stream, const ShortestPrompts *s, int i) {
    if (i >= s->n || s->length[i] < 0) {
        fputs("\t\t\t", stream);
        return;
    }
    fprintf(stream, "%d\t%.4f\t", s->length[i], compression_ratio(s, i));
    for (int t = 0; t < s->length[i]; t++)
        fprintf(stream, t ? " %d" : "%d", s->prompt[(size_t)i * (size_t)s->room + (size_t)t]);
    fputc('\t', stream);
}

/* How often it was trained, and whether it is kept; empty for held-out facts. */
static void write_history(FILE *stream, const History *h, int i, bool trained) {
    if (h->exposures && trained) fprintf(stream, "%" PRId64, h->exposures[i]);
    if (h->exposures) fputc('\t', stream);
    if (h->selection && trained) fputc(selection_keeps(h->selection, i) ? '1' : '0', stream);
    if (h->selection) fputc('\t', stream);
}

Status per_fact_write(const char *path, const Evaluator *e, const ShortestPrompts *shortest,
                      const History *history, Err *err) {
    static const History none = {.selection = NULL};
    const History *h = history ? history : &none;
    const FactSet *facts = e->facts;
    int scored = facts->n + facts->n_heldout;
    size_t room = 1;
    for (int i = 0; facts->vocab.text && i < scored; i++) {
        size_t bytes = facts_text_bytes(facts, i);
        if (bytes > room) room = bytes;
    }
    char *scratch = malloc(room);
    if (!scratch) return err_set(err, ERR_NOMEM, "%s: no memory to write a fact of %zu bytes", path, room);
    AtomicFile file;
    Status status = OK;
    TRY_GOTO(atomic_open(&file, path, err));
    fprintf(file.stream, PER_FACT_COLUMNS "%s%s%s%stext\n", facts->n_heldout ? "role\t" : "",
            h->exposures ? "exposures\t" : "", h->selection ? "kept\t" : "",
            shortest ? "shortest_prompt_tokens\tcompression_ratio\tshortest_prompt\t" : "");
    for (int i = 0; i < scored; i++) {
        bool trained = i < facts->n;
        const char *tag = facts->tag[i] < 0 ? "" : facts->tag_names[facts->tag[i]];
        fprintf(file.stream, "%d\t", i);
        text_write(file.stream, (Text){(char *)tag, strlen(tag)});
        fprintf(file.stream, "\t%d\t%d\t%.9f\t%s\t", (int)(facts->start[i + 1] - facts->start[i]),
                trained ? e->prompt[i] : facts->prompt_len[i], e->fact_bits[i],
                !trained         ? ""
                : e->recalled[i] ? "1"
                                 : "0");
        if (facts->n_heldout) fputs(trained ? "fact\t" : "heldout\t", file.stream);
        write_history(file.stream, h, i, trained);
        if (shortest) write_shortest(file.stream, shortest, i);
        write_text(file.stream, facts, i, scratch);
        fputc('\n', file.stream);
    }
    status = atomic_commit(&file, "per_fact", err);
done:
    free(scratch);
    return status;
}
