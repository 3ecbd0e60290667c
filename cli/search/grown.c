#include "cli/search/grown.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/common/show.h"
#include "cli/common/signals.h"
#include "store/run_files.h"
#include "store/run_folder.h"
#include "store/sweep_yaml.h"

/* Keys that change no hash by themselves, but say what the runs are. */
static bool same_plan(const Config *a, const Config *b) {
    return a->facts.load == b->facts.load && a->model.match_params == b->model.match_params &&
           a->train.exposures == b->train.exposures;
}

/* Whether the folder's points set these keys and no others. */
static bool same_keys(const SweepSpec *spec, const char *const *keys) {
    int n = 0;
    for (; keys[n]; n++) {
        bool set = false;
        for (int k = 0; k < spec->n_keys; k++) set = set || !strcmp(config_key_name(spec->key[k]), keys[n]);
        if (!set) return false;
    }
    return n == spec->n_keys;
}

static Status same_search(const Grown *g, const Config *base, Err *err) {
    char *difference;
    TRY(config_difference(&g->spec.base, base, 4, &difference, err));
    const char *how = difference;
    if (!how && !same_plan(&g->spec.base, base)) how = "of another size or budget";
    if (!how && (g->spec.n_axes || !same_keys(&g->spec, g->keys))) how = "along other keys";
    Status status = !how
                        ? OK
                        : err_set(err, ERR_INPUT, "%s: %s contains another search (%s); choose another --out",
                                  g->command, show_name(g->dir), how);
    free(difference);
    return status;
}

Status grown_open(Grown *out, const char *command, const char *dir, const Config *base,
                  const char *const *keys, Err *err) {
    bool there;
    *out = (Grown){.command = command, .keys = keys, .sweep = {.lock_fd = -1}};
    TRY(path_join(out->dir, sizeof out->dir, dir, NULL, err));
    TRY(sweep_check_place(dir, err));
    TRY(run_holds(dir, "sweep.yaml", &there, err));
    if (!there) {
        out->spec.base = *base;
        return OK;
    }
    TRY(sweep_yaml_read(&out->spec, dir, err));
    Status status = same_search(out, base, err);
    if (status == OK && out->spec.n_listed) status = grown_plan(out, err);
    if (status != OK) grown_free(out);
    return status;
}

void grown_free(Grown *g) {
    sweep_free(&g->sweep);
    sweep_spec_free(&g->spec);
}

Status grown_begin(const char *dir, Err *err) {
    char locks[CONFIG_PATH_MAX], lock[CONFIG_PATH_MAX];
    int fd;
    TRY(sweep_check_place(dir, err));
    TRY(path_join(locks, sizeof locks, dir, "locks", err));
    TRY(path_join(lock, sizeof lock, locks, "sweep", err));
    TRY(make_directories(locks, err));
    TRY(file_open_own(lock, O_RDWR | O_CREAT, &fd, err));
    close(fd);
    return OK;
}

Status grown_add(Grown *g, const Config *point, Err *err) {
    return sweep_spec_add(&g->spec, point, g->keys, err);
}

Status grown_plan(Grown *g, Err *err) {
    sweep_free(&g->sweep);
    TRY(sweep_plan(&g->sweep, &g->spec, g->dir, err));
    return sweep_look(&g->sweep, err);
}

Status grown_run(Grown *g, const GrownOptions *options, Err *err) {
    TRY(sweep_check_room(&g->sweep, err));
    TRY(sweep_open(&g->sweep, err));
    SweepOptions how = {.program = own_program(),
                        .jobs = options->jobs,
                        .stop = &stop_requested,
                        .update = options->update,
                        .user = options->user};
    return sweep_run(&g->sweep, &how, err);
}

Status grown_table(const Grown *g, Err *err) { return g->sweep.n ? sweep_write_table(&g->sweep, err) : OK; }

bool grown_line_due(ProgressLine *line) {
    if (!progress_due(line)) return false;
    if (!line->terminal) line->next_s = clock_s() + 60;
    return true;
}

double grown_seconds(const Grown *g) {
    double sum = 0;
    for (int i = 0; i < g->sweep.n; i++) {
        char dir[CONFIG_PATH_MAX];
        RunTiming timing;
        if (sweep_path(&g->sweep, &g->sweep.run[i], NULL, dir, NULL) == OK &&
            folder_read_timing(dir, &timing, NULL) == OK && isfinite(timing.seconds))
            sum += timing.seconds;
    }
    return sum;
}
