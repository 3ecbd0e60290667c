/* Calls by tokens: the text of a fact with its calls, and that saying its tokens one by one makes the same text, with
 * the tools' own answers; calls that are none; and what training asks for. */
#include "tests/kinds_testing.h"

#include "data/vocab.h"
#include "eval/tools/token_text.h"
#include "model/batch.h"
#include "train/tools/call_pool.h"

enum { ROOM = 512 };

typedef struct Case {
    Config config;
    FactSet facts;
    Spelling spelling;
    Calls calls;
    ToolSet set;
    TokenText text;
    CallText written;
    int asked, malformed;
} Case;

/* A TokenResult. */
static int ask(void *user, int tool, const int32_t *tokens, const Piece *piece, int32_t *result, int room) {
    Case *c = user;
    c->asked++;
    c->malformed += piece == NULL;
    return tool_set_ask(&c->set, tool, tokens, piece, result, room);
}

static void open_case(Case *c, Config config) {
    Err err = {0};
    const StoreSource source = {.facts = &c->facts, .calls = &c->calls, .rows = ROWS_ALL};
    const StoreContent content = {.source = &source, .n_sources = 1};
    *c = (Case){.config = config};
    c->facts = generate(&c->config);
    c->config.model.block_size = ROOM;
    if (spelling_create(&c->spelling, &c->facts.vocab, &err) != OK ||
        calls_create(&c->calls, &c->facts, &c->spelling, config.tools, config.n_tools, &err) != OK ||
        tool_set_open(&c->set, &c->config, &c->spelling, &content, NULL, &err) != OK ||
        token_text_create(&c->text, &c->set, ROOM, ask, c, &err) != OK)
        fail_msg("%s", err.msg);
    c->written = (CallText){&c->facts, &c->text.marks, c->set.args, &c->spelling, c->facts.tokens};
}

static void close_case(Case *c) {
    token_text_free(&c->text);
    tool_set_close(&c->set);
    calls_free(&c->calls);
    spelling_free(&c->spelling);
    facts_free(&c->facts);
}

static int text_of(const Case *c, int i, int32_t *token, bool *asked) {
    int64_t first = c->calls.start[i];
    return call_text(&c->written, i, c->calls.call + first, (int)(c->calls.start[i + 1] - first),
                     fact_length(&c->facts, i), token, asked);
}

/* Says all that the model says; the rest must come by itself. */
static void say_all(Case *c, int i) {
    int32_t token[ROOM];
    bool asked[ROOM];
    int n = text_of(c, i, token, asked), calls = 0, said = 0, own = 0;
    assert_int_equal(text_of(c, i, NULL, NULL), n);
    token_text_begin(&c->text);
    c->asked = 0;
    while (c->text.n <= n) {
        TokenSaid what = token_text_say(&c->text, token[c->text.n - 1]);
        calls += what == SAID_ASKED;
        own += what == SAID_FACT;
        said++;
    }
    assert_int_equal(c->text.n, n + 1);
    assert_memory_equal(c->text.input + 1, token, (size_t)n * sizeof *token);
    assert_int_equal(c->asked, calls);
    for (int t = 0; t < n; t++) said -= asked[t] || (c->facts.config.given && t < c->facts.prompt_len[i]);
    assert_int_equal(said, 0);
    assert_int_equal(own, fact_length(&c->facts, i));
    for (int64_t k = c->calls.start[i]; k < c->calls.start[i + 1]; k++) calls -= c->calls.call[k].tool >= 0;
    assert_int_equal(calls, 0);
}

static void what_is_said_becomes_the_text(void **state) {
    (void)state;
    static const char *const cases[][6] = {
        {"facts.kind=sums", "facts.plain=0.1", "facts.operations=add+compare", "tools.0.args=run+token+run",
         "tools.0.tool=calculator"},
        {"facts.kind=sums", "facts.named=3", "facts.given=true", "tools.0.args=run+token+run",
         "tools.0.tool=calculator"},
        {"facts.kind=bios", "tools.0.tool=store", "tools.0.args=span+span", "tools.0.max_calls=6"},
        {"facts.kind=bios", "tools.0.tool=store", "tools.0.args=prompt", "tools.0.attributes=2-3",
         "tools.0.max_calls=2"},
        {"facts.kind=triples", "facts.objects=5x7", "tools.0.tool=store", "tools.0.args=token+token"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Case c;
        const char *words[8] = {"facts.n=40", "tools.0.call=tokens"};
        int n = 0;
        for (; cases[i][n]; n++) words[2 + n] = cases[i][n];
        open_case(&c, config_of(2 + n, words));
        assert_int_equal(c.config.model.tool.n_tools, 0);
        assert_int_equal(c.config.model.tool.n_marks, 4);
        for (int s = 0; s < c.facts.n_pool; s++) say_all(&c, s);
        assert_int_equal(c.malformed, 0);
        close_case(&c);
    }
}

static void calls_that_are_none(void **state) {
    (void)state;
    Case c;
    char name[CALL_MARK_NAME_MAX];
    open_case(&c, CONFIG("facts.kind=sums", "facts.n=40", "tools.0.call=tokens", "tools.0.tool=calculator",
                         "tools.0.args=run+token+run"));
    const CallMarks *m = &c.text.marks;
    const int32_t call = m->call, next = m->next, ask_mark = m->ask, back = m->back;
    const int32_t one = vocab_find(&c.facts.vocab, (Text){(char *)(uintptr_t) "1", 1});
    const int32_t plus = vocab_find(&c.facts.vocab, (Text){(char *)(uintptr_t) "+", 1});
    const int32_t said[][10] = {{call, one, next, plus, ask_mark},                  /* two arguments */
                                {call, one, next, next, one, ask_mark},             /* an empty one */
                                {call, ask_mark},                                   /* none */
                                {call, one, next, plus, next, one, next, ask_mark}, /* four */
                                {call, one, next, plus, next, one, back, ask_mark}, /* a mark in one */
                                {call, call, one, next, plus, next, one, ask_mark}};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        c.malformed = 0;
        token_text_begin(&c.text);
        for (int k = 0; c.malformed == 0; k++) token_text_say(&c.text, said[i][k]);
        assert_int_equal(c.text.input[c.text.n - 2], ask_mark); /* no result */
        assert_int_equal(c.text.input[c.text.n - 1], back);
        assert_int_equal(c.set.answer.reason, TOOL_REFUSED);
    }
    token_text_begin(&c.text); /* a second call is one too many */
    c.asked = 0;
    for (int twice = 0; twice < 2; twice++) {
        const int32_t good[] = {call, one, next, plus, next, one, ask_mark};
        for (int k = 0; k < 7; k++) token_text_say(&c.text, good[k]);
        assert_int_equal(c.text.input[c.text.n - 2], twice ? ask_mark : one + 1); /* 2 */
    }
    assert_int_equal(c.asked, 1);
    assert_false(call_mark_name(m, call - 1, name));
    assert_true(call_mark_name(m, call, name) && strcmp(name, "<call 0>") == 0);
    assert_true(call_mark_name(m, back, name) && strcmp(name, "<back>") == 0);
    assert_false(call_mark_name(m, back + 1, name));
    close_case(&c);
}

/* The rows behind a call that is lost: <back>, EOS is asked, nothing more. Returns whether one is. */
static bool lost_in(const Case *c, const CallPool *pool, const FactBatch *b, int j, int32_t *seen) {
    int32_t first = pool->texts.start[b->sequence[j]], n = b->start[j + 1] - b->start[j];
    const int32_t *input = b->inputs + b->start[j], *target = b->targets + b->start[j];
    int32_t at = 0;
    while (at < n && input[at] == pool->texts.inputs[first + at]) at++;
    if (at == n) {
        assert_memory_equal(target, pool->texts.targets + first, (size_t)n * sizeof *target);
        return false;
    }
    *seen += 1;
    assert_int_equal(input[at - 1], pool->marks.ask);
    assert_int_equal(input[at], pool->marks.back);
    assert_int_equal(target[at], c->facts.vocab.eos);
    for (int32_t t = at + 1; t < n; t++) assert_int_equal(target[t], -1);
    assert_memory_equal(target, pool->texts.targets + first, (size_t)at * sizeof *target);
    return true;
}

static void what_training_asks_for(void **state) {
    (void)state;
    Case c;
    Err err = {0};
    CallPool pool;
    FactBatch batch;
    int32_t lost = 0, due = 0;
    open_case(&c, CONFIG("facts.kind=sums", "facts.n=64", "facts.plain=0.1", "tools.0.call=tokens",
                         "tools.0.tool=calculator", "tools.0.args=run+token+run"));
    if (call_pool_create(&pool, &c.config, &c.facts, &c.spelling, &c.calls, &err) != OK)
        fail_msg("%s", err.msg);
    for (int i = 0; i < c.facts.n_pool; i++) {
        int32_t token[ROOM], at = pool.texts.start[i];
        bool asked[ROOM];
        int n = text_of(&c, i, token, asked);
        assert_int_equal(pool.texts.start[i + 1] - at, n);
        assert_int_equal(pool.texts.inputs[at], 0);
        for (int t = 0; t < n; t++) {
            assert_int_equal(pool.texts.targets[at + t], asked[t] ? token[t] : -1);
            if (t) assert_int_equal(pool.texts.inputs[at + t], token[t - 1]);
        }
    }
    assert_int_equal(fact_batch_reserve(&batch, c.facts.n, ROOM, &err), OK);
    for (int64_t step = 0; step < 50; step++) {
        fact_batch_clear(&batch);
        for (int j = 0; j < c.facts.n; j++) fact_batch_add(&batch, &pool.texts, j);
        call_pool_lose(&pool, &batch, step);
        for (int j = 0; j < c.facts.n; j++) {
            bool serves = c.calls.call[c.calls.start[j]].tool >= 0, is = lost_in(&c, &pool, &batch, j, &lost);
            assert_true(serves || !is);
            due += serves;
        }
    }
    printf("%d of %d calls were lost\n", lost, due);
    assert_true(lost > 0.035 * due && lost < 0.065 * due); /* 5 standard deviations around 0.05 */
    fact_batch_free(&batch);
    call_pool_free(&pool);
    c.config.model.block_size = 12;
    assert_int_equal(call_pool_create(&pool, &c.config, &c.facts, &c.spelling, &c.calls, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "model.block_size is 12; set it to at least "));
    call_pool_free(&pool);
    close_case(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_becomes_the_text),
        cmocka_unit_test(calls_that_are_none),
        cmocka_unit_test(what_training_asks_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
