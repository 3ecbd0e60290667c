/* Damages a file, for tests/inject/sealed.sh.
 *
 *   damage list FILE COUNT SEED   prints what may be done to FILE, one a line: COUNT flipped bits and, in a text,
 *                                 COUNT changed digits and COUNT / 2 lines cut out; COUNT / 3 ends cut off; its
 *                                 last line twice; gone
 *   damage change FILE WORD A B   does one of them
 *   damage hash PATH...           a hash of each PATH, in this order, and of each file below it, by name, without
 *                                 what changes from run to run: clocks (timing.json, a table's column "seconds")
 *                                 and locks
 *
 * The places are drawn from SEED, so that a failure can be tried again. A changed digit stays a digit: the file
 * still reads. */
#include <ctype.h>
#include <fts.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned char *data;
static size_t size;

static void read_whole(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f) exit(2);
    fseek(f, 0, SEEK_END);
    size = (size_t)ftell(f);
    rewind(f);
    data = malloc(size + 1);
    if (!data || fread(data, 1, size, f) != size) exit(2);
    data[size] = 0;
    fclose(f);
}

static void write_whole(const char *path, size_t from, size_t to) { /* without what lies between */
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, from, f) != from || fwrite(data + to, 1, size - to, f) != size - to ||
        fclose(f))
        exit(2);
}

static uint64_t state;
static uint64_t draw(uint64_t below) { /* splitmix64 */
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % below;
}

static bool is_text(void) {
    for (size_t i = 0; i < size; i++)
        if (data[i] < 9 || (data[i] > 13 && data[i] < 32)) return false;
    return true;
}

static size_t count_lines(void) {
    size_t n = 0;
    for (size_t i = 0; i < size; i++) n += data[i] == '\n';
    return n;
}

/* Where line n begins, from 0. */
static size_t line_begin(size_t n) {
    size_t i = 0;
    for (; n > 0 && i < size; i++) n -= data[i] == '\n';
    return i;
}

static void list(size_t count) {
    size_t digits = 0;
    for (size_t i = 0; i < size; i++) digits += isdigit(data[i]) != 0;
    for (size_t i = 0; i < count && size > 0; i++) /* one in each stretch of the file */
        printf("bit %zu %d\n", size * i / count + (size_t)draw(size / count + 1) % (size - size * i / count),
               (int)draw(8));
    for (size_t i = 0; is_text() && i < count && digits > 0; i++) {
        size_t nth = digits * i / count + (size_t)draw(digits / count + 1), at = 0;
        if (nth >= digits) nth = digits - 1;
        for (;; at++)
            if (isdigit(data[at]) && nth-- == 0) break;
        printf("digit %zu %c\n", at, (int)('0' + (data[at] - '0' + 1 + (int)draw(9)) % 10));
    }
    size_t lines = count_lines();
    for (size_t i = 0; is_text() && i < (count + 1) / 2 && lines > 1; i++)
        printf("line %zu -\n", (size_t)draw(lines));
    for (size_t i = 0; i < (count + 2) / 3; i++) printf("cut %zu -\n", size * i / ((count + 2) / 3));
    if (is_text() && lines > 1) printf("cut %zu -\n", line_begin(1 + (size_t)draw(lines - 1)));
    printf("twice - -\ngone - -\n");
}

static void damage(const char *path, const char *word, const char *a, const char *b) {
    size_t at = strtoul(a, NULL, 10);
    if (!strcmp(word, "bit")) data[at] ^= (unsigned char)(1 << atoi(b));
    else if (!strcmp(word, "digit")) data[at] = (unsigned char)b[0];
    if (!strcmp(word, "gone")) unlink(path);
    else if (!strcmp(word, "cut")) write_whole(path, at, size);
    else if (!strcmp(word, "line")) write_whole(path, line_begin(at), line_begin(at + 1));
    else write_whole(path, size, size);
    if (!strcmp(word, "twice")) {
        size_t lines = count_lines(), from = lines ? line_begin(lines - 1) : 0;
        FILE *f = fopen(path, "ab");
        if (!f || fwrite(data + from, 1, size - from, f) != size - from || fclose(f)) exit(2);
    }
}

/* Blanks the column "seconds" of a CSV table in `data`. */
static void blank_seconds(void) {
    const char *head = (const char *)data, *at = strstr(head, ",seconds,");
    if (!at) return;
    int column = 0, now = 0;
    for (const char *c = head; c <= at; c++) column += *c == ',';
    bool quoted = false;
    for (size_t i = 0; i < size; i++) {
        if (data[i] == '"') quoted = !quoted;
        if (data[i] == '\n' && !quoted) now = 0;
        else if (data[i] == ',' && !quoted) now++;
        else if (now == column) data[i] = ' ';
    }
    size_t kept = 0; /* a blank, whatever its length */
    for (size_t i = 0; i < size; i++)
        if (data[i] != ' ') data[kept++] = data[i];
    size = kept;
}

static void print_hash(const char *path, bool table) {
    free(data);
    read_whole(path);
    if (table) blank_seconds();
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++) hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
    printf("%s %016llx\n", path, (unsigned long long)hash);
}

static char **given; /* the roots, which keep their order */
static int by_name(const FTSENT **a, const FTSENT **b) {
    if ((*a)->fts_level > 0) return strcmp((*a)->fts_name, (*b)->fts_name);
    for (char **root = given; *root; root++) {
        if (!strcmp(*root, (*a)->fts_name)) return -1;
        if (!strcmp(*root, (*b)->fts_name)) return 1;
    }
    return 0;
}

static int hash(char **roots) {
    given = roots;
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    if (!tree) return 2;
    for (FTSENT *e; (e = fts_read(tree));) {
        if (e->fts_info == FTS_D && !strcmp(e->fts_name, "locks")) fts_set(tree, e, FTS_SKIP);
        if (e->fts_info == FTS_F && strcmp(e->fts_name, "lock") && strcmp(e->fts_name, ".rote-lock") &&
            strcmp(e->fts_name, "timing.json"))
            print_hash(e->fts_path, !strcmp(e->fts_name, "table.csv"));
    }
    fts_close(tree);
    return 0;
}

int main(int argc, char **argv) {
    if (argc >= 3 && !strcmp(argv[1], "hash")) return hash(argv + 2);
    if (argc < 5) return 2;
    read_whole(argv[2]);
    if (!strcmp(argv[1], "list")) {
        state = strtoull(argv[4], NULL, 10) + size;
        list(strtoul(argv[3], NULL, 10));
    } else if (argc == 6) {
        damage(argv[2], argv[3], argv[4], argv[5]);
    } else {
        return 2;
    }
    return 0;
}
