/* What the stage of tools costs in decoding, one thread: time a token of the model of scripts/experiments/tools.yaml
 * with the stage and a calculator, against the same model without, in turns within one process; medians of the rounds.
 * The stage calls nowhere; at one row of a sum, as it is trained to; at every row, where each is asked and answered.
 *     make build/gcc-O3/tests/measure_tools && build/gcc-O3/tests/measure_tools [rounds]
 * Steps and memory: scripts/bench_tools.sh. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/decode.h"
#include "model/tool_writes.h"
#include "tools/tool.h"

enum { V = 17, T = 16, CALL_AT = 10, EQUALS = 16, ROUNDS_MAX = 999, TEXTS = 20, WAYS = 4 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median(double *x, int n) {
    qsort(x, (size_t)n, sizeof *x, compare);
    return x[n / 2];
}

/* 0: the model without the stage; 1 .. 3: it calls nowhere, once, at every row. */
typedef struct Side {
    Gpt gpt;
    Decoder *decoder;
    ToolWrites writes;
    Tool *calculator;
    int way, calls;
} Side;

/* "1234+5678" in all rows: what it costs does not depend on the digits. */
static int sum(void *user, int position, int call, const int32_t *place, int32_t *result, int room) {
    const Side *s = user;
    const ToolCall asked = {{{"1234", 4}, {"+", 1}, {"5678", 4}}};
    ToolAnswer answer;
    Err err;
    (void)position, (void)call, (void)place;
    if (tool_call(s->calculator, &asked, &answer, &err) != OK) abort();
    int n = (int)answer.text.size < room ? (int)answer.text.size : room;
    for (int i = 0; i < n; i++) result[i] = 1 + answer.text.bytes[i] - '0';
    return n;
}

/* As tool_writes_step, but calls at every row are answered each by itself. */
static int32_t ask(void *user, int position, int call, const int32_t *place) {
    Side *s = user;
    int32_t result[T];
    s->calls += call > 0;
    if (s->way != 3) return tool_writes_step(&s->writes, position, call, place);
    return sum(s, position, call, place, result, T) > 0 ? result[0] : TOOL_NONE;
}

/* One symbol is much longer than all others in a channel that the call reads. */
static void call_at_equals(Gpt *g) {
    int d = g->config.n_embd;
    for (int v = 0; v < V; v++) g->params[g->at.wte + v * d] = v == EQUALS ? 100 : 0;
    g->params[g->at.tool_call.weight + d] = 200;
    g->params[g->at.tool_call.bias + 1] = -1000;
}

static Status side_create(Side *s, const Ops *ops, int way, Err *err) {
    static const int max_calls[1] = {1};
    const ToolSpec spec = {
        .kind = TOOL_CALCULATOR, .name = "0", .n_arguments = 3, .argument = {"a", "op", "b"}};
    ModelConfig config = {.n_layer = 2,
                          .n_head = 4,
                          .n_kv_head = 4,
                          .n_embd = 64,
                          .n_inner = 256,
                          .block_size = 48,
                          .vocab_size = V,
                          .norm = NORM_RMSNORM,
                          .norm_eps = 1e-5,
                          .pos = POS_NONE,
                          .act = ACT_GELU,
                          .tie_weights = true,
                          .attn = ATTN_CAUSAL,
                          .mlp = MLP_PLAIN,
                          .init_std = 0.1};
    s->way = way;
    if (way) config.tool = (ToolStage){.n_tools = 1, .layer = 1, .n_pointers = 3, .runs = 5};
    TRY(gpt_create(&s->gpt, &config, ops, GEMM_EXACT, err));
    gpt_init(&s->gpt, 1);
    TRY(tool_open(&s->calculator, &spec, err));
    TRY(tool_writes_create(&s->writes, T, max_calls, sum, s, err));
    if (way == 2) call_at_equals(&s->gpt);
    else if (way) s->gpt.params[s->gpt.at.tool_call.bias + 1] = way == 1 ? -1000 : 1000;
    return decoder_create(&s->decoder, &s->gpt, err);
}

/* Microseconds a token. */
static double decode(Side *s, const uint8_t *class) {
    double began = now();
    for (int i = 0; i < TEXTS; i++) {
        decoder_rewind(s->decoder, 0);
        if (s->way && i == 0) decoder_tools(s->decoder, class, ask, s);
        for (int t = 0; t < T; t++)
            decoder_step(s->decoder, t == CALL_AT ? EQUALS : t ? 1 + (t * 5 + i) % 12 : 0);
    }
    return (now() - began) * 1e6 / (TEXTS * T);
}

int main(int argc, char **argv) {
    static const char *const names[WAYS] = {"without the stage", "no call", "one call a text",
                                            "a call at every row"};
    static Side side[WAYS];
    static double us[WAYS][ROUNDS_MAX], ratio[WAYS][ROUNDS_MAX];
    int rounds = argc > 1 ? atoi(argv[1]) : 101;
    uint8_t class[V] = {0};
    const Ops *ops;
    Err err;
    if (rounds < 1 || rounds > ROUNDS_MAX || ops_select(&ops, &err) != OK) return 1;
    for (int v = 1; v <= 10; v++) class[v] = 1;
    for (int w = 0; w < WAYS; w++)
        if (side_create(&side[w], ops, w, &err) != OK) return fprintf(stderr, "%s\n", err.msg), 1;
    for (int r = -3; r < rounds; r++)
        for (int w = 0; w < WAYS; w++) {
            const int calls[WAYS] = {0, 0, TEXTS, TEXTS * T};
            side[w].calls = 0;
            double time = decode(&side[w], class);
            if (side[w].calls != calls[w]) return fprintf(stderr, "%d calls\n", side[w].calls), 1;
            if (r >= 0) us[w][r] = time, ratio[w][r] = us[0][r] / time;
        }
    printf("%s, %d rounds\ndecoding                us a token   speed against without (middle half)\n",
           ops->isa, rounds);
    for (int w = 0; w < WAYS; w++) {
        double middle = median(ratio[w], rounds);
        printf("%-22s %11.2f   %.3f (%.3f to %.3f)\n", names[w], median(us[w], rounds), middle,
               ratio[w][rounds / 4], ratio[w][rounds * 3 / 4]);
    }
    return 0;
}
