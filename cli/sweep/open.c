#include "cli/sweep/open.h"

#include <stdio.h>

#include "base/file.h"
#include "base/threads.h"
#include "cli/common/estimate.h"
#include "cli/common/show.h"
#include "store/run_files.h"
#include "store/sweep_yaml.h"
#include "train/together.h"

Status sweep_words(SweepSpec *spec, const Args *args, const char *dir, Err *err) {
    char path[CONFIG_PATH_MAX];
    TRY(path_join(path, sizeof path, dir, "sweep.yaml", err));
    if (args->n_words == 0) {
        bool there, began;
        TRY(run_holds(dir, "sweep.yaml", &there, err));
        TRY(run_holds(dir, "locks/sweep", &began, err));
        if (!there && began)
            return err_set(err, ERR_INPUT,
                           "%s: missing; put it back, or give the config and the keys of this sweep again",
                           path);
        if (!there)
            return err_set(err, ERR_INPUT, "%s: the config is missing; usage: rote %s %s",
                           args->command->name, args->command->name, args->command->words);
        return sweep_yaml_read(spec, dir, err);
    }
    int n_files;
    TRY(args_settings(args, &n_files, err));
    TRY(sweep_spec_load(spec, n_files ? args->words[0] : NULL, args->n_words - n_files, args->words + n_files,
                        err));
    Status status = sweep_spec_check(spec, err);
    if (status != OK) sweep_spec_free(spec);
    return status;
}

Status sweep_folder_open(SweepSpec *spec, Sweep *sweep, const char *dir, Err *err) {
    bool there;
    TRY(run_holds(dir, "sweep.yaml", &there, err));
    if (!there) return err_set(err, ERR_INPUT, "%s: is not a sweep's folder (no sweep.yaml)", dir);
    TRY(sweep_yaml_read(spec, dir, err));
    Status status = sweep_plan(sweep, spec, dir, err);
    if (status == OK) {
        status = sweep_look(sweep, err);
        if (status != OK) sweep_free(sweep);
    }
    if (status != OK) sweep_spec_free(spec);
    return status;
}

void sweep_folder_close(SweepSpec *spec, Sweep *sweep) {
    sweep_free(sweep);
    sweep_spec_free(spec);
}

SweepNeeds sweep_needs(const Sweep *sweep) {
    SweepNeeds n = {0};
    for (int i = 0; i < sweep->n; i++) {
        const SweepRun *run = &sweep->run[i];
        if (run->state == SWEEP_DONE || run->state == SWEEP_DIVERGED) continue;
        n.todo++;
        n.flops += run->plan.flops_per_step * (double)run->max_steps;
        n.disk += run->plan.disk_bytes;
        if (run->plan.memory_bytes > n.memory) n.memory = run->plan.memory_bytes;
    }
    return n;
}

/* Warns where facts.subjects is 0 (as many as needed): each number of facts then has its own vocabulary, and so its
 * own model. */
static void show_growing(const Sweep *sweep) {
    int64_t subjects = 0;
    int vocabulary = 0;
    bool grows = false;
    Config config, *c = &config;
    for (int i = 0; i < sweep->n; i++) {
        config_unpack(c, &sweep->run[i].resolved);
        if (c->facts.kind != FACTS_TRIPLES || c->facts.subjects || c->facts.symbols) return;
        int64_t total = (int64_t)c->facts.n + c->facts.heldout + c->facts.junk_n;
        int64_t needed = (total - 1) / c->facts.objects.n + 1;
        if (needed > subjects) subjects = needed;
        if (i == 0) vocabulary = c->model.vocab_size;
        grows = grows || c->model.vocab_size != vocabulary;
    }
    if (grows)
        fprintf(stderr,
                "note: facts.subjects is 0, so the vocabulary and the model grow with facts.n, and `rote "
                "capacity` cannot compare the sizes; facts.subjects=%lld is enough for all of them\n",
                (long long)subjects);
}

void sweep_show_needs(const Sweep *sweep) {
    SweepNeeds n = sweep_needs(sweep);
    fprintf(stderr, "%lld point%s, %d run%s", (long long)sweep->n_points, plural(sweep->n_points), sweep->n,
            plural(sweep->n));
    if (sweep->n < sweep->n_points)
        fprintf(stderr, " (%lld points repeat another point's run)", (long long)(sweep->n_points - sweep->n));
    if (n.todo == 0) fprintf(stderr, ", nothing to do\n");
    else
        fprintf(stderr, ", %d to do: %s FLOP, memory up to %s a run, disk %s\n", n.todo, show_short(n.flops),
                show_bytes(n.memory), show_bytes(n.disk));
    show_growing(sweep);
}

Status sweep_estimate(const Sweep *sweep, int jobs, double *seconds, Err *err) {
    const Ops *ops;
    TRY(ops_select(&ops, err));
    /* More threads than the machine has make nothing faster. */
    int threads = jobs < threads_cores() ? jobs : threads_cores();
    double one = peak_best_of_five(ops, 1);
    *seconds = 0;
    for (int i = 0; i < sweep->n; i++) {
        const SweepRun *run = &sweep->run[i];
        Config c;
        if (run->state == SWEEP_DONE || run->state == SWEEP_DIVERGED) continue;
        config_unpack(&c, &run->resolved);
        *seconds += run_seconds(&run->plan, &c, one) / threads / together_gain(ops, &c, run->together);
    }
    return OK;
}
