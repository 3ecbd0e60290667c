#include "eval/neurons/atlas_classes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "data/labels.h"

static Status no_memory(Err *err) { return err_set(err, ERR_NOMEM, "no memory for the classes of an atlas"); }

static Status begin(AtlasClasses *out, const FactSet *facts, bool heldout, const char *by, Err *err) {
    *out = (AtlasClasses){
        .facts = facts, .first = heldout ? facts->n : 0, .n_facts = heldout ? facts->n_heldout : facts->n};
    snprintf(out->by, sizeof out->by, "%s", by);
    if (!out->n_facts)
        return err_set(err, ERR_INPUT,
                       heldout ? "--heldout: there are no held-out facts (facts.heldout)"
                               : "there are no facts");
    out->member = calloc((size_t)out->n_facts, sizeof *out->member);
    return out->member ? OK : no_memory(err);
}

void atlas_classes_free(AtlasClasses *c) {
    for (int i = 0; i < c->n; i++) free(c->name[i]);
    free(c->member);
    *c = (AtlasClasses){.n = 0};
}

/* Adds a class without facts. */
static Status add(AtlasClasses *c, const char *name, Err *err) {
    size_t size = strlen(name), room = 4 * size + 1;
    if (c->n == ATLAS_CLASSES_MAX)
        return err_set(err, ERR_INPUT, "more than %d classes by %s; name those that matter with --class",
                       ATLAS_CLASSES_MAX, c->by);
    char *text = malloc(room);
    if (!text) return no_memory(err);
    text_escape(text, room, (Text){(char *)name, size});
    c->name[c->n++] = text;
    return OK;
}

static bool large_enough(const AtlasClasses *c, int size) {
    return size >= ATLAS_CLASS_MIN && c->n_facts - size >= ATLAS_CLASS_MIN;
}

/* ---- by the facts' content ---- */

/* The group of a fact: a tag or a symbol; -1: none. */
typedef enum Division { BY_TAG, BY_ANSWER, BY_PLACE } Division;

static int group_of(const FactSet *f, Division division, int64_t place, int i) {
    int64_t at = division == BY_ANSWER ? f->prompt_len[i] : place;
    if (division == BY_TAG) return f->tag[i];
    if (division == BY_ANSWER && at == 0) return -1;
    return at < f->start[i + 1] - f->start[i] ? f->tokens[f->start[i] + at] : -1;
}

static const char *group_name(const FactSet *f, Division division, int group, char number[16]) {
    if (division == BY_TAG) return f->tag_names[group];
    if (group == f->vocab.eos) return "(end)";
    if (f->vocab.text) return f->vocab.text[group];
    snprintf(number, 16, "%d", group);
    return number;
}

static Status division_parse(const char *by, Division *division, int64_t *place, Err *err) {
    *place = 0;
    if (!strcmp(by, "tag")) *division = BY_TAG;
    else if (!strcmp(by, "answer")) *division = BY_ANSWER;
    else if (!strncmp(by, "place:", 6) && by[6] && strlen(by) < 14 &&
             strspn(by + 6, "0123456789") == strlen(by + 6)) {
        *division = BY_PLACE;
        *place = strtol(by + 6, NULL, 10);
    } else
        return err_set(err, ERR_INPUT,
                       "'%s' divides no facts, allowed: tag, answer (its first symbol), place:K (the symbol "
                       "at place K of a fact, from 0), rules (the run's neuron rules)",
                       by);
    return OK;
}

/* For a message. */
#define OTHER_WAYS "take another of --by tag, answer, place:K, or --class NAME=token:SYMBOL"

static Status divide(AtlasClasses *c, Division division, int64_t place, int groups, Err *err) {
    const FactSet *f = c->facts;
    Status status = OK;
    int *size = calloc((size_t)groups + 1, sizeof *size), *class = calloc((size_t)groups + 1, sizeof *class);
    int found = 0;
    if (!size || !class) TRY_GOTO(no_memory(err));
    for (int i = 0; i < c->n_facts; i++) {
        int group = group_of(f, division, place, c->first + i);
        if (group >= 0) found += size[group]++ == 0;
    }
    for (int g = 0; g < groups; g++) {
        char number[16];
        class[g] = -1;
        if (!size[g]) continue;
        if (!large_enough(c, size[g])) {
            c->left_out++;
            continue;
        }
        TRY_GOTO(add(c, group_name(f, division, g, number), err));
        class[g] = c->n - 1;
        c->size[c->n - 1] = size[g];
    }
    for (int i = 0; i < c->n_facts; i++) {
        int group = group_of(f, division, place, c->first + i);
        if (group >= 0 && class[group] >= 0) c->member[i] = UINT64_C(1) << class[group];
    }
    if (!found)
        status = err_set(err, ERR_INPUT, "these facts have no %s; " OTHER_WAYS,
                         division == BY_TAG      ? "tags"
                         : division == BY_ANSWER ? "prompts, so all of a fact is its answer"
                                                 : "symbol at that place");
    else if (!c->n)
        status = err_set(err, ERR_INPUT,
                         "by %s no group has at least %d of the %d facts and leaves as many; " OTHER_WAYS,
                         c->by, ATLAS_CLASS_MIN, c->n_facts);
done:
    free(size);
    free(class);
    return status;
}

Status atlas_classes_by(AtlasClasses *out, const FactSet *facts, bool heldout, const char *by, Err *err) {
    Division division = BY_TAG;
    int64_t place;
    TRY(division_parse(by, &division, &place, err));
    Status status = begin(out, facts, heldout, by, err);
    if (status == OK)
        status = divide(out, division, place, division == BY_TAG ? facts->n_tags : facts->vocab.size, err);
    if (status != OK) atlas_classes_free(out);
    return status;
}

/* ---- by rules ---- */

static Status add_rule(AtlasClasses *c, const NeuronRule *rule, Err *err) {
    NeuronRule whole = *rule;
    int8_t *label;
    whole.at = AT_ALL; /* a label for every token of a fact that belongs to a side */
    TRY(labels_create(&label, c->facts, &whole, err));
    Status status = add(c, rule->name, err);
    int class = c->n - 1, size = 0;
    for (int i = 0; status == OK && i < c->n_facts; i++) {
        if (label[c->facts->start[c->first + i]] != 1) continue;
        c->member[i] |= UINT64_C(1) << class;
        size++;
    }
    free(label);
    TRY(status);
    c->size[class] = size;
    if (large_enough(c, size)) return OK;
    return err_set(err, ERR_INPUT, "class '%s' has %d of the %d facts; it needs %d in it and outside",
                   rule->name, size, c->n_facts, ATLAS_CLASS_MIN);
}

Status atlas_classes_of(AtlasClasses *out, const FactSet *facts, bool heldout, const NeuronRule *rules, int n,
                        Err *err) {
    Status status = begin(out, facts, heldout, "rules", err);
    for (int i = 0; status == OK && i < n; i++) status = add_rule(out, &rules[i], err);
    if (status != OK) atlas_classes_free(out);
    return status;
}
