#include "cli/train/together.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/common/exit_code.h"
#include "cli/common/signals.h"
#include "cli/train/worker.h"
#include "data/obtain.h"
#include "model/kernels/lanes.h"
#include "train/facts_load.h"
#include "train/init_from.h"
#include "train/sweep/worker.h"
#include "train/train.h"

typedef struct Member {
    int number; /* among the runs of the process */
    Config config;
    FactSet facts;             /* of its own, or empty */
    const FactSet *facts_read; /* its own, or those of a run before it */
    char dir[CONFIG_PATH_MAX];
} Member;

/* The runs, and those of them that can be trained. */
typedef struct Members {
    int n, n_tasks;
    Member member[LANES_MAX];
    int number[LANES_MAX]; /* of each task */
    RunTask task[LANES_MAX];
} Members;

static void say_end(int number, Status status, const char *message) {
    fprintf(stderr, WORKER_END " %d %d ", number, exit_code(status));
    text_show_message(stderr, status == OK ? "" : message);
    if (fputc('\n', stderr) < 0) stop_requested = 1;
}

static void task_ended(void *user, RunTask *task) {
    const Members *m = user;
    say_end(m->number[task - m->task], task->status, task->err.msg);
    result_free(&task->result);
}

/* "words=COUNT key=value... DIR" from word *at on. */
static Status read_words(Member *x, const Args *args, int *at, Err *err) {
    int left = args->n_words - *at, count = -1;
    if (left > 0) (void)sscanf(args->words[*at], "words=%d", &count);
    if (count < 0 || count > left - 2)
        return err_set(err, ERR_INPUT, "train: --together is for the sweep that starts this process");
    Args own = *args;
    own.n_words = count;
    own.words = args->words + *at + 1;
    TRY(args_config(&own, &x->config, err));
    TRY(path_join(x->dir, sizeof x->dir, own.words[count], NULL, err));
    *at += count + 2;
    return OK;
}

/* Runs that differ in seeds or rates share their facts. */
static Status get_facts(Members *m, Member *x, Err *err) {
    TRY(facts_plan_load(&x->config, &x->facts, err));
    for (const Member *other = m->member; other < x; other++)
        if (other->facts_read == &other->facts &&
            memcmp(&other->config.facts, &x->config.facts, sizeof x->config.facts) == 0) {
            facts_free(&x->facts);
            x->facts_read = &other->facts;
            return OK;
        }
    TRY(facts_draw(&x->facts, err));
    x->facts_read = &x->facts;
    return OK;
}

static Status prepare(Members *m, Member *x, Err *err) {
    x->config.train.threads = 1;
    TRY(get_facts(m, x, err));
    const FactSet *facts = x->facts_read;
    TRY(config_resolve(&x->config, facts->n, facts->max_len, facts->vocab.size, err));
    return init_from_resolve(&x->config, err);
}

static Status train_members(Members *m, const Args *args, Err *err) {
    for (int i = 0; i < m->n; i++) {
        Member *x = &m->member[i];
        Err why;
        Status status = prepare(m, x, &why);
        if (status != OK) {
            say_end(i, status, why.msg);
            continue;
        }
        m->number[m->n_tasks] = i;
        m->task[m->n_tasks++] = (RunTask){.config = &x->config,
                                          .facts = x->facts_read,
                                          .options = {.dir = x->dir,
                                                      .resume = args_has(args, "resume"),
                                                      .stop = &stop_requested,
                                                      .progress = worker_progress(&x->number)}};
    }
    return m->n_tasks ? run_train_together(m->task, m->n_tasks, task_ended, m, err) : OK;
}

Status train_runs_together(const Args *args, Err *err) {
    int64_t n;
    int at = 0;
    Status status = OK;
    TRY(args_int(args, "together", 1, LANES_MAX, &n, err));
    Members *m = calloc(1, sizeof *m);
    if (!m) return err_set(err, ERR_NOMEM, "no memory for %lld runs", (long long)n);
    m->n = (int)n;
    for (int i = 0; i < m->n; i++) {
        m->member[i].number = i;
        TRY_GOTO(read_words(&m->member[i], args, &at, err));
    }
    signals_catch();
    status = train_members(m, args, err);
done:
    for (int i = 0; i < m->n; i++) facts_free(&m->member[i].facts);
    free(m);
    return status;
}
