/* What people read: numbers with separators, tokens as text, the progress line, one JSON object. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "cli/cli.h"
#include "data/text.h"
#include "eval/capacity/ratio.h"
#include "model/kernels/ops.h"
#include "train/train.h"

enum { SHOW_SIZE = 40, SHOW_SLOTS = 8 };

static char *slot(void) {
    static char text[SHOW_SLOTS][SHOW_SIZE];
    static int next;
    return text[next++ % SHOW_SLOTS];
}

const char *show_int(int64_t n) { return count_text(slot(), n); }

const char *show_bytes(double bytes) { return bytes_text(slot(), bytes); }

const char *show_short(double n) {
    char *out = slot();
    const char *unit[] = {"", "k", "M", "G", "T"};
    int u = 0;
    while (n >= 1000 && u < 4) {
        n /= 1000;
        u++;
    }
    snprintf(out, SHOW_SIZE, u && n < 100 ? "%.1f%s" : "%.0f%s", n, unit[u]);
    return out;
}

/* H - n log2 n is below 0 where facts fill nearly all of their space (a whole table of a rule): saying which fact is
 * meant costs more than all there is to know. */
const char *show_ceiling(const FactSet *facts, int digits) {
    if (facts->ceiling_bits <= 0) return "ceiling 0: to name each costs more";
    char *out = slot();
    snprintf(out, SHOW_SIZE, "ceiling %.*f", digits, facts->ceiling_bits);
    return out;
}

void show_ratio(const FactSet *facts, const Evaluation *e, int64_t params) {
    CapacityRatio ratio;
    if (capacity_ratio(&ratio, facts, e, params))
        printf("knowledge   R %.4f of R_max %.4f bits/param\n", ratio.r, ratio.r_max);
}

char *show_tokens(const Vocab *vocab, const int32_t *tokens, int n) {
    size_t room = 1, used = 0;
    for (int i = 0; i < n; i++) room += vocab->text ? (size_t)vocab->length[tokens[i]] + 1 : 12;
    char *raw = malloc(room), *escaped = malloc(4 * room);
    if (!raw || !escaped) {
        free(raw);
        free(escaped);
        return NULL;
    }
    for (int i = 0; i < n; i++) {
        if (tokens[i] == vocab->eos) continue;
        if (used && !vocab->bytes) raw[used++] = ' ';
        if (vocab->text) {
            size_t length = (size_t)vocab->length[tokens[i]];
            memcpy(raw + used, vocab->text[tokens[i]], length);
            used += length;
        } else {
            used += (size_t)snprintf(raw + used, room - used, "%d", (int)tokens[i]);
        }
    }
    text_escape(escaped, 4 * room, (Text){raw, used});
    free(raw);
    return escaped;
}

/* Ten times a second on a terminal; elsewhere (a log file) every ten seconds, and the first and last step. */
static void progress_update(void *user, const Progress *p) {
    ProgressLine *line = user;
    if (line->quiet) return;
    if (p->note) {
        if (line->open) fputs("\r\033[K", stderr);
        line->open = false;
        fprintf(stderr, "%s%s%s\n", line->label, *line->label ? ": " : "", p->note);
        return; /* a note carries no figures */
    }
    double now = clock_s();
    if (now < line->next_s && p->step != p->max_steps) return;
    line->next_s = now + (line->terminal ? 0.1 : 10);
    int eta = isfinite(p->eta_s) && p->eta_s < 1e8 ? (int)(p->eta_s + 0.5) : 0;
    char text[120];
    snprintf(text, sizeof text, "%s%sstep %lld/%lld  %.4f bits/token  %s tokens/s  ETA %d:%02d:%02d",
             line->label, *line->label ? ": " : "", (long long)p->step, (long long)p->max_steps, p->loss_bits,
             show_short(p->tokens_per_s), eta / 3600, eta / 60 % 60, eta % 60);
    if (line->terminal) {
        fprintf(stderr, "\r%s\033[K", text);
        fflush(stderr);
        line->open = true;
    } else {
        fprintf(stderr, "%s\n", text);
    }
}

ProgressSink progress_line(ProgressLine *line, const char *label, bool quiet) {
    *line = (ProgressLine){.quiet = quiet, .terminal = isatty(STDERR_FILENO), .label = label};
    return (ProgressSink){progress_update, line};
}

void progress_end(ProgressLine *line) {
    if (line->open) fputc('\n', stderr);
    line->open = false;
}

static void print_note(void *user, const Progress *p) {
    (void)user;
    if (p->note) fprintf(stderr, "%s\n", p->note);
}

Status open_run(Run *out, const char *dir, Err *err) {
    return run_open(out, dir, &(ProgressSink){.update = print_note}, err);
}

Status json_out(json_t *object, Err *err) {
    if (!object) return err_set(err, ERR_NOMEM, "out of memory for the JSON result");
    int failed = json_dumpf(object, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    putchar('\n');
    json_decref(object);
    return failed ? err_set(err, ERR_IO, "standard output: cannot write the JSON result") : OK;
}

json_t *json_number(double x) { return isfinite(x) ? json_real(x) : json_null(); }

json_t *json_seed(uint64_t seed) {
    char digits[24];
    if (seed <= INT64_MAX) return json_integer((json_int_t)seed);
    snprintf(digits, sizeof digits, "%" PRIu64, seed);
    return json_string(digits);
}

void show_plan(const RunPlan *plan, const FactSet *facts, const Config *config) {
    fprintf(stderr, "facts       %s of up to %d tokens, vocabulary %d: ", show_int(facts->n), facts->max_len,
            facts->vocab.size);
    if (facts->entropy_known)
        fprintf(stderr,
                facts->ceiling_bits > 0 ? "%.1f bits, of which a model can save %.1f\n"
                                        : "%.1f bits, less than it takes to name every fact (%.1f)\n",
                facts->data_bits,
                facts->ceiling_bits > 0 ? facts->ceiling_bits : facts->data_bits - facts->ceiling_bits);
    else
        fprintf(stderr, "entropy unknown; answers %.1f bits, zlib %s bytes\n", facts->answer_bits,
                show_int(facts->zlib_bytes));
    fprintf(stderr, "parameters  %s:", show_int(plan->params));
    for (int i = 0; i < PART_COUNT; i++)
        fprintf(stderr, "%s %s %s", i ? "," : "", part_name[i], show_int(plan->params_by[i]));
    fprintf(stderr, "\nneeds       memory %s, disk %s, %s FLOP a step, %lld step%s\n",
            show_bytes(plan->memory_bytes), show_bytes(plan->disk_bytes), show_short(plan->flops_per_step),
            (long long)config->train.max_steps, config->train.max_steps == 1 ? "" : "s");
}

void show_heldout(const Evaluation *e, const FactSet *facts, int64_t params) {
    if (!e->heldout) return;
    printf("held out    %s facts, %.6f bits/token; membership AUC %.4f, F1 %.4f", show_int(e->heldout),
           bits_of_nats(e->heldout_loss_nats), e->membership.auc, e->membership.f1);
    if (e->entropy_known) printf(" (law %.4f)", membership_law(facts->data_bits, (double)params));
    putchar('\n');
}

void show_weights(Quantize kind, int64_t weight_bits, double memorized_bits) {
    printf("weights     %s, %s bits", config_choice("train.quantize", (int)kind), show_int(weight_bits));
    if (isfinite(memorized_bits))
        printf(", %.4f memorized bits per bit", memorized_bits / (double)weight_bits);
    putchar('\n');
}
