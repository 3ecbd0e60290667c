/* The stage of tools: where nothing is written, or its gate is closed, it changes no bit; threads, instruction sets and
 * the division of a sequence into calls of a decoder change none either. What it chooses: test_tool_choices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <unistd.h>

#include "model/checkpoint.h"
#include "model/decode.h"
#include "model/parallel.h"
#include "model/tool_writes.h"
#include "tests/bits.h"
#include "tests/tool_case.h"

enum { SEED = 20261129, N_SEQ = 5 };

typedef struct Case {
    ModelConfig config;
    Gpt gpt;
    Edits edits; /* of full passes and of the decoder */
    OwnBatch batch;
    OwnTools tools;
    int tokens, V, P;
} Case;

static void create(Gpt *g, const ModelConfig *c, int isa) {
    Err err;
    if (gpt_create(g, c, ops_available()[isa], GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
}

static Case set_up(Draw *d, int i) {
    Case x = {.config = draw_config(d, i)};
    x.config.block_size += 6;
    x.config.tool = draw_stage(d, &x.config, i);
    create(&x.gpt, &x.config, 0);
    draw_params(&x.gpt, d, 0.4);
    x.batch = draw_batch(d, &x.config, N_SEQ);
    x.tools = draw_tools(d, &x.config, &x.batch.batch);
    x.tokens = x.batch.start[N_SEQ];
    x.V = x.config.vocab_size;
    x.P = x.config.tool.n_pointers;
    return x;
}

static void tear_down(Case *x) {
    edits_free(&x->edits);
    free_tools(&x->tools);
    free_batch(&x->batch);
    gpt_free(&x->gpt);
}

static real *logits_of(const Gpt *g, const Case *x, const ToolRows *tools, bool backward) {
    Err err;
    GptWork *work;
    Batch batch = x->batch.batch;
    real *logits = zeroed((size_t)x->tokens * (size_t)x->V * sizeof *logits);
    int T = x->config.block_size;
    batch.tools = tools;
    assert_int_equal(gpt_work_create(&work, g, 2 * T, 2, T, backward, 1, NULL, &err), OK);
    gpt_work_edit(work, x->edits.n ? &x->edits : NULL);
    gpt_logits(g, work, &batch, 0, N_SEQ, logits);
    gpt_work_free(work);
    return logits;
}

/* Changes at the hooks of the stage: edit(&x, "[1]=add:1000", "zero"). */
static void edit(Case *x, const char *call, const char *write) {
    Err err;
    char text[256], name[2][HOOK_NAME_MAX];
    int layer = x->config.tool.layer - 1;
    snprintf(text, sizeof text, "%s%s;%s=%s", hook_name(name[0], (Hook){HOOK_TOOL_CALL, layer}), call,
             hook_name(name[1], (Hook){HOOK_TOOL_WRITE, layer}), write);
    if (edits_parse(&x->edits, &x->config, text, &err) != OK) fail_msg("%s", err.msg);
}

/* ---- nothing written, nothing changed ---- */

/* A gate of 0, by its parameters and at its hook, lets nothing pass; another one does. */
static void closed_gate(Case *x, const real *expected) {
    Err err;
    char text[64], name[HOOK_NAME_MAX];
    size_t bytes = (size_t)x->tokens * (size_t)x->V * sizeof(real), d = (size_t)x->config.n_embd;
    real *gate = x->gpt.params + x->gpt.at.tool_gate.weight, *bias = x->gpt.params + x->gpt.at.tool_gate.bias;
    memset(gate, 0, d * sizeof *gate);
    for (int open = 0; open < 2; open++) {
        *bias = open ? 0 : -1000;
        for (int backward = 0; backward < 2; backward++) {
            real *logits = logits_of(&x->gpt, x, &x->tools.rows, backward);
            if (open) assert_true(memcmp(logits, expected, bytes) != 0);
            else same_bits(logits, expected, bytes, "logits behind a closed gate");
            free(logits);
        }
    }
    snprintf(text, sizeof text, "%s=add:-1000",
             hook_name(name, (Hook){HOOK_TOOL_GATE, x->config.tool.layer - 1}));
    if (edits_parse(&x->edits, &x->config, text, &err) != OK) fail_msg("%s", err.msg);
    real *logits = logits_of(&x->gpt, x, &x->tools.rows, false);
    same_bits(logits, expected, bytes, "logits behind a gate that is closed at its hook");
    free(logits);
    edits_free(&x->edits);
    x->edits = (Edits){.n = 0};
}

static void without_results_the_bits_of_a_model_without(void **state) {
    (void)state;
    printf("seed %d\n", SEED);
    for (int i = 0; i < 12; i++) {
        Draw d = draw_from((uint64_t)(SEED + i));
        Case x = set_up(&d, i);
        Gpt plain;
        ModelConfig c = x.config;
        size_t bytes = (size_t)x.tokens * (size_t)x.V * sizeof(real);
        c.tool = (ToolStage){.n_tools = 0};
        create(&plain, &c, 0);
        memcpy(plain.params, x.gpt.params, (size_t)plain.table.total * sizeof(real));
        for (int t = 0; t < plain.table.count; t++) /* the stage's tensors stand behind all others */
            assert_string_equal(plain.table.tensor[t].name, x.gpt.table.tensor[t].name);
        real *expected = logits_of(&plain, &x, NULL, false);
        ToolRows quiet = x.tools.rows;
        quiet.written = NULL;
        int32_t *nothing = zeroed((size_t)x.tokens * sizeof *nothing);
        for (int t = 0; t < x.tokens; t++) nothing[t] = TOOL_NOTHING;
        for (int turn = 0; turn < 4; turn++) {
            if (turn == 2) quiet.written = nothing;
            real *logits = logits_of(&x.gpt, &x, turn ? &quiet : NULL, turn % 2);
            same_bits(logits, expected, bytes, "logits without results");
            free(logits);
        }
        real *changed = logits_of(&x.gpt, &x, &x.tools.rows, false);
        assert_true(memcmp(changed, expected, bytes) != 0);
        free(changed);
        edit(&x, "[0]=add:0", "scale:0"); /* results that are written 0 times */
        changed = logits_of(&x.gpt, &x, &x.tools.rows, i % 2);
        same_bits(changed, expected, bytes, "logits with results scaled to 0");
        free(changed);
        edits_free(&x.edits);
        x.edits = (Edits){.n = 0};
        if (x.config.tool.gated) closed_gate(&x, expected);
        /* as at first: M, none and end are 0 */
        gpt_init(&plain, 7);
        gpt_init(&x.gpt, 7);
        assert_memory_equal(plain.params, x.gpt.params, (size_t)plain.table.total * sizeof(real));
        free(expected);
        expected = logits_of(&plain, &x, NULL, false);
        real *fresh = logits_of(&x.gpt, &x, &x.tools.rows, true);
        same_bits(fresh, expected, bytes, "logits of a new model");
        free(fresh);
        free(expected);
        free(nothing);
        gpt_free(&plain);
        tear_down(&x);
    }
}

/* ---- threads, teams, micro-batches, instruction sets ---- */

static void gradient_bits(void **state) {
    (void)state;
    static const int threads[] = {1, 2, 3, 5};
    for (int i = 0; i < 6; i++) {
        Draw d = draw_from((uint64_t)(SEED + 100 + i));
        Case x = set_up(&d, i);
        size_t bytes = (size_t)x.gpt.table.total * sizeof(real), nats = (size_t)x.tokens * sizeof(double);
        real *expected = NULL;
        double *call_nats = zeroed(nats), *point_nats = zeroed(nats * (size_t)x.P);
        size_t counts = nats * (size_t)x.config.tool.n_tools;
        double *calls = zeroed(counts);
        x.batch.batch.tools = &x.tools.rows;
        for (int isa = 0; ops_available()[isa]; isa++) {
            Gpt g;
            create(&g, &x.config, isa);
            memcpy(g.params, x.gpt.params, bytes);
            for (int k = 0; k < 4; k++) {
                Err err;
                Parallel *p;
                double loss;
                ParallelPlan plan = {threads[k],          i % 2 ? 2 : 1,     N_SEQ,
                                     x.config.block_size, 1 + (isa + k) % 3, NULL};
                assert_int_equal(parallel_create(&p, &g, &plan, &err), OK);
                const real *grad = parallel_gradient(p, &x.batch.batch, &loss);
                if (!expected) {
                    expected = memcpy(zeroed(bytes), grad, bytes);
                    memcpy(call_nats, x.tools.call_nats, nats);
                    memcpy(point_nats, x.tools.point_nats, nats * (size_t)x.P);
                    memcpy(calls, x.tools.expected, counts);
                }
                same_bits(grad, expected, bytes, "gradient with tools");
                same_bits(x.tools.call_nats, call_nats, nats, "code lengths of calls");
                same_bits(x.tools.point_nats, point_nats, nats * (size_t)x.P, "code lengths of pointers");
                same_bits(x.tools.expected, calls, counts, "expected calls");
                parallel_free(p);
            }
            gpt_free(&g);
        }
        free(expected);
        free(call_nats);
        free(point_nats);
        free(calls);
        tear_down(&x);
    }
}

/* ---- decoding ---- */

/* A tool for which the answer depends on all that it is told. */
static int answer(void *user, int position, int call, const int32_t *place, int32_t *result, int room) {
    const Case *x = user;
    uint32_t sum = (uint32_t)(call * 7 + position);
    for (int p = 0; p < x->P; p++) sum = sum * 31 + (uint32_t)(place[p] + 1);
    int n = (int)(sum % 5) - 1;
    if (n < 0) return TOOL_NONE;
    if (n > room) n = room;
    for (int j = 0; j < n; j++) result[j] = (int32_t)((sum + (uint32_t)j * 3) % (uint32_t)x->V);
    return n;
}

/* What the usual full pass writes: the model's choices, answered row by row. Returns the number of rows. */
static int write_all(Case *x, ToolWrites *writes) {
    Err err;
    GptWork *work;
    int T = x->config.block_size, rows = 0;
    int32_t *call = zeroed((size_t)x->tokens * sizeof *call);
    int32_t *point = zeroed((size_t)(x->tokens * x->P) * sizeof *point);
    assert_int_equal(gpt_work_create(&work, &x->gpt, 3 * T, 3, T, false, 1, NULL, &err), OK);
    gpt_work_edit(work, x->edits.n ? &x->edits : NULL);
    gpt_tool_choices(&x->gpt, work, &x->batch.batch, 0, N_SEQ, call, point);
    for (int s = 0; s < N_SEQ; s++)
        for (int i = x->batch.start[s]; i < x->batch.start[s + 1]; i++) {
            int32_t w = tool_writes_step(writes, i - x->batch.start[s], call[i], point + (ptrdiff_t)i * x->P);
            x->tools.written[i] = w;
            rows += w != TOOL_NOTHING;
        }
    free(call);
    free(point);
    gpt_work_free(work);
    return rows;
}

/* Reads a sequence in pieces of any length, sometimes goes back, and compares each piece's last logits. */
static void decode(const Case *x, Decoder *decoder, Draw *d, int s, int rows, const real *logits) {
    int first = x->batch.start[s], T = x->batch.start[s + 1] - first, rewinds = 4;
    decoder_rewind(decoder, 0);
    for (int at = 0; at < T;) {
        int n = draw_int(d, 1, rows);
        if (n > T - at) n = T - at;
        const real *got = decoder_read(decoder, x->batch.inputs + first + at, n);
        at += n;
        same_bits(got, logits + (ptrdiff_t)(first + at - 1) * x->V, (size_t)x->V * sizeof(real),
                  "decoded logits");
        if (rewinds && draw_int(d, 0, 2) == 0) {
            rewinds--;
            at = draw_int(d, 0, at);
            decoder_rewind(decoder, at);
        }
    }
}

static void decoding_has_the_bits_of_the_full_pass(void **state) {
    (void)state;
    static const int max_calls[3] = {2, 1, 3};
    int written = 0;
    for (int i = 0; i < 12; i++) {
        Err err;
        Draw d = draw_from((uint64_t)(SEED + 300 + i));
        Case x = set_up(&d, i);
        ToolWrites full, stepped;
        Decoder *decoder;
        int rows = i % 3 ? draw_int(&d, 1, x.config.block_size) : 1;
        assert_int_equal(tool_writes_create(&full, x.config.block_size, max_calls, answer, &x, &err), OK);
        assert_int_equal(tool_writes_create(&stepped, x.config.block_size, max_calls, answer, &x, &err), OK);
        x.batch.batch.tools = &x.tools.rows;
        if (i % 4 == 3) edit(&x, "[1]=add:1.5", "scale:0.5");
        written += write_all(&x, &full);
        real *logits = logits_of(&x.gpt, &x, &x.tools.rows, i % 2);
        assert_int_equal(decoder_create_rows(&decoder, &x.gpt, rows, &err), OK);
        decoder_tools(decoder, x.tools.symbol_class, tool_writes_step, &stepped);
        if (x.edits.n) decoder_edit(decoder, &x.edits);
        for (int s = 0; s < N_SEQ; s++) decode(&x, decoder, &d, s, rows, logits);
        free(logits);
        logits = logits_of(&x.gpt, &x, NULL, false);
        decoder_tools(decoder, NULL, NULL, NULL);
        for (int s = 0; s < N_SEQ; s++) decode(&x, decoder, &d, s, rows, logits);
        free(logits);
        decoder_free(decoder);
        tool_writes_free(&full);
        tool_writes_free(&stepped);
        tear_down(&x);
    }
    assert_true(written > 100);
}

/* ---- hooks ---- */

typedef struct Seen {
    const Case *x;
    const int32_t *call;
    int rows;
} Seen;

static void look(void *user, const HookObservation *o) {
    Seen *seen = user;
    const Case *x = seen->x;
    for (int r = 0; r < o->rows; r++) {
        const real *row = o->x + r * o->ld;
        if (o->hook.site == HOOK_TOOL_CALL) {
            int best = 0;
            for (int k = 1; k < o->width; k++)
                if (row[k] > row[best]) best = k;
            assert_int_equal(best, seen->call[o->token + r]);
        } else {
            bool none = true;
            for (int j = 0; j < o->width; j++) none = none && row[j] == 0;
            assert_int_equal(none, x->tools.written[o->token + r] == TOOL_NOTHING);
        }
        seen->rows++;
    }
}

static void hooks_show_what_is_chosen_and_written(void **state) {
    (void)state;
    for (int i = 0; i < 8; i++) {
        Err err;
        Draw d = draw_from((uint64_t)(SEED + 400 + i));
        Case x = set_up(&d, i);
        GptWork *work;
        int T = x.config.block_size;
        int32_t *call = zeroed((size_t)x.tokens * sizeof *call);
        int32_t *point = zeroed((size_t)(x.tokens * x.P) * sizeof *point);
        x.batch.batch.tools = &x.tools.rows;
        assert_int_equal(gpt_work_create(&work, &x.gpt, 2 * T, 2, T, i % 2, 1, NULL, &err), OK);
        gpt_tool_choices(&x.gpt, work, &x.batch.batch, 0, N_SEQ, call, point);
        Seen seen = {.x = &x, .call = call};
        gpt_observe(&x.gpt, work, &x.batch.batch, 0, N_SEQ, 1u << HOOK_TOOL_CALL | 1u << HOOK_TOOL_WRITE,
                    look, &seen);
        assert_int_equal(seen.rows, 2 * x.tokens);
        edit(&x, "[1]=add:1000", "zero"); /* a tool is called everywhere */
        gpt_work_edit(work, &x.edits);
        gpt_tool_choices(&x.gpt, work, &x.batch.batch, 0, N_SEQ, call, point);
        for (int t = 0; t < x.tokens; t++) assert_int_equal(call[t], 1);
        Hook all[3 * HOOK_SITES + 1];
        int n = hooks_all(all, &x.config), tools = 0;
        for (int h = 0; h < n; h++) {
            char name[HOOK_NAME_MAX];
            Hook back;
            hook_name(name, all[h]);
            assert_int_equal(hook_parse(&back, &x.config, name, strlen(name), &err), OK);
            assert_true(back.site == all[h].site && back.layer == all[h].layer);
            tools += strstr(name, "tool.hook_") != NULL;
        }
        assert_int_equal(tools, (x.P ? 3 : 2) + x.config.tool.gated);
        free(call);
        free(point);
        gpt_work_free(work);
        tear_down(&x);
    }
}

/* ---- rows of results ---- */

static int fixed_answer(void *user, int position, int call, const int32_t *place, int32_t *result, int room) {
    const char *text = user;
    (void)place;
    assert_true(position >= 0 && (call == 1 || call == 2));
    if (call == 2) return TOOL_NONE;
    int n = 0;
    for (; text[n] && n < room; n++) result[n] = (unsigned char)text[n];
    return n;
}

static void results_stand_in_their_rows(void **state) {
    (void)state;
    static const int max_calls[2] = {2, 1};
    static const int calls[10] = {0, 1, 1, 0, 2, 2, 1, 1, 0, 1};
    static const int expected[10] = {TOOL_NOTHING, 'a', 'b', TOOL_END, TOOL_NONE,
                                     TOOL_NOTHING, 'a', 'b', TOOL_END, TOOL_NOTHING};
    ToolWrites w;
    Err err;
    assert_int_equal(tool_writes_create(&w, 10, max_calls, fixed_answer, "ab", &err), OK);
    for (int t = 0; t < 10; t++) assert_int_equal(tool_writes_step(&w, t, calls[t], NULL), expected[t]);
    /* back into the second result: it stays; then a row earlier: it is forgotten */
    assert_int_equal(tool_writes_step(&w, 7, 0, NULL), 'b');
    assert_int_equal(tool_writes_step(&w, 8, 1, NULL), TOOL_END);
    assert_int_equal(tool_writes_step(&w, 9, 1, NULL), TOOL_NOTHING); /* the third call of tool 1 */
    assert_int_equal(tool_writes_step(&w, 6, 0, NULL), TOOL_NOTHING);
    assert_int_equal(tool_writes_step(&w, 7, 0, NULL), TOOL_NOTHING);
    assert_int_equal(tool_writes_step(&w, 8, 1, NULL), 'a');
    assert_int_equal(tool_writes_step(&w, 9, 1, NULL), 'b'); /* no row is left for the end */
    tool_writes_free(&w);
    /* side by side: the next result takes the place of the end, which is back where that call is forgotten */
    static const int side[6][3] = {{0, 1, 'a'},          {1, 1, 'a'},      {2, 2, TOOL_NONE},
                                   {3, 0, TOOL_NOTHING}, {2, 0, TOOL_END}, {1, 0, TOOL_END}};
    assert_int_equal(tool_writes_create(&w, 5, max_calls, fixed_answer, "a", &err), OK);
    for (int i = 0; i < 6; i++)
        assert_int_equal(tool_writes_step(&w, side[i][0], side[i][1], NULL), side[i][2]);
    tool_writes_free(&w);
    assert_int_equal(tool_writes_create(&w, 2, max_calls, fixed_answer, "", &err), OK);
    assert_int_equal(tool_writes_step(&w, 0, 1, NULL), TOOL_END);
    assert_int_equal(tool_writes_step(&w, 1, 2, NULL), TOOL_NONE);
    assert_int_equal(tool_writes_step(&w, 0, 2, NULL), TOOL_NONE); /* a new sequence */
    tool_writes_free(&w);
}

/* ---- checkpoints ---- */

static void checkpoints_hold_the_stage(void **state) {
    (void)state;
    static const char *const names[] = {"blocks.0.tool.arg.0.query.weight",
                                        "blocks.0.tool.arg.1.key.weight",
                                        "blocks.0.tool.call.weight",
                                        "blocks.0.tool.call.bias",
                                        "blocks.0.tool.write.weight",
                                        "blocks.0.tool.none",
                                        "blocks.0.tool.end",
                                        "blocks.0.tool.gate.weight",
                                        "blocks.0.tool.gate.bias"};
    char path[] = "/tmp/rote-test-tool-XXXXXX";
    Err err;
    StFile file;
    Draw d = draw_from(SEED);
    Case x = set_up(&d, 1);
    Gpt back;
    ModelConfig c = x.config;
    c.tool = (ToolStage){.n_tools = 2, .layer = 1, .n_pointers = 2, .runs = 1, .gated = true};
    gpt_free(&x.gpt);
    create(&x.gpt, &c, 0);
    draw_params(&x.gpt, &d, 0.4);
    create(&back, &c, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const Tensor *t = params_find(&x.gpt.table, names[i]);
        assert_non_null(t);
        assert_int_equal(t->part, PART_TOOLS);
    }
    close(mkstemp(path));
    assert_int_equal(checkpoint_write(path, &x.gpt.table, x.gpt.params, NULL, 0, NULL, 0, &err), OK);
    assert_int_equal(checkpoint_read(path, &back.table, &file, &err), OK);
    assert_int_equal(checkpoint_load(path, &file, &back.table, back.params, NULL, 0, &err), OK);
    same_bits(back.params, x.gpt.params, (size_t)back.table.total * sizeof(real), "parameters");
    safetensors_free(&file);
    unlink(path);
    gpt_free(&back);
    tear_down(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_results_the_bits_of_a_model_without),
        cmocka_unit_test(gradient_bits),
        cmocka_unit_test(decoding_has_the_bits_of_the_full_pass),
        cmocka_unit_test(hooks_show_what_is_chosen_and_written),
        cmocka_unit_test(results_stand_in_their_rows),
        cmocka_unit_test(checkpoints_hold_the_stage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
