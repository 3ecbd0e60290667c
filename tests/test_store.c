/* The store of a tool: rows, a user's file, what a query may not do, and the hash of the content. */
#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "tools/tool.h"

static char root[] = "/tmp/rote-store-XXXXXX";
static char path[64];

static ToolText text(const char *s) { return (ToolText){s, strlen(s)}; }

static ToolRow row(const char *key, const char *value) { return (ToolRow){text(key), text(value)}; }

/* A file with what the SQL makes. */
static void make_file(const char *sql) {
    sqlite3 *db;
    unlink(path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static ToolSpec file_spec(const char *query) {
    return (ToolSpec){.kind = TOOL_STORE,
                      .name = "store",
                      .n_arguments = 1,
                      .argument = {"key"},
                      .file = path,
                      .query = query};
}

static ToolSpec rows_spec(const ToolRow *rows, size_t n) {
    return (ToolSpec){
        .kind = TOOL_STORE, .name = "store", .n_arguments = 1, .argument = {"key"}, .row = rows, .n_rows = n};
}

static Tool *opened(ToolSpec spec) {
    Tool *tool;
    Err err;
    if (tool_open(&tool, &spec, &err) != OK) fail_msg("%s", err.msg);
    return tool;
}

static void expect(Tool *tool, const char *key, ToolReason reason, const char *value) {
    Err err;
    ToolCall call = {{text(key)}};
    ToolAnswer answer;
    assert_int_equal(tool_call(tool, &call, &answer, &err), OK);
    assert_string_equal(tool_reason_name[answer.reason], tool_reason_name[reason]);
    assert_string_equal(answer.text.bytes, value);
    assert_int_equal(answer.text.size, strlen(value));
}

/* Opening fails, with these words. */
static void expect_refused(ToolSpec spec, Status status, const char *words) {
    Tool *tool;
    Err err;
    assert_int_equal(tool_open(&tool, &spec, &err), status);
    assert_null(tool);
    if (!strstr(err.msg, words)) fail_msg("'%s' lacks '%s'", err.msg, words);
}

static void rows_and_their_hash(void **state) {
    (void)state;
    const ToolRow rows[] = {row("Ada", "London"), row("", "nobody"), row("a'b\"c", "Zürich"), row("ada", "")};
    const ToolRow other_order[] = {rows[2], rows[3], rows[0], rows[1]};
    char hash[33], other[33];
    Tool *tool = opened(rows_spec(rows, 4));
    expect(tool, "Ada", TOOL_ANSWERED, "London");
    expect(tool, "ada", TOOL_ANSWERED, "");
    expect(tool, "", TOOL_ANSWERED, "nobody");
    expect(tool, "a'b\"c", TOOL_ANSWERED, "Zürich");
    expect(tool, "Ada ", TOOL_MISSING, "");
    expect(tool, "\xff", TOOL_REFUSED, "");
    assert_int_equal(tool_counts(tool)->reason[TOOL_ANSWERED], 4);
    assert_int_equal(tool_counts(tool)->reason[TOOL_MISSING], 1);
    assert_true(tool_hash(tool, hash));
    tool_close(tool);
    tool = opened(rows_spec(other_order, 4));
    assert_true(tool_hash(tool, other));
    assert_string_equal(hash, other);
    tool_close(tool);
    tool = opened(rows_spec(rows, 3)); /* a row less */
    expect(tool, "ada", TOOL_MISSING, "");
    assert_true(tool_hash(tool, other));
    assert_string_not_equal(hash, other);
    tool_close(tool);
    tool = opened(rows_spec(NULL, 0));
    expect(tool, "Ada", TOOL_MISSING, "");
    tool_close(tool);
    /* The same table in a file, in another page layout, with an index and another order: the same hash. */
    make_file(
        "pragma page_size = 512; create table facts(key text, value text); create index i on facts(value);"
        "insert into facts values ('ada', ''), ('a''b\"c', 'Zürich'), ('Ada', 'London'), ('', 'nobody')");
    tool = opened(file_spec("select value from facts where key = ?1"));
    assert_true(tool_hash(tool, other));
    assert_string_equal(hash, other);
    expect(tool, "a'b\"c", TOOL_ANSWERED, "Zürich");
    tool_close(tool);
    const ToolRow twice[] = {row("a", "1"), row("b", "2"), row("a", "1")};
    expect_refused(rows_spec(twice, 3), ERR_INPUT, "two rows have the key 'a'");
    const ToolRow bytes[] = {row("a\xff", "1")};
    expect_refused(rows_spec(bytes, 1), ERR_INPUT, "not UTF-8");
}

static void many_rows(void **state) {
    (void)state;
    enum { N = 3000 };
    static char key[N][8], value[N][40];
    static ToolRow rows[N];
    for (int i = 0; i < N; i++) {
        snprintf(key[i], sizeof key[i], "%d", i);
        snprintf(value[i], sizeof value[i], "%0*d", 1 + i % 30, i);
        rows[i] = row(key[i], value[i]);
    }
    Tool *tool = opened(rows_spec(rows, N));
    for (int i = N - 1; i >= 0; i--) expect(tool, key[i], TOOL_ANSWERED, value[i]);
    expect(tool, "none", TOOL_MISSING, "");
    tool_close(tool);
}

static void a_users_table(void **state) {
    (void)state;
    make_file(
        "create table city(name text collate nocase, country text, people int, area real, flag blob, code int);"
        "insert into city values ('Bern', 'CH', 134591, 51.6, x'ff', null), ('Rom', 'IT', 2800000, 1285.0, x'61', 7),"
        "('Paris', 'FR', 1, 1, 1, 1), ('Paris', 'US', 2, 2, 2, 2)");
    Tool *tool = opened(file_spec("select people from city where name = :key"));
    expect(tool, "bern", TOOL_ANSWERED, "134591");
    expect(tool, "Wien", TOOL_MISSING, "");
    expect(tool, "Paris", TOOL_MALFORMED, ""); /* two rows: which one is meant? */
    tool_close(tool);
    tool =
        opened(file_spec("select area from city where name = $key and ?1 <> '' order by people limit 1;\n"));
    expect(tool, "Rom", TOOL_ANSWERED, "1285.0");
    expect(tool, "Paris", TOOL_ANSWERED, "1.0");
    tool_close(tool);
    tool = opened(file_spec("select code from city where name = ?"));
    expect(tool, "Bern", TOOL_MISSING, ""); /* NULL */
    expect(tool, "Rom", TOOL_ANSWERED, "7");
    tool_close(tool);
    tool = opened(file_spec("select flag from city where name = ?"));
    expect(tool, "Bern", TOOL_MALFORMED, ""); /* no UTF-8 */
    expect(tool, "Rom", TOOL_ANSWERED, "a");
    tool_close(tool);
    tool = opened(
        file_spec("select abs(-9223372036854775807 - (name = ?)) from city where people > 100000 limit 1"));
    expect(tool, "Bern", TOOL_FAILED, "");
    expect(tool, "Rom", TOOL_ANSWERED, "9223372036854775807");
    tool_close(tool);
    tool = opened(file_spec("select printf('%.*c', 70000, 'x') from city where name = ?"));
    expect(tool, "Bern", TOOL_MALFORMED, ""); /* too long */
    tool_close(tool);
    ToolSpec two = file_spec("select country from city where people = :n and name = :city");
    two.n_arguments = 2;
    two.argument[0] = "city";
    two.argument[1] = "n";
    Err err;
    ToolCall call = {{text("PARIS"), text("2")}};
    ToolAnswer answer;
    tool = opened(two);
    assert_int_equal(tool_call(tool, &call, &answer, &err), OK);
    assert_string_equal(answer.text.bytes, "US");
    tool_close(tool);
}

static void queries_that_write_or_never_end(void **state) {
    (void)state;
    static const char *const forbidden[] = {
        "delete from t where k = ?1",
        "insert into t values (?1, 1)",
        "update t set v = 1 where k = ?1 returning v",
        "create table u as select ?1",
        "drop table t",
        "attach '/tmp/x' as ?1",
        "pragma user_version = 7",
        "vacuum into ?1",
        "begin",
        "select random() where ?1",
        "select hex(randomblob(4)) || ?1",
        "select current_timestamp where ?1",
        "select date('now') || ?1",
        "select load_extension(?1)",
        "select v from pragma_user_version, t where k = ?1",
    };
    make_file("create table t(k, v); insert into t values ('a', 1)");
    char hash[33], before[33];
    int64_t bytes;
    Err err;
    assert_int_equal(file_hash(path, &bytes, before, &err), OK);
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        expect_refused(file_spec(forbidden[i]), ERR_INPUT, "tool store: ");
    expect_refused(file_spec("select random() where ?1"), ERR_INPUT, "neither chance nor the clock");
    expect_refused(file_spec("select v from t where k = ?1; select 2"), ERR_INPUT, "not one statement");
    expect_refused(file_spec("select v, k from t where k = ?1"), ERR_INPUT, "2 columns");
    expect_refused(file_spec("select v from t where k = :city"), ERR_INPUT,
                   ":city is none of the tool's arguments");
    expect_refused(file_spec("select v from t where k = ?2"), ERR_INPUT, "none of the tool's arguments");
    expect_refused(file_spec("select v from t"), ERR_INPUT, "does not use the argument 'key'");
    expect_refused(file_spec("select v from u where k = ?"), ERR_INPUT, "no such table: u");
    expect_refused(file_spec(""), ERR_INPUT, "not one statement");
    expect_refused(file_spec(NULL), ERR_INPUT, "needs a query");
    Tool *tool = opened(file_spec(
        "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n where ?"));
    double from_s = clock_s();
    expect(tool, "1", TOOL_TIMEOUT, "");
    assert_true(clock_s() - from_s < 20);
    tool_close(tool);
    tool = opened(file_spec("select v from t where k = ?")); /* and the next one begins anew */
    expect(tool, "a", TOOL_ANSWERED, "1");
    tool_close(tool);
    assert_int_equal(file_hash(path, &bytes, hash, &err), OK);
    assert_string_equal(hash, before);
}

static void files_that_are_none(void **state) {
    (void)state;
    Err err;
    char wal[80], none[200] = "no SQLite here, though long enough";
    unlink(path);
    expect_refused(file_spec("select ?"), ERR_INPUT, "there is no such file");
    assert_true(!file_exists(path));
    assert_int_equal(file_write_atomic(path, none, sizeof none, &err), OK);
    expect_refused(file_spec("select ?"), ERR_INPUT, "not a database");
    ToolSpec folder = file_spec("select ?");
    folder.file = root;
    expect_refused(folder, ERR_INPUT, "no regular file");
    make_file("create table t(k, v); insert into t values ('a', 1)");
    snprintf(wal, sizeof wal, "%s-wal", path);
    assert_int_equal(file_write_atomic(wal, "x", 1, &err), OK);
    expect_refused(file_spec("select v from t where k = ?"), ERR_INPUT, "is being written");
    unlink(wal);
    Tool *tool = opened(file_spec("select v from t where k = ?"));
    expect(tool, "a", TOOL_ANSWERED, "1");
    sqlite3 *db; /* somebody writes it during a run */
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "update t set v = 2", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    ToolCall call = {{text("a")}};
    ToolAnswer answer;
    assert_int_equal(tool_call(tool, &call, &answer, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "has changed"));
    tool_close(tool);
}

static void contents_that_differ(void **state) {
    (void)state;
    static const char *const sql[] = {
        "create table t(k, v); insert into t values ('a', 1)",
        "create table t(k, v); insert into t values ('a', 2)",
        "create table t(k, v); insert into t values ('a', '1')",
        "create table t(k, v); insert into t values ('a', 1.0)",
        "create table t(k, v); insert into t values ('a', null)",
        "create table t(k, v); insert into t values ('a', 1), ('a', 1)",
        "create table t(k, w); insert into t values ('a', 1)",
        "create table u(k, v); insert into u values ('a', 1)",
        "create table t(k, v); insert into t values ('a', 1); create table u(x)",
        "create table t(k, v); insert into t values ('a', 1); create view w as select 1",
        "create table t(k, v); insert into t values ('a', 1); create view w as select 2",
        "create table t(k, v, g as (v + 1)); insert into t values ('a', 1)",
    };
    enum { N = sizeof sql / sizeof *sql };
    char hash[N][33], again[33];
    for (int i = 0; i < N; i++) {
        make_file(sql[i]);
        Tool *tool = opened(file_spec("select ?"));
        assert_true(tool_hash(tool, hash[i]));
        tool_close(tool);
        for (int j = 0; j < i; j++) assert_string_not_equal(hash[i], hash[j]);
    }
    make_file("pragma encoding = 'UTF-16'; create table t(k, v); insert into t values ('b', 0), ('a', 1);"
              "delete from t where k = 'b'; create index i on t(k)");
    Tool *tool = opened(file_spec("select ?"));
    assert_true(tool_hash(tool, again));
    assert_string_equal(again, hash[0]);
    tool_close(tool);
}

static int setup(void **state) {
    (void)state;
    if (!mkdtemp(root)) return 1;
    snprintf(path, sizeof path, "%s/a b%%?#.db", root); /* a name that an address must escape */
    return 0;
}

static int teardown(void **state) {
    (void)state;
    unlink(path);
    return rmdir(root); /* nothing was left beside it */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_their_hash), cmocka_unit_test(many_rows),
        cmocka_unit_test(a_users_table),       cmocka_unit_test(queries_that_write_or_never_end),
        cmocka_unit_test(files_that_are_none), cmocka_unit_test(contents_that_differ)};
    return cmocka_run_group_tests_name("store", tests, setup, teardown);
}
