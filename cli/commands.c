/* The table of commands and their options, and `rote help`, which prints it. */
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "cli/cli.h"

#define JSON_OPTION                                                                                          \
    { "json", NULL, "one JSON object on stdout" }
#define QUIET_OPTION                                                                                         \
    { "quiet", NULL, "no progress on stderr" }
#define THREADS_OPTION                                                                                       \
    { "threads", "N", "threads; changes no bit (default: one per core)" }
#define FORCE_OPTION(help)                                                                                   \
    { "force", NULL, help }
#define END_OPTION                                                                                           \
    { NULL, NULL, NULL }

static const Option demo_options[] = {{"out", "DIR", "where runs and report go (default: runs/demo)"},
                                      FORCE_OPTION("replace a report.html that is not rote's"),
                                      JSON_OPTION,
                                      QUIET_OPTION,
                                      THREADS_OPTION,
                                      END_OPTION};
static const Option make_options[] = {{"out", "DIR", "the fact set's folder"}, JSON_OPTION, END_OPTION};
static const Option import_options[] = {
    {"out", "DIR", "the fact set's folder"},
    {"format", "tsv|csv|jsonl|text", "how FILE is read (default: by its name)"},
    {"delimiter", "CHAR|tab",
     "what parts the fields of csv (default: ',', or what Excel's first line sep= says)"},
    {"vocab", "bytes|words", "what a symbol is (default: bytes)"},
    {"prompt", "FIELD",
     "name of the prompt's field, with --no-header a column's number (default: prompt, else the first)"},
    {"answer", "FIELD", "the same of the answer (default: answer, else the second)"},
    {"tag", "FIELD", "the same of the tag (default: tag, else the third)"},
    {"header", NULL, "a table's first line names its columns (default: where it has those names)"},
    {"no-header", NULL, "a table's first line is a fact, whatever it says"},
    {"allow-conflicts", NULL, "keep facts that give one prompt two answers"},
    JSON_OPTION,
    END_OPTION};
static const Option show_options[] = {JSON_OPTION, END_OPTION};
static const Option train_options[] = {{"out", "DIR", "the run folder (default: runs/<name>-<hash8>)"},
                                       {"resume", NULL, "go on where DIR stopped, or start"},
                                       {"dry-run", NULL, "say what the run needs and write nothing"},
                                       {"worker", NULL, "progress for the sweep that started it"},
                                       THREADS_OPTION,
                                       QUIET_OPTION,
                                       JSON_OPTION,
                                       END_OPTION};
static const Option sweep_options[] = {
    {"out", "DIR", "the sweep's folder"},
    {"jobs", "N", "runs side by side, or threads within them where there are fewer (default: one per core)"},
    {"dry-run", NULL, "say what the sweep needs and write nothing"},
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION};
static const Option status_options[] = {JSON_OPTION, END_OPTION};
static const Option eval_options[] = {
    {"facts", "DIR", "another fact set (default: the run's own)"},
    {"per-fact", "FILE.tsv", "a row for every fact, held-out ones last; replaces only such a table"},
    FORCE_OPTION("let --per-fact replace any file"),
    {"quantize", "fp16|bf16|int8|int6|int4|int3|int2|ternary",
     "with weights of so few bits, beside the weights as they are"},
    {"parts", NULL, "what is lost when embedding, attention, MLP, norms, head are spoiled, one at a time"},
    {"seeds", "N", "--parts: draws of the noise (default: 5)"},
    {"acr", NULL, "the shortest prompt that makes the model say each fact (adversarial compression ratio)"},
    {"steps", "N",
     "--acr: decoder steps of trying all prompts, and of searching longer ones (default: 5000000)"},
    {"method", "rtn|gptq",
     "--quantize: to the nearest, or correcting errors on the run's facts (default: rtn)"},
    THREADS_OPTION,
    JSON_OPTION,
    END_OPTION};
static const Option verify_options[] = {THREADS_OPTION, QUIET_OPTION, JSON_OPTION, END_OPTION};
/* clang-format off */
#define SAMPLE_OPTIONS \
    {"prompt", "TEXT", \
     "what to go on from, whole prompts over bytes end in \\t; facts without text: token numbers"}, \
    {"n", "N", "samples (default: 1)"}, \
    {"max-tokens", "N", "new tokens at most (default: what block_size leaves)"}, \
    {"temperature", "T", "0: greedy (default: 1)"}, \
    {"greedy", NULL, "the same as --temperature 0"}, \
    {"top-k", "K", "only the K likeliest; 0: off (default: 0)"}, \
    {"top-p", "P", "only the likeliest that hold P together (default: 1)"}, \
    {"seed", "SEED", "of the draws (default: 1)"}
/* clang-format on */
static const Option sample_options[] = {SAMPLE_OPTIONS, JSON_OPTION, END_OPTION};
static const Option dump_options[] = {
    {"hook", "NAME,...",
     "which activations, or all of them: blocks.0.mlp.hook_post, ln_final.hook_normalized"},
    {"out", "FILE", "OUT.npy (one hook) or OUT.safetensors; also -o; replaces only safetensors of its own"},
    {"facts", "I-J,...",
     "only facts of those numbers, as in rote eval --per-fact (default: all that were trained)"},
    {"tag", "T", "only facts of that tag"},
    {"heldout", NULL, "held-out facts, in place of those that were trained"},
    FORCE_OPTION("replace any file"),
    JSON_OPTION,
    END_OPTION};
static const Option steer_options[] = {
    {"do", "HOOK[UNITS]=OP",
     "set:X, add:X, scale:X, zero, mean (over the facts); 'blocks.1.mlp.hook_post[0-7]=set:2.0'; may stand "
     "again"},
    SAMPLE_OPTIONS,
    {"eval", NULL, "code lengths and recall of the run's facts, by tag; with --prompt samples, too"},
    THREADS_OPTION,
    JSON_OPTION,
    END_OPTION};
static const Option neurons_eval_options[] = {
    {"twin", "RUN",
     "the same run without its rules, for its columns and the price; one for each RUN, in order"},
    {"rule", "NAME", "only that rule (default: all)"},
    {"neutral", "TAG", "facts of that tag are the bases of flips (default: the rule's other side)"},
    {"pairs-tag", "TAG", "flips to facts of that tag, too, which the rule need not cover"},
    {"random", "N", "random sets of units to compare with (default: 20)"},
    THREADS_OPTION,
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION};
static const Option atlas_options[] = {
    {"by", "tag|answer|place:K|rules",
     "what divides the facts: their tags, the first symbol of the answer, the symbol at place K, the run's "
     "rules "
     "(default: tag, else rules)"},
    {"class", "NAME=HOW",
     "a class of your own: tag:T, token:SYMBOL, regex:E, share:P (of the facts, at random); may stand again"},
    {"at", "all|answer", "which tokens of a fact count (default: all)"},
    {"facts", "DIR", "another fact set (default: the run's own)"},
    {"heldout", NULL, "held-out facts, in place of those that were trained"},
    {"top", "N", "neurons shown (default: 20)"},
    {"seed", "SEED", "of the shuffles that say what chance reaches (default: 1)"},
    {"tsv", "FILE", "a row for every unit and class; replaces only such a table"},
    {"svg", "FILE", "a heat map of the first neurons of every class; replaces only SVG pictures"},
    FORCE_OPTION("replace any file"),
    THREADS_OPTION,
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION};
static const Option export_options[] = {
    {"to", "hf|npz|safetensors", "the format"},
    {"out", "PATH", "the same as PATH: a file, or hf: a folder, new or empty"},
    FORCE_OPTION("replace what is there"),
    END_OPTION};
static const Option compress_options[] = {
    {"out", "X.rote", "the archive, also -o; replaces only archives"},
    {"bits", "32|16|8|6|4|3|2", "of a weight (default: 8; a run with train.quantize: as it is)"},
    {"method", "rtn|gptq",
     "weights of 8 bits and fewer to the nearest, or correcting errors on the facts (default: gptq)"},
    {"set", NULL, "drop the order of the facts, which then costs nothing"},
    {"online", NULL,
     "archive a file of any bytes by what is learned while it is coded; no weights are stored"},
    {"preset", "fast|default|best",
     "--online: fast: n-grams and matches; default: and a transformer; best: a larger one"},
    {"without", "PART,...", "--online: leave out of ngrams, match, model"},
    {"no-verify", NULL, "do not decode the archive in another process before it is there"},
    FORCE_OPTION("replace any file"),
    THREADS_OPTION,
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION};
static const Option decompress_options[] = {
    {"out", "FILE", "where the content goes, also -o; - is stdout"},
    {"check", NULL, "only see whether it decodes, checksums compared; nothing is written"},
    {"memory", "MIB", "take no more than this (default: what is available)"},
    FORCE_OPTION("replace a file that is there"),
    THREADS_OPTION,
    QUIET_OPTION,
    END_OPTION};
static const Option report_options[] = {
    {"out", "FILE.html", "the page (default: report.html in the folder); replaces only such a page"},
    FORCE_OPTION("replace any file"),
    END_OPTION};
static const Option capacity_options[] = {
    {"certify", NULL,
     "write and read back an archive of every run: the bits that its weights hold for certain"},
    {"bits", "B,B,...", "--certify: bits of a weight, of 32, 16, 8, 6, 4, 3, 2 (default: 32,16,8,4)"},
    {"method", "rtn,gptq",
     "--certify: weights of 8 bits and fewer to the nearest, or correcting errors on the facts (default: "
     "gptq)"},
    {"set", NULL, "--certify: facts without their order"},
    THREADS_OPTION,
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION};
static const Option bench_options[] = {
    {"phases", NULL, "where a step's time goes: operations, bytes and time of every kernel and shape"},
    {"ladder", NULL, "whole steps of small models, with all threads and with one"},
    {"scaling", NULL, "threads against one thread, and against one process per thread"},
    {"muon", NULL, "what Muon's Newton-Schulz steps cost"},
    {"config", "i|ii|iii|iv|v", "one config only (default: all five, and the products)"},
    {"rounds", "N", "rounds at most (default: 25, fewer after 8 s)"},
    {"batch", "N", "sequences a step of --config (default: the config's)"},
    {"steps", "N", "N steps of --config and nothing else, for another program to measure"},
    {"gemm", "exact|openblas", "whose matrix product (default: exact)"},
    THREADS_OPTION,
    JSON_OPTION,
    END_OPTION};
static const Option coordinates_options[] = {
    {"widths", "N,N,...", "n_embd to try (default: 32,64,128,256)"},
    {"steps", "N", "steps before the last look (default: 4)"},
    {"seeds", "N", "models a width, from train.seed on (default: 3)"},
    {"out", "FILE.svg", "a plot of the last block and the logits"},
    FORCE_OPTION("replace any file"),
    THREADS_OPTION,
    JSON_OPTION,
    END_OPTION};
static const Option doctor_options[] = {JSON_OPTION, END_OPTION};
static const Option help_options[] = {{"man", NULL, "everything as a manual page, in roff"}, END_OPTION};
static const Option no_options[] = {END_OPTION};

const Command commands[] = {
    {"demo", "", 0, 0, "the tour: facts, four widths, a table of bits per parameter, a report", demo_options,
     cmd_demo},
    {"facts make", "[CFG] [key=value...] --out DIR", 0, 1000,
     "generates a fact set, or keeps a split of one that is read", make_options, cmd_facts_make},
    {"facts import", "FILE|- --out DIR", 1, 1, "makes a fact set of your own facts", import_options,
     cmd_facts_import},
    {"facts show", "DIR|RUN|[CFG] [key=value...]", 1, 1000,
     "kind, counts, entropy, first records of a fact set, a run's facts, or what a config draws",
     show_options, cmd_facts_show},
    {"train", "[CFG] [key=value...]", 0, 1000, "trains one run", train_options, cmd_train},
    {"sweep run", "[CFG] [key=a,b,c...] --out DIR", 0, 1000,
     "many runs: makes what is missing or failed; CFG may have a sweep: section", sweep_options,
     cmd_sweep_run},
    {"sweep status", "DIR", 1, 1, "every run of a sweep with its state and key figures", status_options,
     cmd_sweep_status},
    {"sweep retry", "DIR", 1, 1, "forgets failures, so that the runs count as waiting", status_options,
     cmd_sweep_retry},
    {"eval", "RUN", 1, 1, "recall, memorized bits, code lengths of a run", eval_options, cmd_eval},
    {"verify", "RUN", 1, 1, "replays a run and compares hashes", verify_options, cmd_verify},
    {"sample", "RUN", 1, 1, "generates", sample_options, cmd_sample},
    {"neurons atlas", "RUN", 1, 1, "which neurons and heads fire for which class of facts", atlas_options,
     cmd_neurons_atlas},
    {"neurons dump", "RUN --hook NAME,... -o FILE", 1, 1,
     "activations of chosen facts at chosen places of the forward pass", dump_options, cmd_neurons_dump},
    {"neurons steer", "RUN --do 'HOOK[UNITS]=OP'", 1, 1,
     "samples and evaluates with activations changed, beside the model as it is", steer_options,
     cmd_neurons_steer},
    {"neurons eval", "RUN [RUN...]", 1, 1000,
     "what neuron rules did: firing, necessity, sufficiency, leak, price; over several runs with intervals",
     neurons_eval_options, cmd_neurons_eval},
    {"export", "RUN --to FORMAT PATH", 1, 2, "the weights for other programs", export_options, cmd_export},
    {"compress", "RUN|FILE -o X.rote", 1, 1,
     "a run's model and facts, or with --online any file, as one archive, verified as it is written",
     compress_options, cmd_compress},
    {"decompress", "X.rote -o FILE", 1, 1, "what went into an archive, bit for bit", decompress_options,
     cmd_decompress},
    {"archive show", "X.rote", 1, 1, "what an archive holds, and how many bits each part takes", show_options,
     cmd_archive_show},
    {"report", "RUN|SWEEP|DIR", 1, 1, "one self-contained page about a run, a sweep or a folder of runs",
     report_options, cmd_report},
    {"capacity", "SWEEP", 1, 1, "bits per parameter of a sweep: plateaus, slope, intervals, verdicts",
     capacity_options, cmd_capacity},
    {"bench", "", 0, 0, "speed of products and whole steps, as a share of this machine's peak", bench_options,
     cmd_bench},
    {"coordinates", "[CFG] [key=value...]", 0, 1000,
     "whether activations change alike at all widths (train.parametrization)", coordinates_options,
     cmd_coordinates},
    {"doctor", "", 0, 0, "CPU, kernels, threads, numeric self-test, libraries, memory, disk", doctor_options,
     cmd_doctor},
    {"help", "[COMMAND|KEY|keys]", 0, 2, "explains a command or a config key", help_options, cmd_help},
    {"completion", "bash|zsh", 1, 1, "prints a completion script", no_options, cmd_completion},
    {NULL, NULL, 0, 0, NULL, NULL, NULL}};

void help_overview(FILE *out) {
    fprintf(out,
            "rote: what a small transformer can learn by heart, to the bit\n\nusage: rote COMMAND ...\n\n");
    for (const Command *c = commands; c->name; c++) fprintf(out, "  %-13s %s\n", c->name, c->summary);
    fprintf(
        out,
        "\nrote help COMMAND, rote help KEY (a config key), rote help keys (all of them), rote --version\n");
}

void help_command(FILE *out, const Command *command) {
    fprintf(out, "usage: rote %s%s%s%s\n\n%s\n", command->name, *command->words ? " " : "", command->words,
            command->options->name ? " [options]" : "", command->summary);
    if (command->options->name) fputc('\n', out);
    for (const Option *o = command->options; o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
        fprintf(out, "  %-28s %s\n", left, o->help);
    }
}

/* "make" of "facts make"; NULL for a command of one word. */
static const char *second_word(const Command *c) {
    const char *space = strchr(c->name, ' ');
    return space ? space + 1 : NULL;
}

/* Whether word is the first word of the command's name. */
static bool begins_with(const Command *c, const char *word) {
    return strlen(word) == strcspn(c->name, " ") && !strncmp(c->name, word, strlen(word));
}

/* The distinct words at one place of the names that begin with `first` (NULL: the first words), for
 * nearest_name. */
static void name_words(const char *first, char words[][32], const char **list) {
    int n = 0;
    for (const Command *c = commands; c->name; c++) {
        const char *word = first ? second_word(c) : c->name;
        if (first && !begins_with(c, first)) continue;
        size_t length = strcspn(word, " ");
        if (n && strlen(list[n - 1]) == length && !strncmp(list[n - 1], word, length)) continue;
        snprintf(words[n], sizeof words[n], "%.*s", (int)length, word);
        list[n] = words[n];
        n++;
    }
    list[n] = NULL;
}

Status command_find(const Command **out, int *used, int n_words, char *const *words, Err *err) {
    bool family = false; /* "facts" alone is the beginning of several */
    for (const Command *c = commands; c->name; c++) {
        if (!begins_with(c, words[0])) continue;
        const char *second = second_word(c);
        family = second != NULL;
        if (!family || (n_words > 1 && !strcmp(words[1], second))) {
            *out = c;
            *used = family ? 2 : 1;
            return OK;
        }
    }
    char text[32][32];
    const char *list[33];
    name_words(family ? words[0] : NULL, text, list);
    const char *wrong = family ? (n_words > 1 ? words[1] : "") : words[0];
    const char *nearest = nearest_name(wrong, list);
    char all[256] = "";
    for (int i = 0; family && list[i]; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? ", " : "", list[i]);
    if (family && n_words < 2) return err_set(err, ERR_INPUT, "%s: which of %s?", words[0], all);
    if (family)
        return err_set(err, ERR_INPUT, "%s: unknown command '%s', allowed: %s%s%s", words[0], wrong, all,
                       nearest ? "; nearest: " : "", nearest ? nearest : "");
    return err_set(err, ERR_INPUT, "unknown command '%s'%s%s (rote help lists them)", wrong,
                   nearest ? ", nearest: " : "", nearest ? nearest : "");
}

Status cmd_help(const Args *args, Err *err) {
    if (args->command && args_has(args, "man")) return man_page(err);
    if (args->n_words == 0) {
        help_overview(stdout);
        return OK;
    }
    const char *word = args->words[0];
    if (!strcmp(word, "keys")) {
        config_help_all(stdout);
        return OK;
    }
    const Command *command;
    int used;
    char *words[2] = {(char *)args->words[0], args->n_words > 1 ? (char *)args->words[1] : NULL};
    if (command_find(&command, &used, args->n_words, words, err) == OK) {
        help_command(stdout, command);
        return OK;
    }
    bool family = false;
    for (const Command *c = commands; c->name; c++) {
        if (!begins_with(c, word)) continue;
        if (family) putchar('\n');
        help_command(stdout, c);
        family = true;
    }
    return family ? OK : config_help(word, stdout, err);
}
