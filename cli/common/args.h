/* Command lines: what a command accepts (Option, Command), and one command line taken apart (Args). */
#ifndef ROTE_CLI_COMMON_ARGS_H
#define ROTE_CLI_COMMON_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config/config.h"
#include "base/err.h"
#include "base/threads.h"
#include "data/facts.h"

typedef struct Option {
    const char *name;  /* without the dashes; NULL ends a list */
    const char *value; /* placeholder of the value in help ("DIR"); NULL: the option is a flag */
    const char *help;
    char separator;     /* the option may be repeated, and its values are joined with this; 0: only once */
    bool may_be_empty;  /* the empty string is a value */
    const char *reads;  /* what the value names, which must be there: "file"; NULL: nothing */
    bool may_be_stdout; /* of --out: - is standard output, elsewhere an error */
} Option;

/* clang-format off */
/* Rows of an option list. */
#define OPTION(name, value, help)                 {name, value, help, 0, false, NULL, false}
#define STDOUT_OPTION(name, value, help)          {name, value, help, 0, false, NULL, true}
#define OPTION_EMPTY(name, value, help)           {name, value, help, 0, true, NULL, false}
#define OPTION_LIST(name, value, help, separator) {name, value, help, separator, false, NULL, false}
#define READ_OPTION(name, value, what, help)      {name, value, help, 0, false, what, false}
#define FLAG(name, help)                          {name, NULL, help, 0, false, NULL, false}
#define END_OPTION                                {NULL, NULL, NULL, 0, false, NULL, false}

/* Rows that several commands have, in the same words. */
#define JSON_OPTION        FLAG("json", "one JSON object on stdout")
#define QUIET_OPTION       FLAG("quiet", "no progress on stderr")
#define THREADS_OPTION     OPTION("threads", "N", "threads; affects only speed (default: see `rote doctor`)")
#define FORCE_OPTION(help) FLAG("force", help)
#define FORCE_ANY_OPTION   FORCE_OPTION("replace any file")
#define FACTS_OPTION       READ_OPTION("facts", "DIR", "fact set", "use another fact set (default: the run's)")
#define PLACE_OPTION       READ_OPTION("facts", "DIR", "fact set", "where the run's facts are, if they have moved")
#define PROGRAM_OPTION     FLAG("allow-program", "start the programs that the config names as tools")
/* clang-format on */

enum { ARGS_OPTIONS_MAX = 24, ARGS_WORDS_MAX = 4000, ARGS_THREADS_MAX = THREADS_MAX };

typedef struct Args Args;

/* One command. Every command's file defines one; cli/commands.c lists them. */
typedef struct Command {
    const char *name;         /* "train", "facts make" */
    const char *words;        /* the words after the name, as the usage line shows them */
    int min_words, max_words; /* how many of them there may be */
    const char *reads; /* what the first n_reads of them name, which must be there: "run"; NULL: nothing */
    int n_reads;
    const char *summary;
    const Option *options; /* at most ARGS_OPTIONS_MAX, ended by END_OPTION */
    Status (*run)(const Args *args, Err *err);
} Command;

/* A parsed command line. words and value point into argv, or into joined. */
struct Args {
    const Command *command;
    const Command *const *table; /* all commands, ended by NULL: for help, man page and completion */
    int n_words;
    const char **words;
    /* By the option's index in its list; "" for a flag, NULL: not given. */
    const char *value[ARGS_OPTIONS_MAX];
    char *joined[ARGS_OPTIONS_MAX]; /* the storage of values that were joined */
};

/* Takes argv apart, which begins after the command's name. Options may be anywhere, as --name=value or
 * --name value; in the second form the value must not begin with "--". After "--" every word is a plain word.
 * -o is short for --out. ERR_INPUT: an unknown option (the message names the nearest one), a missing or
 * superfluous value or word, an option given twice. ERR_NOMEM. Free with args_free, after an error, too. */
Status args_parse(Args *out, const Command *command, const Command *const *table, int argc, char **argv,
                  Err *err);
void args_free(Args *args);
/* Whether all files and folders that the words and options name to be read are there (Option.reads, Command.reads);
 * words key=value and "-" are none. ERR_INPUT: as file_named. */
Status args_inputs(const Args *args, Err *err);

/* The option must be in the command's list. */
bool args_has(const Args *args, const char *option);
const char *args_value(const Args *args, const char *option); /* NULL: not given */

/* These leave *out unchanged where the option is not given. ERR_INPUT: not a number, or out of range. */
Status args_int(const Args *args, const char *option, int64_t min, int64_t max, int64_t *out, Err *err);
Status args_uint64(const Args *args, const char *option, uint64_t *out, Err *err);
Status args_real(const Args *args, const char *option, double min, double max, double *out, Err *err);
/* The next number of a list such as "4,8,16". *at: where it begins; moved behind its comma, NULL after the last one.
 * false: no whole number is there, or none that an int can hold. */
bool list_int(const char **at, int *out);
/* "90s", "30m", "3h", "2d", as seconds. Errors as args_int. */
Status args_duration(const Args *args, const char *option, double *seconds, Err *err);
/* --threads; *out = 0 where it is not given, which means threads_default (base/threads.h).
 * ERR_INPUT also where the environment has a wrong OMP_NUM_THREADS and --threads does not overrule it. */
Status args_threads(const Args *args, int *out, Err *err);
/* --jobs, the threads of all runs together; threads_default where it is not given. ERR_INPUT: likewise. */
Status args_jobs(const Args *args, int *out, Err *err);

/* The index of the tag that the option names; -1 where the option is not given.
 * ERR_INPUT: no fact of the set has that tag; the message names the nearest one. ERR_NOMEM. */
Status args_tag(const Args *args, const char *option, const FactSet *facts, int *out, Err *err);

/* Whether a word is key=value. A '=' after the first '/' does not count, since no key has a '/' (./n=4.yaml), nor one
 * in the name of a file that is there, unless the name begins as a key. */
bool is_setting(const char *word);

/* For the words "[CFG] [key=value...]": *n_files is 1 if the first one is a config file, else 0.
 * ERR_INPUT: another word is not key=value. */
Status args_settings(const Args *args, int *n_files, Err *err);
/* The config of "[CFG] [key=value...]". ERR_INPUT, ERR_IO, ERR_NOMEM. */
Status args_config(const Args *args, Config *out, Err *err);

#endif
