#include "cli/creativity/through.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "base/memory.h"
#include "cli/common/json.h"
#include "cli/common/show.h"
#include "eval/evaluate.h"

/* ---- measuring ---- */

/* M H2(T / M): what a list of all valid samples must say to tell which of them are in the training set. */
static double split_bits(double valid, double trained) {
    double p = trained / valid;
    if (!(p > 0 && p < 1)) return 0;
    return -valid * (p * exact_log2(p) + (1 - p) * exact_log2(1 - p));
}

static Status memorized(Moment *m, const Source *s, Err *err) {
    Evaluator evaluator;
    Evaluation e;
    TRY(evaluator_create(&evaluator, &s->run.gpt, &s->run.facts, s->threads, err));
    evaluator_run(&evaluator, &e);
    evaluator_free(&evaluator);
    m->memorized_bits = e.memorized_bits;
    return OK;
}

static Status add_moment(Moments *out, const Source *s, const char *dir, Err *err) {
    Texts samples = {0};
    Creativity c;
    void *grown = memory_one_more(out->moment, (size_t)out->n, sizeof *out->moment);
    if (!grown) return err_set(err, ERR_NOMEM, "no memory for %d models", out->n + 1);
    out->moment = grown;
    Moment *m = &out->moment[out->n];
    *m = (Moment){.dir = dir, .step = s->run.step, .params = (double)s->run.gpt.table.total};
    Status status = source_draw(s, &s->options.chain, source_seed(s), &samples, err);
    if (status == OK) status = creativity_count(&c, &samples, &s->trained, &s->task, err);
    if (status == OK) status = memorized(m, s, err);
    texts_free(&samples);
    TRY(status);
    m->split_bits = split_bits(c.valid, c.trained);
    m->stopped = s->run.config.train.stop_memorized > 0;
    m->coherence = c.coherence.value;
    m->memorized = c.memorized.value;
    m->creativity = c.creativity;
    m->ratio = c.creativity.value / c.ideal;
    out->n++;
    return OK;
}

static Status add_checkpoints(Moments *out, Source *s, const Args *args, const char *dir, Err *err) {
    int64_t after = -1;
    for (;;) {
        bool found;
        TRY(run_next_checkpoint(&s->run, dir, after, &found, err));
        if (!found) return OK;
        after = s->run.step;
        TRY(source_edit(s, args, err));
        TRY(add_moment(out, s, dir, err));
    }
}

static Status add_run(Moments *out, Source *s, const Args *args, const char *dir, bool checkpoints,
                      Err *err) {
    TRY(source_open(s, args, dir, err));
    if (!s->has_task)
        return err_set(err, ERR_INPUT,
                       "creativity: --by needs runs of a creative task, and %s is none; kinds: siblings, "
                       "triangles, circles, lines",
                       dir);
    return checkpoints ? add_checkpoints(out, s, args, dir, err) : add_moment(out, s, dir, err);
}

Status moments_measure(Moments *out, Source *s, const Args *args, bool checkpoints, Err *err) {
    *out = (Moments){0};
    for (int r = 0; r < args->n_words; r++) {
        Status status = add_run(out, s, args, args->words[r], checkpoints, err);
        source_close(s);
        TRY(status);
    }
    return OK;
}

/* ---- showing ---- */

Status moments_print(const Moments *moments, Err *err) {
    (void)err;
    printf("%-28s %9s %8s %10s %10s %6s %9s %9s %6s %6s\n", "run", "params", "step", "memorized",
           "split bits", "share", "coherence", "memorized", "cr", "cr/cr*");
    for (int i = 0; i < moments->n; i++) {
        const Moment *m = &moments->moment[i];
        const char *slash = strrchr(m->dir, '/');
        printf("%-28s %9.0f %8lld %10.1f %10.1f %6.3f %9.3f %9.3f %6.3f %6.3f\n",
               show_name(slash && slash[1] ? slash + 1 : m->dir), m->params, (long long)m->step,
               m->memorized_bits, m->split_bits, m->memorized_bits / m->split_bits, m->coherence,
               m->memorized, m->creativity.value, m->ratio);
    }
    return OK;
}

Status moments_json(const Moments *moments, Err *err) {
    json_t *list = json_array();
    for (int i = 0; i < moments->n; i++) {
        const Moment *m = &moments->moment[i];
        json_array_append_new(
            list, json_pack("{ss so sI so so so so so so sb}", "run", show_name(m->dir), "params",
                            json_number(m->params), "step", (json_int_t)m->step, "memorized_bits",
                            json_number(m->memorized_bits), "split_bits", json_number(m->split_bits),
                            "coherence", json_number(m->coherence), "memorized", json_number(m->memorized),
                            "creativity", json_number(m->creativity.value), "ratio", json_number(m->ratio),
                            "stopped_by_rule", m->stopped));
    }
    return json_out(json_pack("{so}", "models", list), err);
}
