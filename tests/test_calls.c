/* The calls that facts ask for, how they are spelled, and that the tools give the facts' own answers. */
#include "tests/kinds_testing.h"

#include "eval/tools/tool_eval.h"
#include "model/batch.h"

/* A set with its calls and its tools. */
typedef struct Case {
    Config config;
    FactSet facts;
    Spelling spelling;
    Calls calls;
    ToolSet set;
} Case;

static void open_case(Case *c, Config config, StoreRows rows) {
    Err err = {0};
    const StoreSource source = {.facts = &c->facts, .calls = &c->calls, .rows = rows};
    const StoreContent content = {.source = &source, .n_sources = 1};
    *c = (Case){.config = config};
    c->facts = generate(&c->config);
    if (spelling_create(&c->spelling, &c->facts.vocab, &err) != OK ||
        calls_create(&c->calls, &c->facts, &c->spelling, config.tools, config.n_tools, &err) != OK ||
        tool_set_open(&c->set, &c->config, &c->spelling, &content, NULL, &err) != OK)
        fail_msg("%s", err.msg);
}

static void close_case(Case *c) {
    tool_set_close(&c->set);
    calls_free(&c->calls);
    spelling_free(&c->spelling);
    facts_free(&c->facts);
}

static Status refused(Config config, Err *err) {
    FactSet facts = generate(&config);
    Spelling spelling;
    Calls calls;
    assert_int_equal(spelling_create(&spelling, &facts.vocab, err), OK);
    Status status = calls_create(&calls, &facts, &spelling, config.tools, config.n_tools, err);
    if (status == OK) status = tool_set_check(&config, &facts, &spelling, &calls, err);
    calls_free(&calls);
    spelling_free(&spelling);
    facts_free(&facts);
    return status;
}

/* The tool's answer to a call, with the places of its label: the tokens of the fact's answer. Returns whether it has
 * one. */
static bool expect_answer(Case *c, int i, const Call *call) {
    const int32_t *tokens = c->facts.tokens + c->facts.start[i];
    int32_t place[TOOL_POINTERS_MAX], result[64];
    int first = c->config.model.tool.first_pointer[call->tool];
    for (int p = 0; p < CALL_PLACES_MAX; p++)
        if (first + p < TOOL_POINTERS_MAX) place[first + p] = call->place[p];
    ToolReader reader = {&c->set, tokens};
    int n = tool_set_result(&reader, call->row, call->tool + 1, place, result, 64);
    if (n == TOOL_NONE) return false;
    assert_int_equal(n, call->n_result);
    assert_memory_equal(result, tokens + call->row, (size_t)n * sizeof *result);
    /* there is room for fewer */
    assert_int_equal(tool_set_result(&reader, call->row, call->tool + 1, place, result, 1), 1);
    return true;
}

/* Returns how many calls had no answer. */
static int expect_answers(Case *c) {
    int missing = 0;
    for (int i = 0; i < c->facts.n_pool; i++)
        for (int64_t k = c->calls.start[i]; k < c->calls.start[i + 1]; k++)
            if (c->calls.call[k].tool >= 0) missing += !expect_answer(c, i, &c->calls.call[k]);
    return missing;
}

static void sums_agree_with_the_calculator(void **state) {
    (void)state;
    static const char *const sizes[][3] = {{"facts.named=0", "facts.digits=1-18", "facts.given=false"},
                                           {"facts.named=0", "facts.digits=1-5", "facts.given=true"},
                                           {"facts.named=3", "facts.digits=1-4", "facts.given=false"},
                                           {"facts.named=4", "facts.digits=1-4", "facts.given=true"}};
    for (int s = 0; s < 4; s++) {
        Case c;
        open_case(&c,
                  CONFIG("facts.kind=sums", "facts.n=400", "facts.heldout=40", "facts.plain=0.1",
                         "facts.operations=add+subtract+multiply+compare", "facts.domain_token=true",
                         sizes[s][0], sizes[s][1], sizes[s][2], "tools.0.tool=calculator",
                         "tools.0.args=run+token+run"),
                  ROWS_ALL);
        int alone = 0;
        assert_int_equal(expect_answers(&c), 0);
        for (int i = 0; i < c.facts.n_pool; i++) {
            const Call *call = &c.calls.call[c.calls.start[i]];
            assert_int_equal(c.calls.start[i + 1] - c.calls.start[i], 1);
            assert_int_equal(call->row, c.facts.prompt_len[i]);
            assert_int_equal(call->row + call->n_result + 1, fact_length(&c.facts, i));
            alone += call->tool < 0;
        }
        assert_int_equal(alone, 44);
        close_case(&c);
    }
}

static void stores_hold_what_facts_say(void **state) {
    (void)state;
    static const struct {
        const char *words[5];
        int calls; /* of a fact */
    } cases[] = {
        {{"facts.kind=bios", "facts.templates=3", "facts.order=shuffled", "tools.0.args=span+span"}, 6},
        {{"facts.kind=bios", "tools.0.args=prompt", "tools.0.attributes=2-3"}, 2},
        {{"facts.kind=bios", "facts.symbols=10", "tools.0.args=span", "tools.0.attributes=5"}, 1},
        {{"facts.kind=biod", "facts.chunks=2", "tools.0.args=prompt"}, 4},
        {{"facts.kind=biod", "facts.chunks=2", "tools.0.args=span", "tools.0.attributes=3"}, 1},
        {{"facts.kind=triples", "facts.objects=5x7", "tools.0.args=token+token"}, 1},
        {{"facts.kind=triples", "facts.symbols=10", "facts.objects=5x7", "tools.0.args=span+span"}, 1},
        {{"facts.kind=rules", "facts.vocab_size=13", "tools.0.args=prompt"}, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Case c;
        const char *words[] = {"facts.n=30",           "facts.heldout=5", cases[i].words[0],
                               cases[i].words[1],      cases[i].words[2], "tools.0.tool=store",
                               "tools.0.max_calls=99", cases[i].words[3]};
        Config config = config_of(cases[i].words[3] ? 8 : 7, words);
        open_case(&c, config, ROWS_ALL);
        int served = 0;
        for (int64_t k = 0; k < c.calls.start[c.facts.n_pool]; k++) served += c.calls.call[k].tool == 0;
        assert_int_equal(served, cases[i].calls * c.facts.n_pool);
        assert_int_equal(c.calls.start[1], calls_max(&c.facts));
        FactSet planned = plan(&config);
        assert_int_equal(calls_max(&planned), calls_max(&c.facts));
        assert_true(tool_set_bytes(&config, &planned) > 0);
        facts_free(&planned);
        assert_int_equal(expect_answers(&c), 0);
        close_case(&c);
        if (strcmp(cases[i].words[0], "facts.kind=rules") == 0) continue;
        open_case(&c, config, ROWS_TRAINED); /* rows of those held out are missing */
        assert_int_equal(expect_answers(&c), cases[i].calls * c.facts.n_heldout);
        close_case(&c);
    }
}

/* Renderings of one fact give one row; the key of a name is none of the words around it. */
static void renderings_share_rows(void **state) {
    (void)state;
    Case c;
    open_case(&c,
              CONFIG("facts.kind=bios", "facts.n=20", "facts.templates=4", "facts.paraphrases=3",
                     "tools.0.tool=store", "tools.0.args=span", "tools.0.attributes=2"),
              ROWS_TRAINED);
    assert_int_equal(expect_answers(&c), 0);
    close_case(&c);
}

/* An argument that fills the room of a call's texts leaves none for the tab behind it. */
static void arguments_that_fill_the_room(void **state) {
    (void)state;
    enum { FIRST = 1 << 15, SECOND = 1 << 15 };
    static int32_t tokens[FIRST + SECOND]; /* "0 0 0 ..": 2^16 - 1 bytes */
    const int32_t place[] = {1, FIRST, FIRST + 1, FIRST + SECOND};
    int32_t result[8];
    Case c;
    open_case(&c,
              CONFIG("facts.kind=triples", "facts.n=20", "facts.symbols=10", "tools.0.tool=store",
                     "tools.0.args=span+span"),
              ROWS_ALL);
    assert_int_equal(spelling_text(&c.spelling, tokens, FIRST, NULL, 0), (1 << 16) - 1);
    ToolReader reader = {&c.set, tokens};
    assert_int_equal(tool_set_result(&reader, FIRST + SECOND, 1, place, result, 8), TOOL_NONE);
    assert_int_equal(tool_counts(c.set.tool[0])->reason[TOOL_MISSING], 0); /* it was not asked */
    close_case(&c);
}

/* All facts but the first `others` have one answer. Returns how many calls keep it where results are to be wrong. */
static int kept_results(int others) {
    Case c;
    Gpt g;
    Err err = {0};
    const Ops *ops;
    ToolFigures figures;
    const ToolEvalOptions options = {.inject = INJECT_WRONG, .seed = 1, .threads = 1};
    open_case(&c,
              CONFIG("facts.kind=triples", "facts.n=600", "tools.0.tool=store", "tools.0.args=token+token",
                     "model.n_layer=1", "model.n_embd=8"),
              ROWS_ALL);
    const Call *call = c.calls.call;
    for (int i = 0; i < c.facts.n; i++)
        c.facts.tokens[c.facts.start[i] + call[c.calls.start[i]].row] = i < others ? 1 : 0;
    assert_int_equal(config_resolve_model(&c.config.model, c.facts.max_len, c.facts.vocab.size, &err), OK);
    assert_int_equal(ops_select(&ops, &err), OK);
    assert_int_equal(gpt_create(&g, &c.config.model, ops, GEMM_EXACT, &err), OK);
    gpt_init(&g, 1);
    assert_int_equal(tool_evaluate(&figures, &g, &c.facts, 0, c.facts.n, &c.calls, &c.set, &options, &err),
                     OK);
    gpt_free(&g);
    close_case(&c);
    return figures.not_wrong;
}

static void wrong_results_are_wrong(void **state) {
    (void)state;
    assert_int_equal(kept_results(300), 0);
    assert_int_equal(kept_results(1), 0); /* which few draws find */
    assert_int_equal(kept_results(0), 600);
}

static Piece argument(const Case *c, ToolArg type, int row, int first, int last) {
    return call_argument(type, c->facts.tokens + c->facts.start[0], &c->spelling, row,
                         (int32_t[]){first, last});
}

/* What a model may point at that means nothing. */
static void places_that_mean_nothing(void **state) {
    (void)state;
    Case c;
    open_case(&c,
              CONFIG("facts.kind=sums", "facts.n=1", "facts.digits=3", "tools.0.tool=calculator",
                     "tools.0.args=run+token+run"),
              ROWS_ALL); /* abc+def= in places 1 .. 8 */
    assert_int_equal(argument(&c, ARG_RUN, 8, 3, 0).n, 3);
    assert_int_equal(argument(&c, ARG_RUN, 8, 3, 0).first, 0);
    assert_int_equal(argument(&c, ARG_RUN, 8, 7, 0).first, 4);
    assert_int_equal(argument(&c, ARG_RUN, 8, 2, 0).n, 0); /* inside a run */
    assert_int_equal(argument(&c, ARG_RUN, 2, 2, 0).n, 2); /* as far as it is read */
    assert_int_equal(argument(&c, ARG_RUN, 8, 4, 0).n, 0); /* the sign is of no class */
    assert_int_equal(argument(&c, ARG_RUN, 8, 0, 0).n, 0); /* BOS */
    assert_int_equal(argument(&c, ARG_RUN, 8, 9, 0).n, 0); /* not read yet */
    assert_int_equal(argument(&c, ARG_TOKEN, 8, 4, 0).first, 3);
    assert_int_equal(argument(&c, ARG_TOKEN, 8, 0, 0).n, 0);
    assert_int_equal(argument(&c, ARG_TOKEN, 8, -1, 0).n, 0);
    assert_int_equal(argument(&c, ARG_SPAN, 8, 2, 5).n, 4);
    assert_int_equal(argument(&c, ARG_SPAN, 8, 5, 2).n, 0);
    assert_int_equal(argument(&c, ARG_SPAN, 8, 5, 9).n, 0);
    assert_int_equal(argument(&c, ARG_PROMPT, 5, 0, 0).n, 5);
    int32_t result[64], place[] = {3, 3, 7}; /* a digit for the operator: the calculator refuses */
    ToolReader reader = {&c.set, c.facts.tokens};
    assert_int_equal(tool_set_result(&reader, 8, 1, place, result, 64), TOOL_NONE);
    place[1] = 4, place[2] = 6;
    assert_int_equal(tool_set_result(&reader, 8, 1, place, result, 64), TOOL_NONE);
    assert_int_equal(c.set.unspelled, 0);
    close_case(&c);
}

static void results_that_no_symbols_spell(void **state) {
    (void)state;
    Case c;
    int32_t tokens[8], result[8], place[] = {1, 2, 3};
    open_case(&c,
              CONFIG("facts.kind=sums", "facts.n=1", "facts.digits=1", "facts.operations=compare",
                     "tools.0.tool=calculator", "tools.0.args=run+token+run"),
              ROWS_ALL); /* its vocabulary has < = > ? and digits */
    assert_int_equal(spelling_tokens(&c.spelling, (Text){"90", 2}, tokens, 8), 2);
    assert_int_equal(spelling_tokens(&c.spelling, (Text){"90", 2}, tokens, 1), -1);
    assert_int_equal(spelling_tokens(&c.spelling, (Text){"-9", 2}, tokens, 8), -1);
    assert_int_equal(spelling_tokens(&c.spelling, (Text){"", 0}, tokens, 8), -1);
    static const char *const signs[] = {"3", "<", "7"};
    for (int i = 0; i < 3; i++) spelling_tokens(&c.spelling, (Text){(char *)signs[i], 1}, tokens + i, 1);
    assert_int_equal(tool_set_result(&(ToolReader){&c.set, tokens}, 3, 1, place, result, 8), 1);
    close_case(&c);
    open_case(&c,
              CONFIG("facts.kind=rules", "facts.n=200", "facts.vocab_size=31", "tools.0.tool=store",
                     "tools.0.args=prompt"),
              ROWS_ALL);
    char text[32];
    assert_int_equal(spelling_text(&c.spelling, (int32_t[]){12, 0, 3}, 3, text, sizeof text), 6);
    assert_memory_equal(text, "12 0 3", 6);
    assert_int_equal(spelling_text(&c.spelling, (int32_t[]){12, 0, 3}, 3, text, 2), 6);
    assert_int_equal(spelling_tokens(&c.spelling, (Text){"12 0 3", 6}, tokens, 8), 3);
    assert_int_equal(tokens[0], 12);
    static const char *const wrong[] = {"12 ", " 1", "1  2", "01", "99999999", "1a", "-1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(spelling_tokens(&c.spelling, (Text){(char *)wrong[i], strlen(wrong[i])}, tokens, 8),
                         -1);
    close_case(&c);
}

static void configs_that_fit_no_fact(void **state) {
    (void)state;
    static const struct {
        const char *words[6];
        const char *says;
    } cases[] = {
        {{"facts.kind=sums", "tools.0.args=run+token"}, "2 arguments, but facts of kind sums have 3"},
        {{"facts.kind=random", "tools.0.args=prompt"}, "no fact of kind random"},
        {{"facts.kind=bios", "tools.0.args=span+span"}, "tools.0.max_calls is 1"},
        {{"facts.kind=bios", "tools.0.args=token", "tools.0.attributes=1"}, "use span"},
        {{"facts.kind=bios", "tools.0.args=span", "tools.0.attributes=7"}, "no fact of kind bios"},
        {{"facts.kind=biod", "tools.0.args=span", "tools.0.attributes=1-2", "tools.0.max_calls=2",
          "tools.1.args=span", "tools.1.attributes=2"},
         "both called for attribute 2"},
        {{"facts.kind=triples", "facts.subjects=4", "tools.0.tool=store", "tools.0.args=token"},
         "different values; take more arguments: tools.0.args"},
        {{"facts.kind=triples", "facts.seed_prefix=2", "tools.0.args=prompt"}, "facts.fixed_prefix"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Err err = {0};
        int n = 0;
        const char *words[8] = {"facts.n=9"};
        for (; n < 6 && cases[i].words[n]; n++) words[n + 1] = cases[i].words[n];
        assert_int_equal(refused(config_of(n + 1, words), &err), ERR_INPUT);
        if (!strstr(err.msg, cases[i].says)) fail_msg("%s", err.msg);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_agree_with_the_calculator), cmocka_unit_test(stores_hold_what_facts_say),
        cmocka_unit_test(renderings_share_rows),          cmocka_unit_test(places_that_mean_nothing),
        cmocka_unit_test(arguments_that_fill_the_room),   cmocka_unit_test(wrong_results_are_wrong),
        cmocka_unit_test(results_that_no_symbols_spell),  cmocka_unit_test(configs_that_fit_no_fact)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
