#include "train/sweep/slurm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/config/config.h"
#include "base/file.h"
#include "base/text_stream.h"
#include "tools/child.h"

/* ---- the script ---- */

static Status check_path(const char *path, Err *err) {
    for (const char *c = path; *c; c++)
        if (strchr("\"'\\%", *c) || (unsigned char)*c < ' ' || *c == 0x7f)
            return err_set(err, ERR_INPUT,
                           "%s: a script of Slurm cannot name this path (quotes, backslashes, %% and control "
                           "characters); choose another one",
                           path);
    return OK;
}

/* Slurm warns up to a minute earlier than it is asked to, and a run ends at its next step. */
static int warning_s(double seconds) { return seconds >= 600 ? 120 : (int)ceil(seconds / 5); }

Status slurm_script(const SlurmArray *array, char **text, Err *err) {
    TextStream *stream;
    TRY(check_path(array->program, err));
    TRY(check_path(array->dir, err));
    TRY(text_begin(&stream, err));
    FILE *f = text_file(stream);
    const char *name = strrchr(array->dir, '/');
    name = name && name[1] ? name + 1 : array->dir;
    fprintf(
        f,
        "#!/bin/bash\n"
        "# The tasks of this array train the runs of a sweep that wait: each takes what no other has, is queued\n"
        "# again when its time is nearly over, and ends when no run is left to take. Written by `rote sweep\n"
        "# submit`; it may be edited, and submitted with sbatch.\n");
    fprintf(f, "#SBATCH --job-name=\"rote-%s\"\n", name);
    fprintf(f, "#SBATCH --array=0-%d\n", array->tasks - 1);
    fprintf(f, "#SBATCH --ntasks=1\n#SBATCH --cpus-per-task=%d\n", array->cpus);
    fprintf(f, "#SBATCH --time=%.0f\n", ceil(array->seconds / 60));
    fprintf(f, "#SBATCH --signal=B:USR1@%d\n", warning_s(array->seconds));
    fprintf(f, "#SBATCH --requeue\n#SBATCH --open-mode=append\n");
    fprintf(f, "#SBATCH --output=\"%s/slurm/%%A_%%a.log\"\n\n", array->dir);
    fprintf(
        f,
        "echo \"$(date): task ${SLURM_ARRAY_TASK_ID:-alone} on $(hostname), started ${SLURM_RESTART_COUNT:-0} "
        "times before\"\n");
    fprintf(
        f,
        "if [ ! -e '%s/sweep.yaml' ]; then\n"
        "    said=\"$(hostname): %s is not there: a sweep on a cluster must lie on a disk that all nodes see\"\n"
        "    scontrol update jobid=\"$SLURM_JOB_ID\" comment=\"$said\" 2>/dev/null # the log may be lost, too\n"
        "    echo \"rote: $said\" >&2\n"
        "    exit 2\n"
        "fi\n",
        array->dir, array->dir);
    fprintf(f, "'%s' sweep work '%s' --jobs \"${SLURM_CPUS_PER_TASK:-1}\" --quiet &\n", array->program,
            array->dir);
    fprintf(
        f,
        "worker=$!\n"
        "trap 'kill -USR1 \"$worker\"' USR1 # the time is nearly over\n"
        "trap cancelled=1 TERM\n"
        "wait \"$worker\"\n"
        "code=$?\n"
        "while kill -0 \"$worker\" 2>/dev/null; do # a signal ended the waiting\n"
        "    wait \"$worker\"\n"
        "    code=$?\n"
        "done\n"
        "if [ \"$code\" -gt 128 ]; then # a signal came as the worker ended\n"
        "    wait \"$worker\"\n"
        "    code=$?\n"
        "fi\n"
        "if [ \"$code\" = 85 ] && [ -z \"${cancelled:-}\" ]; then # stopped, with runs left\n"
        "    scontrol requeue \"${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_}${SLURM_ARRAY_TASK_ID:-$SLURM_JOB_ID}\"\n"
        "fi\n"
        "exit \"$code\"\n");
    return text_end(stream, text, NULL, err);
}

/* ---- Slurm's commands ---- */

enum { SUBMIT_S = 120, LOOK_S = 20, LINE_MAX_BYTES = 4096 }; /* seconds that an answer may take */

/* Runs a command and gives every line that it prints to `take`. ERR_INPUT: it cannot be started. ERR_IO: it fails, in
 * its words. */
static Status lines_of(const char *const *command, int patience_s, void (*take)(void *to, ToolText line),
                       void *to, Err *err) {
    Child child;
    ToolText line;
    char how[300];
    TRY(child_start(&child, command, err));
    double deadline = clock_s() + patience_s;
    ChildEnd end;
    while ((end = child_line(&child, LINE_MAX_BYTES, deadline, &line)) == CHILD_OK) take(to, line);
    child_stop(&child);
    bool fine = end == CHILD_ENDED && WIFEXITED(child.exit_status) && WEXITSTATUS(child.exit_status) == 0;
    child_describe(&child, how, sizeof how);
    child_free(&child);
    return fine ? OK : err_set(err, ERR_IO, "%s: %s", command[0], end == CHILD_TIMEOUT ? "no answer" : how);
}

static void take_nothing(void *to, ToolText line) {
    (void)to;
    (void)line;
}

Status slurm_check(Err *err) {
    const char *const command[] = {"sbatch", "--version", NULL};
    Status status = lines_of(command, LOOK_S, take_nothing, NULL, err);
    if (status != OK) err_prefix(err, "Slurm is not to be had here: ");
    return status;
}

/* "17" or "17;cluster", and whatever a site's sbatch says besides. */
static void take_job(void *to, ToolText line) {
    char *job = to;
    size_t digits = 0;
    while (digits < line.size && line.bytes[digits] >= '0' && line.bytes[digits] <= '9') digits++;
    if (digits == 0 || digits >= SLURM_JOB_MAX || (digits < line.size && line.bytes[digits] != ';')) return;
    memcpy(job, line.bytes, digits);
    job[digits] = '\0';
}

static Status keep_job(const char *dir, const char *job, Err *err) {
    char path[CONFIG_PATH_MAX], *text;
    TextStream *stream;
    Buffer before = {0};
    TRY(path_join(path, sizeof path, dir, "slurm/jobs", err));
    if (!file_missing(path)) TRY(file_read(path, 1 << 16, &before, err));
    Status status = text_begin(&stream, err);
    if (status == OK) {
        fprintf(text_file(stream), "%s%s\n", before.data ? before.data : "", job);
        status = text_end(stream, &text, NULL, err);
    }
    buffer_free(&before);
    TRY(status);
    status = file_write_atomic(path, text, strlen(text), err);
    free(text);
    return status;
}

Status slurm_submit(const char *dir, const char *script, const char *const *options, int n,
                    char job[SLURM_JOB_MAX], Err *err) {
    char place[CONFIG_PATH_MAX], path[CONFIG_PATH_MAX];
    TRY(path_join(place, sizeof place, dir, "slurm", err));
    TRY(path_join(path, sizeof path, place, "array.sh", err));
    TRY(make_directories(place, err));
    TRY(file_write_atomic(path, script, strlen(script), err));
    const char **command = calloc((size_t)n + 4, sizeof *command);
    if (!command) return err_set(err, ERR_NOMEM, "no memory to start sbatch");
    int used = 0;
    command[used++] = "sbatch";
    command[used++] = "--parsable";
    for (int i = 0; i < n; i++) command[used++] = options[i];
    command[used] = path;
    job[0] = '\0';
    Status status = lines_of(command, SUBMIT_S, take_job, job, err);
    free(command);
    TRY(status);
    if (!*job) return err_set(err, ERR_IO, "sbatch: it names no job; the script is %s", path);
    return keep_job(dir, job, err);
}

/* ---- states ---- */

enum { STATES = 32 };

/* Tasks of one job in one state, in the order of Slurm's lines. */
typedef struct States {
    int n, tasks[STATES];
    char job[STATES][SLURM_JOB_MAX], name[STATES][32];
} States;

/* "17 OUT_OF_MEMORY" */
static void take_state(void *to, ToolText line) {
    States *states = to;
    char text[128], job[SLURM_JOB_MAX], name[32];
    snprintf(text, sizeof text, "%.*s", line.size < sizeof text ? (int)line.size : (int)sizeof text,
             line.bytes);
    if (sscanf(text, "%63[0-9] %31[A-Z_]", job, name) != 2) return;
    for (char *c = name; *c; c++)
        if (*c != '_') *c = (char)(*c + ('a' - 'A'));
    int k = 0;
    while (k < states->n && (strcmp(states->job[k], job) != 0 || strcmp(states->name[k], name) != 0)) k++;
    if (k == STATES) return;
    if (k == states->n) {
        strcpy(states->job[k], job);
        strcpy(states->name[k], name);
        states->n++;
    }
    states->tasks[k]++;
}

static void put_states(const States *states, char *out, size_t size) {
    size_t used = 0;
    for (int k = 0; k < states->n && used < size; k++) {
        bool same = k && !strcmp(states->job[k], states->job[k - 1]);
        if (same) used += (size_t)snprintf(out + used, size - used, ",");
        else used += (size_t)snprintf(out + used, size - used, "%sjob %s:", k ? "; " : "", states->job[k]);
        if (used < size)
            used += (size_t)snprintf(out + used, size - used, " %d %s", states->tasks[k], states->name[k]);
    }
}

void slurm_states(const char *dir, char *out, size_t size) {
    char path[CONFIG_PATH_MAX];
    Buffer jobs;
    States states = {0};
    out[0] = '\0';
    if (path_join(path, sizeof path, dir, "slurm/jobs", NULL) != OK || file_missing(path) ||
        file_read(path, 1 << 16, &jobs, NULL) != OK)
        return;
    while (jobs.size && jobs.data[jobs.size - 1] == '\n') jobs.data[--jobs.size] = '\0';
    for (char *c = jobs.data; *c; c++)
        if (*c == '\n') *c = ',';
    const char *const command[] = {"squeue", "-h", "-r", "-t", "all", "-o", "%F %T", "-j", jobs.data, NULL};
    bool numbers = jobs.size && strspn(jobs.data, "0123456789,") == jobs.size;
    if (numbers && lines_of(command, LOOK_S, take_state, &states, NULL) == OK) put_states(&states, out, size);
    buffer_free(&jobs);
}

/* ---- one job ---- */

enum { JOBS_KEPT = 64 };
static const double KEPT_S = 10;

typedef struct JobAnswer {
    char job[SLURM_JOB_MAX];
    double asked_s;
    bool known, there; /* it has processes */
    int restarts;
} JobAnswer;

/* "RUNNING 2": of a job in one of these states processes may be alive. */
static void take_job_state(void *to, ToolText line) {
    static const char *const LIVE[] = {"RUNNING",  "SUSPENDED",   "COMPLETING", "STOPPED",
                                       "RESIZING", "CONFIGURING", "SIGNALING",  "STAGE_OUT"};
    JobAnswer *answer = to;
    char text[128], state[32];
    snprintf(text, sizeof text, "%.*s", line.size < sizeof text ? (int)line.size : (int)sizeof text,
             line.bytes);
    if (sscanf(text, "%31s %d", state, &answer->restarts) != 2) return;
    answer->known = true;
    for (size_t i = 0; i < sizeof LIVE / sizeof LIVE[0]; i++) answer->there |= !strcmp(state, LIVE[i]);
}

static void ask_job(JobAnswer *answer) {
    const char *const command[] = {"squeue", "-h",        "-t", "all", "-O", "State:.32,RestartCnt:.16",
                                   "-j",     answer->job, NULL};
    Err why;
    Status status = lines_of(command, LOOK_S, take_job_state, answer, &why);
    /* Slurm forgets a job some minutes after its end. */
    if (status == OK || strstr(why.msg, "Invalid job id")) answer->known = true;
}

bool slurm_job_gone(const char *job, int restarts) {
    static JobAnswer kept[JOBS_KEPT];
    static int next;
    double now = clock_s();
    JobAnswer *answer = NULL;
    if (strlen(job) >= SLURM_JOB_MAX || strspn(job, "0123456789_") != strlen(job)) return false;
    for (int i = 0; i < JOBS_KEPT; i++)
        if (!strcmp(kept[i].job, job)) answer = &kept[i];
    if (!answer || now - answer->asked_s > KEPT_S) {
        if (!answer) answer = &kept[next++ % JOBS_KEPT];
        JobAnswer fresh = {.asked_s = now};
        snprintf(fresh.job, sizeof fresh.job, "%s", job);
        ask_job(&fresh);
        *answer = fresh;
    }
    return answer->known && (!answer->there || answer->restarts > restarts);
}
