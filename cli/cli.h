/* The command line: one table of commands with their options feeds parsing, `rote help` and completion.
 * A command returns a Status; main() alone prints its message and turns it into an exit code. */
#ifndef ROTE_CLI_CLI_H
#define ROTE_CLI_CLI_H

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/config/config.h"
#include "base/err.h"
#include "base/progress.h"
#include "data/facts.h"
#include "eval/evaluate.h"
#include "model/kernels/ops.h"

#define ROTE_VERSION "0.1.0"

typedef struct Option {
    const char *name;  /* without its dashes; NULL ends a list */
    const char *value; /* what stands after it ("DIR"), NULL: a flag */
    const char *help;
} Option;

typedef struct Args Args;

typedef struct Command {
    const char *name;  /* "train", "facts make"; NULL ends the table */
    const char *words; /* what stands after it, for the usage line */
    int min_words, max_words;
    const char *summary;
    const Option *options;
    Status (*run)(const Args *args, Err *err);
} Command;

extern const Command commands[];

enum { ARGS_OPTIONS_MAX = 24 };

/* A command line, taken apart. words points into argv. */
struct Args {
    const Command *command;
    int n_words;
    const char **words;
    const char
        *value[ARGS_OPTIONS_MAX]; /* by the option's place in its list; "" for a flag, NULL: not given */
    char *
        joined; /* the values of an option that may stand more than once: --do's parted by ';', others' by line ends */
};

/* Options may stand anywhere, as --name=value or --name value, where the value must not begin with "--";
 * after "--" nothing is one. -o stands for --out. ERR_INPUT names the nearest option. Free with args_free. */
Status args_parse(Args *out, const Command *command, int argc, char **argv, Err *err);
void args_free(Args *args);
bool args_has(const Args *args, const char *option);
const char *args_value(const Args *args, const char *option); /* NULL: not given */
/* *out stays as it is where the option is not given. ERR_INPUT: not a number, or outside low .. high. */
Status args_int(const Args *args, const char *option, int64_t low, int64_t high, int64_t *out, Err *err);
Status args_uint64(const Args *args, const char *option, uint64_t *out, Err *err);
Status args_real(const Args *args, const char *option, double low, double high, double *out, Err *err);

/* The fact set's tag of that name, -1 where the option is not given. ERR_INPUT: no fact has it; names the nearest. */
Status args_tag(const Args *args, const char *option, const FactSet *facts, int *out, Err *err);

/* key=value. A path may hold '=', too, after its first '/', which no key has: ./n=4.yaml. */
bool is_setting(const char *word);

/* The config of "[CFG] [key=value...]" and --threads. */
Status args_config(const Args *args, Config *out, Err *err);

/* Whether an output may go to path: nothing is there yet, or a file of ours whose first kilobytes hold
 * `mark`, or force (--force). mark NULL: no file is. A folder is
 * never replaced. ERR_INPUT otherwise; what: "a report of rote's". */
Status output_check(const char *path, const char *mark, const char *what, bool force, Err *err);

/* ERR_INPUT: there is no such file. */
Status input_check(const char *path, Err *err);

/* Set by the first SIGINT, SIGTERM or SIGUSR1 after signals_catch; a second SIGINT or SIGTERM exits at once.
 */
extern volatile sig_atomic_t stop_requested;
void signals_catch(void);

extern const char *program_path; /* argv[0] */

/* One live line on a terminal, plain lines at a low rate elsewhere, nothing when quiet. */
typedef struct ProgressLine {
    bool quiet, terminal, open; /* open: an unfinished line is on the screen */
    double next_s;              /* when the next one is due */
    const char *label;
} ProgressLine;
ProgressSink progress_line(ProgressLine *line, const char *label, bool quiet);
void progress_end(ProgressLine *line);

/* For `rote train --worker`. ERR_STOPPED: the coordinator is gone. */
Status worker_begin(Err *err);
ProgressSink worker_progress(void);

/* What `rote sweep run` shows while it runs: on a terminal a line for every running run, elsewhere a line for
 * every one that ended. */
struct SweepView;
typedef struct SweepScreen {
    bool quiet, terminal;
    int lines; /* on the screen, to be drawn over */
    double next_s;
} SweepScreen;
void sweep_screen_update(void *screen, const struct SweepView *view);
void sweep_screen_end(SweepScreen *screen);

/* "12,345"; "3.2 MiB"; "1.2k": into one of a few static buffers, good until the eighth next call. */
const char *show_int(int64_t n);
const char *show_bytes(double bytes);
const char *show_short(double n);
/* Tokens as a reader sees them, escaped (data/text.h), malloc'd. NULL: no memory. */
char *show_tokens(const Vocab *vocab, const int32_t *tokens, int n);

/* Prints one JSON object on stdout and drops it. NULL: ERR_NOMEM. */
Status json_out(json_t *object, Err *err);
json_t *json_number(double x);    /* null where x is not finite */
json_t *json_seed(uint64_t seed); /* a number; above 2^63 - 1, which readers refuse or round, a string */

/* One line about a model that was trained with train.quantize; memorized_bits may be NAN. */
void show_weights(Quantize kind, int64_t weight_bits, double memorized_bits);

/* run_open, with its notes on stderr. */
struct Run;
Status open_run(struct Run *out, const char *dir, Err *err);

/* A NeuronHeat (eval/report/report.h) of a run with neuron rules: their units, and the others that tell a class best. */
Status rules_heat(FILE *out, const char *run_dir, Err *err);

/* All that is known of a fact set, and its first records, as text or as one JSON object. */
Status facts_out(const FactSet *facts, bool json, Err *err);

/* Held-out facts and membership as a line; nothing where no fact is held out. */
void show_heldout(const Evaluation *e, const FactSet *facts, int64_t params);
/* R and R_max of biographies (eval/capacity/ratio.h) as a line; nothing for other facts. */
void show_ratio(const FactSet *facts, const Evaluation *e, int64_t params);
/* "ceiling 12.3", for a line about memorized bits; in words where it is not above 0. Good as show_int's. */
const char *show_ceiling(const FactSet *facts, int digits);
/* Prints the fact set and the plan of a run on stderr. */
struct RunPlan;
void show_plan(const struct RunPlan *plan, const FactSet *facts, const Config *config);
/* Multiply-adds, two operations each, per second, on all threads at once: measured for some 20 ms. */
double peak_flops_per_s(const Ops *ops, int threads);
/* The best of five: what other programs take of the machine just now matters less. */
double peak_least_disturbed(const Ops *ops, int threads);
/* Of one thread, by its own processor time: whatever else the machine does. */
double peak_of_a_core(const Ops *ops);
/* How long the resolved run takes on threads with that peak together: an estimate, too low where threads wait for each
 * other, and for SOAP from some 64 channels on, whose own work is not counted. */
double run_seconds(const struct RunPlan *plan, const Config *config, double peak);
#define ESTIMATE "estimate: this machine's peak, times the share of it that models of this width reach"
const char *show_duration(double seconds); /* "about 3 minutes", good until the next call */

void help_overview(FILE *out);
void help_command(FILE *out, const Command *command);
/* rote(1) on stdout. ERR_NOMEM. */
Status man_page(Err *err);
/* The command that the words name and how many of them do; ERR_INPUT names the nearest. */
Status command_find(const Command **out, int *used, int n_words, char *const *words, Err *err);

Status cmd_demo(const Args *args, Err *err);
Status cmd_facts_make(const Args *args, Err *err);
Status cmd_facts_import(const Args *args, Err *err);
Status cmd_facts_show(const Args *args, Err *err);
Status cmd_train(const Args *args, Err *err);
Status cmd_sweep_run(const Args *args, Err *err);
Status cmd_sweep_status(const Args *args, Err *err);
Status cmd_sweep_retry(const Args *args, Err *err);
Status cmd_eval(const Args *args, Err *err);
Status cmd_verify(const Args *args, Err *err);
Status cmd_sample(const Args *args, Err *err);
Status cmd_neurons_atlas(const Args *args, Err *err);
Status cmd_neurons_dump(const Args *args, Err *err);
Status cmd_neurons_steer(const Args *args, Err *err);
Status cmd_neurons_eval(const Args *args, Err *err);
Status cmd_export(const Args *args, Err *err);
Status cmd_compress(const Args *args, Err *err);
Status cmd_decompress(const Args *args, Err *err);
Status cmd_archive_show(const Args *args, Err *err);
Status cmd_report(const Args *args, Err *err);
Status cmd_capacity(const Args *args, Err *err);
Status cmd_bench(const Args *args, Err *err);
Status cmd_coordinates(const Args *args, Err *err);
Status cmd_doctor(const Args *args, Err *err);
Status cmd_help(const Args *args, Err *err);
Status cmd_completion(const Args *args, Err *err);

#endif
