/* The files of a sweep's folder: sweep.yaml, the state of every run, claims, failed.json. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lock_reach.h"
#include "base/text.h"
#include "model/kernels/lanes.h"
#include "store/early.h"
#include "store/run_files.h"
#include "store/run_folder.h"
#include "store/sweep_yaml.h"
#include "train/sweep/sweep.h"

Status sweep_path(const Sweep *sweep, const SweepRun *run, const char *name, char out[CONFIG_PATH_MAX],
                  Err *err) {
    int length = snprintf(out, CONFIG_PATH_MAX, "%s/runs/%s%s%s", sweep->dir, run->name, name ? "/" : "",
                          name ? name : "");
    if (length > 0 && length < CONFIG_PATH_MAX) return OK;
    return err_set(err, ERR_INPUT, "%.80s...: the path is too long; choose a shorter --out", sweep->dir);
}

/* ---- the state of a run ---- */

/* What cannot be read counts as a failure of this run, not of the sweep. */
static Status cannot_read(SweepRun *run, Status status, const Err *why, Err *err) {
    if (status == ERR_NOMEM) return err_set(err, status, "%s", why->msg);
    run->state = SWEEP_FAILED;
    snprintf(run->reason, sizeof run->reason, "%.500s", why->msg);
    return OK;
}

/* Left as it is where nobody knows. */
Status sweep_look_timing(const char *dir, SweepRun *run, Err *err) {
    RunTiming timing;
    TRY(folder_read_timing(dir, &timing, err));
    if (timing.together <= LANES_MAX) run->together = (int)timing.together;
    run->seconds = timing.seconds;
    return OK;
}

static Status read_done(const char *dir, SweepRun *run, Err *err) {
    Err why;
    Status status = run->result ? OK : run_result_new(dir, RESULT_COMPARED, &run->result, &why);
    if (status == OK && isnan(run->seconds))
        (void)sweep_look_timing(dir, run, NULL); /* a clock, not missed */
    if (status != OK) return cannot_read(run, status, &why, err);
    run->state = strcmp(run->result->verdict, "diverged") ? SWEEP_DONE : SWEEP_DIVERGED;
    snprintf(run->reason, sizeof run->reason, "%.500s", run->result->reason);
    return OK;
}

static Status read_failed(const char *dir, SweepRun *run, Err *err) {
    Buffer text;
    json_t *failed;
    Err why;
    run->state = SWEEP_FAILED;
    Status status = run_text(dir, "failed.json", &text, &why);
    if (status != OK) return cannot_read(run, status, &why, err);
    status = json_read(text.data, text.size, 0, "failed.json", &failed, &why);
    buffer_free(&text);
    if (status == ERR_NOMEM) return cannot_read(run, status, &why, err);
    const char *reason = json_string_value(json_object_get(failed, "reason"));
    json_int_t attempts = json_integer_value(json_object_get(failed, "attempts"));
    snprintf(run->reason, sizeof run->reason, "%s", reason ? reason : "failed.json is incomplete");
    run->attempts = attempts > 0 && attempts < 1000000000 ? (int)attempts : 1;
    json_decref(failed);
    return OK;
}

static Status claim_path(const Sweep *sweep, const SweepRun *run, char out[CONFIG_PATH_MAX], Err *err) {
    int length = snprintf(out, CONFIG_PATH_MAX, "%s/locks/%s", sweep->dir, run->name);
    if (length > 0 && length < CONFIG_PATH_MAX) return OK;
    return err_set(err, ERR_INPUT, "%.80s...: the path is too long; choose a shorter --out", sweep->dir);
}

/* Killed before its last file, or it was lost. */
static Status look_for_end(const char *dir, SweepRun *run, Err *err) {
    bool ended;
    Err why;
    Status status = run_holds(dir, "result.json", &ended, &why);
    if (status != OK) return cannot_read(run, status, &why, err);
    if (ended) strcpy(run->reason, RUN_WITHOUT_DONE);
    return OK;
}

Status sweep_look_at(const Sweep *sweep, SweepRun *run, Err *err) {
    char dir[CONFIG_PATH_MAX], claim[CONFIG_PATH_MAX];
    bool done = false, failed = false;
    Err why;
    TRY(sweep_path(sweep, run, NULL, dir, err));
    TRY(claim_path(sweep, run, claim, err));
    run->state = SWEEP_WAITING;
    run->attempts = 0;
    run->reason[0] = '\0';
    struct stat info;
    Status status = stat(dir, &info) != 0 || S_ISDIR(info.st_mode)
                        ? run_holds(dir, "DONE", &done, &why)
                        : err_set(&why, ERR_INPUT, "%s: is no folder; remove it", dir);
    if (status == OK) status = run_holds(dir, "failed.json", &failed, &why);
    if (status != OK) TRY(cannot_read(run, status, &why, err));
    if (done) return read_done(dir, run, err);
    if (failed) TRY(read_failed(dir, run, err));
    run->holder[0] = '\0';
    LockState claimed = lock_look(claim, run->holder, sizeof run->holder);
    run->doubtful = claimed == LOCK_DOUBTFUL;
    if (claimed != LOCK_FREE) run->state = SWEEP_RUNNING;
    if (run->state == SWEEP_WAITING) TRY(look_for_end(dir, run, err));
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

Status sweep_claim(const Sweep *sweep, SweepRun *run, int *fd, Err *err) {
    char path[CONFIG_PATH_MAX];
    TRY(claim_path(sweep, run, path, err));
    Err why;
    Status status = lock_take(path, fd, &why);
    run->doubtful = false;
    if (status == OK) return OK;
    *fd = -1;
    if (status != ERR_INPUT || !strstr(why.msg, LOCK_HELD)) return err_set(err, status, "%s", why.msg);
    run->doubtful = lock_look(path, NULL, 0) == LOCK_DOUBTFUL;
    return OK;
}

bool sweep_claim_stands(const Sweep *sweep, const SweepRun *run, int fd) {
    char path[CONFIG_PATH_MAX];
    bool stands;
    return claim_path(sweep, run, path, NULL) == OK && lock_stands(path, fd, &stands, NULL) == OK && stands;
}

Status sweep_write_failed(const Sweep *sweep, SweepRun *run, int exit_code, int signal_number, Err *err) {
    char dir[CONFIG_PATH_MAX], path[CONFIG_PATH_MAX], escaped[4 * sizeof run->reason];
    TRY(sweep_path(sweep, run, NULL, dir, err));
    TRY(sweep_path(sweep, run, "failed.json", path, err));
    TRY(make_directories(dir, err));
    text_escape(escaped, sizeof escaped, (Text){run->reason, strlen(run->reason)});
    json_ran_out();
    json_t *reason = json_string(run->reason);
    if (!reason) reason = json_string(escaped); /* the worker's words need not be UTF-8 */
    json_t *o =
        json_pack("{s:o, s:i, s:o, s:i}", "reason", reason, "exit", exit_code, "signal",
                  signal_number ? json_integer(signal_number) : json_null(), "attempts", run->attempts);
    char *text;
    TRY(json_take_text(o, JSON_INDENT(2), path, &text, err));
    Status status = file_write_atomic(path, text, strlen(text), err);
    free(text);
    return status;
}

void sweep_remove_failed(const Sweep *sweep, const SweepRun *run) {
    char dir[CONFIG_PATH_MAX];
    if (sweep_path(sweep, run, NULL, dir, NULL) == OK) (void)early_forget_failure(dir, NULL);
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
        if (status == OK && !file_missing(path)) {
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

/* Whether a name is a sweep's own: of a folder whose sweep.yaml is gone, too, where began says that one was there. */
static bool is_ours(const char *name, bool began) {
    static const char *const EARLY[] = {".", "..", "locks", "sweep.yaml", (".sweep.yaml" TEMPORARY_END)};
    static const char *const LATE[] = {"runs",  "table.csv", "report.html",
                                       "plots", "facts",     (".table.csv" TEMPORARY_END)};
    for (size_t i = 0; i < sizeof EARLY / sizeof EARLY[0]; i++)
        if (!strcmp(name, EARLY[i])) return true;
    for (size_t i = 0; i < sizeof LATE / sizeof LATE[0] && began; i++)
        if (!strcmp(name, LATE[i])) return true;
    return false;
}

/* Without sweep.yaml it must hold nothing but a sweep's own files. */
Status sweep_check_place(const char *dir, Err *err) {
    struct stat info;
    bool is_sweep, began;
    TRY(run_holds(dir, "sweep.yaml", &is_sweep, err));
    TRY(run_holds(dir, "locks/sweep", &began, err));
    if (is_sweep) return OK;
    if (stat(dir, &info) != 0) {
        if (errno == ENOENT) return OK;
        return err_set(err, errno == ENOTDIR ? ERR_INPUT : ERR_IO, "%s: %s", dir, strerror(errno));
    }
    if (!S_ISDIR(info.st_mode))
        return err_set(err, ERR_INPUT, "%s: exists and is not a folder; choose another --out", dir);
    DIR *stream = opendir(dir);
    if (!stream) return err_set(err, ERR_IO, "%s: %s", dir, strerror(errno));
    Status status = OK;
    errno = 0;
    for (struct dirent *entry; status == OK && (entry = readdir(stream)); errno = 0)
        if (!is_ours(entry->d_name, began))
            status = err_set(err, ERR_INPUT,
                             "%s: exists and is not a sweep's folder (it contains %s); choose another --out",
                             dir, entry->d_name);
    if (status == OK && errno) status = err_set(err, ERR_IO, "%s: cannot list it: %s", dir, strerror(errno));
    closedir(stream);
    return status;
}

/* A hash of everything that decides a point's result; of paths the place and not the spelling. */
static Status point_hash(const Config *config, char out[33], Err *err) {
    char facts[CONFIG_PATH_MAX], weights[CONFIG_PATH_MAX], read[(2 + TOOLS_MAX) * CONFIG_PATH_MAX];
    strcpy(facts, config->facts.path);
    strcpy(weights, config->train.init_from);
    path_make_absolute(facts, sizeof facts);
    path_make_absolute(weights, sizeof weights);
    int n = snprintf(read, sizeof read, "%s\n%s", facts, weights);
    for (int i = 0; i < config->n_tools; i++) {
        char store[CONFIG_PATH_MAX];
        strcpy(store, config->tools[i].file);
        path_make_absolute(store, sizeof store);
        if (*store) n += snprintf(read + n, sizeof read - (size_t)n, "\n%s", store);
    }
    return config_hash(config, read, out, err);
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
        TRY(point_hash(&config, (*out)[i], err));
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
        if (status == OK) status = point_hash(&config, hash, err);
        if (status != OK) break;
        if (bsearch(hash, there, (size_t)sweep_spec_points(new), sizeof *there, by_text)) continue;
        if (!missing++) sweep_spec_label(old, i, label);
    }
    free(there);
    if (status != OK || missing == 0) return status;
    char *difference;
    TRY(config_difference(&old->base, &new->base, 4, &difference, err));
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
static Status compare(const Sweep *sweep, const char *text, bool *write, Err *err) {
    SweepSpec old;
    bool there;
    char *old_text;
    *write = true;
    TRY(run_holds(sweep->dir, "sweep.yaml", &there, err));
    if (!there) return OK;
    TRY(sweep_yaml_read(&old, sweep->dir, err));
    Status status = sweep_yaml_text(&old, sweep->dir, &old_text, err);
    *write = status != OK || strcmp(old_text, text) != 0;
    if (status == OK && *write) status = only_adds(&old, &sweep->spec, sweep->dir, err);
    free(old_text);
    sweep_spec_free(&old);
    return status;
}

/* Where the disk has no locks between machines: sweep.yaml is written under a claim, and whoever works with the one of
 * before goes on with its points. */
static Status write_claimed(const Sweep *sweep, const char *yaml, const char *text, Err *err) {
    char path[CONFIG_PATH_MAX];
    bool write;
    int fd;
    TRY(path_join(path, sizeof path, sweep->dir, "locks/sweep.yaml", err)); /* no run's name */
    TRY(compare(sweep, text, &write, err));
    if (!write) return OK;
    Status status;
    while ((status = lock_take_patient(path, &fd, err)) == ERR_INPUT && strstr(err->msg, LOCK_HELD))
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    TRY(status);
    status = compare(sweep, text, &write, err);
    if (status == OK && write) status = file_write_atomic(yaml, text, strlen(text), err);
    lock_release(fd);
    return status;
}

/* Every process that works on the folder holds the lock shared. Only a process that holds it exclusively may
 * change sweep.yaml, so that none works with an outdated one. */
Status sweep_open(Sweep *sweep, Err *err) {
    char lock[CONFIG_PATH_MAX], locks[CONFIG_PATH_MAX], yaml[CONFIG_PATH_MAX];
    TRY(path_join(locks, sizeof locks, sweep->dir, "locks", err));
    TRY(path_join(lock, sizeof lock, locks, "sweep", err)); /* no run's name: those end in a hash */
    TRY(path_join(yaml, sizeof yaml, sweep->dir, "sweep.yaml", err));
    char *text;
    bool write;
    Status status = OK;
    TRY(sweep_yaml_text(&sweep->spec, sweep->dir, &text, err));
    TRY_GOTO(sweep_check_place(sweep->dir, err));
    TRY_GOTO(compare(sweep, text, &write, err)); /* refused before anything is written */
    TRY_GOTO(make_directories(locks, err));
    TRY_GOTO(file_open_own(lock, O_RDWR | O_CREAT, &sweep->lock_fd, err));
    for (int tries = 0;; tries++) {
        bool alone = flock(sweep->lock_fd, LOCK_EX | LOCK_NB) == 0;
        if (lock_errno_none(alone ? 0 : errno) || !lock_reaches(sweep->lock_fd)) {
            status = write_claimed(sweep, yaml, text, err);
            goto done;
        }
        if (!alone && flock(sweep->lock_fd, LOCK_SH) != 0) {
            status = err_set(err, ERR_IO, "%s: cannot lock: %s", lock, strerror(errno));
            goto done;
        }
        TRY_GOTO(compare(sweep, text, &write, err));
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
