/* The files of a sweep's folder: sweep.yaml, the state of every run, claims, failed.json. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "store/run_files.h"
#include "train/sweep/sweep.h"

Status sweep_path(const Sweep *sweep, const SweepRun *run, const char *name, char out[CONFIG_PATH_MAX],
                  Err *err) {
    int length = snprintf(out, CONFIG_PATH_MAX, "%s/runs/%s%s%s", sweep->dir, run->name, name ? "/" : "",
                          name ? name : "");
    if (length > 0 && length < CONFIG_PATH_MAX) return OK;
    return err_set(err, ERR_INPUT, "%.80s...: the path is too long; choose a shorter --out", sweep->dir);
}

/* ---- the state of a run ---- */

/* A result that cannot be read counts as a failure of this run, not of the sweep. */
static void read_done(const char *dir, SweepRun *run) {
    Err why;
    if (!run->result && run_result_new(dir, RESULT_COMPARED, &run->result, &why) != OK) {
        run->state = SWEEP_FAILED;
        snprintf(run->reason, sizeof run->reason, "%.500s", why.msg);
        return;
    }
    run->state = strcmp(run->result->verdict, "diverged") ? SWEEP_DONE : SWEEP_DIVERGED;
    snprintf(run->reason, sizeof run->reason, "%.500s", run->result->reason);
}

static void read_failed(const char *path, SweepRun *run) {
    json_error_t why;
    json_t *failed = json_load_file(path, 0, &why);
    const char *reason = json_string_value(json_object_get(failed, "reason"));
    json_int_t attempts = json_integer_value(json_object_get(failed, "attempts"));
    snprintf(run->reason, sizeof run->reason, "%s", reason ? reason : "failed.json is incomplete");
    run->attempts = attempts > 0 && attempts < 1000000000 ? (int)attempts : 1;
    json_decref(failed);
}

static Status claim_path(const Sweep *sweep, const SweepRun *run, char out[CONFIG_PATH_MAX], Err *err) {
    int length = snprintf(out, CONFIG_PATH_MAX, "%s/locks/%s", sweep->dir, run->name);
    if (length > 0 && length < CONFIG_PATH_MAX) return OK;
    return err_set(err, ERR_INPUT, "%.80s...: the path is too long; choose a shorter --out", sweep->dir);
}

Status sweep_look_at(const Sweep *sweep, SweepRun *run, Err *err) {
    char dir[CONFIG_PATH_MAX], done[CONFIG_PATH_MAX], failed[CONFIG_PATH_MAX], claim[CONFIG_PATH_MAX];
    TRY(sweep_path(sweep, run, NULL, dir, err));
    TRY(sweep_path(sweep, run, "DONE", done, err));
    TRY(sweep_path(sweep, run, "failed.json", failed, err));
    TRY(claim_path(sweep, run, claim, err));
    run->state = SWEEP_WAITING;
    run->attempts = 0;
    run->reason[0] = '\0';
    if (file_exists(done)) {
        read_done(dir, run);
        return OK;
    }
    if (file_exists(failed)) {
        read_failed(failed, run);
        run->state = SWEEP_FAILED;
    }
    if (lock_held(claim)) run->state = SWEEP_RUNNING;
    return OK;
}

Status sweep_look(Sweep *sweep, Err *err) {
    for (int i = 0; i < sweep->n; i++) TRY(sweep_look_at(sweep, &sweep->run[i], err));
    return OK;
}

int sweep_count(const Sweep *sweep, SweepState state) {
    int n = 0;
    for (int i = 0; i < sweep->n; i++) n += sweep->run[i].state == state;
    return n;
}

Status sweep_claim(const Sweep *sweep, const SweepRun *run, int *fd, Err *err) {
    char path[CONFIG_PATH_MAX];
    TRY(claim_path(sweep, run, path, err));
    Err why;
    Status status = lock_take(path, fd, &why);
    if (status == OK) return OK;
    *fd = -1;
    return status == ERR_INPUT ? OK : err_set(err, status, "%s", why.msg);
}

Status sweep_write_failed(const Sweep *sweep, SweepRun *run, int exit_code, int signal_number, Err *err) {
    char dir[CONFIG_PATH_MAX], path[CONFIG_PATH_MAX];
    TRY(sweep_path(sweep, run, NULL, dir, err));
    TRY(sweep_path(sweep, run, "failed.json", path, err));
    TRY(make_directories(dir, err));
    json_t *o =
        json_pack("{s:s, s:i, s:o, s:i}", "reason", run->reason, "exit", exit_code, "signal",
                  signal_number ? json_integer(signal_number) : json_null(), "attempts", run->attempts);
    char *text = o ? json_dumps(o, JSON_INDENT(2)) : NULL;
    json_decref(o);
    if (!text) return err_set(err, ERR_NOMEM, "%s: no memory to write it", path);
    Status status = file_write_atomic(path, text, strlen(text), err);
    free(text);
    return status;
}

void sweep_remove_failed(const Sweep *sweep, const SweepRun *run) {
    char path[CONFIG_PATH_MAX];
    if (sweep_path(sweep, run, "failed.json", path, NULL) == OK) unlink(path);
}

Status sweep_retry(Sweep *sweep, int *n, Err *err) {
    *n = 0;
    for (int i = 0; i < sweep->n; i++) {
        SweepRun *run = &sweep->run[i];
        if (run->state != SWEEP_FAILED) continue;
        int claim;
        TRY(sweep_claim(sweep, run, &claim, err));
        if (claim < 0) continue;
        Status status = sweep_look_at(sweep, run, err); /* another process may have finished it meanwhile */
        char path[CONFIG_PATH_MAX];
        TRY(sweep_path(sweep, run, "failed.json", path, err));
        if (status == OK && file_exists(path)) {
            sweep_remove_failed(sweep, run);
            ++*n;
        }
        lock_release(claim);
        TRY(status);
        TRY(sweep_look_at(sweep, run, err));
    }
    return OK;
}

/* ---- sweep.yaml ---- */

/* Whether dir may become or is a sweep's folder: without sweep.yaml it must hold nothing but a sweep's own
 * files. */
static Status check_place(const char *dir, const char *yaml, Err *err) {
    struct stat info;
    if (file_exists(yaml)) return OK;
    if (stat(dir, &info) != 0) {
        if (errno == ENOENT) return OK;
        return err_set(err, errno == ENOTDIR ? ERR_INPUT : ERR_IO, "%s: %s", dir, strerror(errno));
    }
    if (!S_ISDIR(info.st_mode))
        return err_set(err, ERR_INPUT, "%s: exists and is not a folder; choose another --out", dir);
    DIR *stream = opendir(dir);
    if (!stream) return err_set(err, ERR_IO, "%s: %s", dir, strerror(errno));
    Status status = OK;
    for (struct dirent *entry; status == OK && (entry = readdir(stream));) {
        static const char half_written[] = ".sweep.yaml" TEMPORARY_END;
        static const char *const OURS[] = {".", "..", "locks", "sweep.yaml", half_written};
        bool ours = false;
        for (size_t i = 0; i < sizeof OURS / sizeof OURS[0]; i++) ours |= !strcmp(entry->d_name, OURS[i]);
        if (!ours)
            status = err_set(err, ERR_INPUT,
                             "%s: exists and is not a sweep's folder (it contains %s); choose another --out",
                             dir, entry->d_name);
    }
    closedir(stream);
    return status;
}

/* A hash of everything that decides a point's result. */
static void point_hash(const Config *config, char out[33]) {
    char read[2 * CONFIG_PATH_MAX];
    snprintf(read, sizeof read, "%s\n%s", config->facts.path, config->train.init_from);
    config_hash(config, read, out);
}

static int by_text(const void *a, const void *b) { return strcmp(a, b); }

/* The hashes of all points, sorted. malloc'd. */
static Status point_hashes(const SweepSpec *spec, char (**out)[33], Err *err) {
    size_t n = (size_t)sweep_spec_points(spec);
    *out = malloc(n * sizeof **out);
    if (!*out) return err_set(err, ERR_NOMEM, "no memory for %zu points", n);
    for (size_t i = 0; i < n; i++) {
        Config config;
        TRY(sweep_spec_point(spec, (int64_t)i, &config, err));
        point_hash(&config, (*out)[i]);
    }
    qsort(*out, n, sizeof **out, by_text);
    return OK;
}

/* ERR_INPUT: a point of `old` is not among those of `new`; names what is missing. */
static Status only_adds(const SweepSpec *old, const SweepSpec *new, const char *dir, Err *err) {
    char(*there)[33] = NULL, label[SWEEP_LABEL_MAX] = "";
    int64_t missing = 0, n = sweep_spec_points(old);
    Status status = point_hashes(new, &there, err);
    for (int64_t i = 0; status == OK && i < n; i++) {
        Config config;
        char hash[33];
        status = sweep_spec_point(old, i, &config, err);
        if (status != OK) break;
        point_hash(&config, hash);
        if (bsearch(hash, there, (size_t)sweep_spec_points(new), sizeof *there, by_text)) continue;
        if (!missing++) sweep_spec_label(old, i, label);
    }
    free(there);
    if (status != OK || missing == 0) return status;
    char *difference = config_difference(&old->base, &new->base, 4);
    if (missing == n && difference)
        status =
            err_set(err, ERR_INPUT, "%s: contains another sweep (%s); choose another --out", dir, difference);
    else
        status = err_set(
            err, ERR_INPUT,
            "%s: contains a sweep with %lld point%s that this one lacks%s%s; add them to extend the sweep, "
            "or choose another --out",
            dir, (long long)missing, missing == 1 ? "" : "s", *label ? ", first " : "", label);
    free(difference);
    return status;
}

/* *write: whether sweep.yaml must be written: there is none, or this sweep extends it. ERR_INPUT: another
 * sweep. */
static Status compare(const Sweep *sweep, const char *path, const char *text, bool *write, Err *err) {
    *write = true;
    if (!file_exists(path)) return OK;
    SweepSpec old;
    TRY(sweep_spec_load(&old, path, 0, NULL, err));
    char *old_text = sweep_spec_text(&old);
    *write = strcmp(old_text, text) != 0;
    Status status = *write ? only_adds(&old, &sweep->spec, sweep->dir, err) : OK;
    free(old_text);
    sweep_spec_free(&old);
    return status;
}

/* Every process that works on the folder holds the lock shared. Only a process that holds it exclusively may
 * change sweep.yaml, so that none works with an outdated one. */
Status sweep_open(Sweep *sweep, Err *err) {
    char lock[CONFIG_PATH_MAX], locks[CONFIG_PATH_MAX], yaml[CONFIG_PATH_MAX];
    TRY(path_join(locks, sizeof locks, sweep->dir, "locks", err));
    TRY(path_join(lock, sizeof lock, locks, "sweep", err)); /* no run's name: those end in a hash */
    TRY(path_join(yaml, sizeof yaml, sweep->dir, "sweep.yaml", err));
    char *text = sweep_spec_text(&sweep->spec);
    bool write;
    Status status = OK;
    TRY_GOTO(check_place(sweep->dir, yaml, err));
    TRY_GOTO(compare(sweep, yaml, text, &write, err)); /* refused before anything is written */
    TRY_GOTO(make_directories(locks, err));
    sweep->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (sweep->lock_fd < 0) {
        status = err_set(err, ERR_IO, "%s: cannot create the lock: %s", lock, strerror(errno));
        goto done;
    }
    for (int tries = 0;; tries++) {
        bool alone = flock(sweep->lock_fd, LOCK_EX | LOCK_NB) == 0;
        if (!alone && flock(sweep->lock_fd, LOCK_SH) != 0) {
            status = err_set(err, ERR_IO, "%s: cannot lock: %s", lock, strerror(errno));
            goto done;
        }
        TRY_GOTO(compare(sweep, yaml, text, &write, err));
        if (write && alone) TRY_GOTO(file_write_atomic(yaml, text, strlen(text), err));
        if (alone) flock(sweep->lock_fd, LOCK_SH);
        if (!write || alone) goto done;
        if (tries == 40) {
            status = err_set(err, ERR_INPUT,
                             "%s: another process works on this sweep; extend the sweep when it has ended",
                             sweep->dir);
            goto done;
        }
        flock(sweep->lock_fd, LOCK_UN);
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL); /* of two that start at once, one writes */
    }
done:
    free(text);
    return status;
}
