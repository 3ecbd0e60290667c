#include "tests/inject/disk.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

Node nodes[MAX_NODES];
static int n_nodes;
Names now;
static Names safe;
static Change changes[MAX_CHANGES];
static int n_changes;
void die(const char *what, const char *where) {
    fprintf(stderr, "power: %s: %.200s\n", what, where);
    exit(3);
}

void *grown(void *p, size_t size) {
    p = realloc(p, size ? size : 1);
    if (!p) die("no memory", "");
    return p;
}

char *copied(const char *text) {
    char *copy = strdup(text);
    if (!copy) die("no memory", text);
    return copy;
}

/* --- The folder, as the program sees it and as it is safe. */
int find(const Names *names, const char *name) {
    for (int i = 0; i < names->n; i++)
        if (!strcmp(names->at[i].name, name)) return i;
    return -1;
}

static void set(Names *names, const char *name, int node) {
    int i = find(names, name);
    if (i < 0) {
        if (names->n == MAX_NAMES) die("too many names", name);
        names->at[i = names->n++].name = copied(name);
    }
    names->at[i].node = node;
}

static void drop(Names *names, const char *name) {
    int i = find(names, name);
    if (i < 0) return;
    free(names->at[i].name);
    names->at[i] = names->at[--names->n];
}

static void apply(Names *names, const Change *c) {
    if (c->goes) drop(names, c->goes);
    if (c->comes) set(names, c->comes, c->node);
}

/* The folder that a name is in: its length. */
static size_t folder_length(const char *name) {
    const char *slash = strrchr(name, '/');
    return slash ? (size_t)(slash - name) : 0;
}

static bool is_in(const char *name, const char *folder) {
    size_t n = folder_length(name);
    return n == strlen(folder) && !memcmp(name, folder, n);
}

static const char *place(const Change *c) { return c->comes ? c->comes : c->goes; }

void change(const char *goes, const char *comes, int node) {
    if (n_changes == MAX_CHANGES) die("too many changes", comes ? comes : goes);
    Change *c = &changes[n_changes++];
    *c = (Change){goes ? copied(goes) : NULL, comes ? copied(comes) : NULL, node};
    if (goes && comes &&
        (folder_length(goes) != folder_length(comes) || memcmp(goes, comes, folder_length(goes))))
        die("a rename from folder to folder is not in the model", comes);
    apply(&now, c);
}

void sync_folder(const char *folder) {
    int kept = 0;
    for (int i = 0; i < n_changes; i++)
        if (is_in(place(&changes[i]), folder)) apply(&safe, &changes[i]);
        else changes[kept++] = changes[i];
    n_changes = kept;
}

int new_node(bool is_folder) {
    if (n_nodes == MAX_NODES) die("too many files", "");
    nodes[n_nodes].is_folder = is_folder;
    return n_nodes++;
}

void write_later(Node *f, size_t at, Bytes data, bool truncates) {
    f->later = grown(f->later, (size_t)(f->n_later + 1) * sizeof *f->later);
    f->later[f->n_later++] = (Write){at, data, truncates};
}

static void put(Bytes *b, size_t at, const unsigned char *data, size_t size) {
    if (at + size > b->size) {
        b->data = grown(b->data, at + size);
        memset(b->data + b->size, 0, at + size - b->size);
        b->size = at + size;
    }
    if (data) memcpy(b->data + at, data, size);
}

static void truncate_to(Bytes *b, size_t size) {
    if (size < b->size) b->size = size;
    else put(b, size, NULL, 0);
}

/* A file's content: what is safe and the first `whole` of the writes after it, of the next one `torn` bytes;
 * zeros for data. */
static Bytes content(const Node *f, int whole, size_t torn, bool zeros) {
    Bytes b = {0};
    put(&b, 0, f->safe.data, f->safe.size);
    for (int i = 0; i < f->n_later && i <= whole; i++) {
        const Write *w = &f->later[i];
        if (w->truncates) {
            if (i < whole) truncate_to(&b, w->at);
            continue;
        }
        size_t size = i < whole ? w->data.size : torn;
        if (size > w->data.size) size = w->data.size;
        if (size == 0) continue;
        put(&b, w->at, w->data.data, size);
        if (zeros) memset(b.data + w->at, 0, size);
    }
    return b;
}

size_t size_now(const Node *f) {
    Bytes b = content(f, f->n_later, 0, false);
    free(b.data);
    return b.size;
}

void sync_file(Node *f) {
    Bytes b = content(f, f->n_later, 0, false);
    free(f->safe.data);
    f->safe = b;
    f->n_later = 0;
}

/* --- The folder before the command. */
void read_base(const char *path, const char *name) {
    struct stat s;
    if (lstat(path, &s) != 0) die("cannot read", path);
    int node = new_node(S_ISDIR(s.st_mode));
    set(&now, name, node);
    set(&safe, name, node);
    if (S_ISDIR(s.st_mode)) {
        DIR *dir = opendir(path);
        if (!dir) die("cannot read", path);
        for (struct dirent *e; (e = readdir(dir));) {
            char inner[8192], inner_name[8192];
            if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
            snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
            snprintf(inner_name, sizeof inner_name, "%s%s%s", name, *name ? "/" : "", e->d_name);
            read_base(inner, inner_name);
        }
        closedir(dir);
        return;
    }
    FILE *f = fopen(path, "rb");
    if (!f) die("cannot read", path);
    Bytes *b = &nodes[node].safe;
    b->size = (size_t)s.st_size;
    b->data = grown(NULL, b->size);
    if (fread(b->data, 1, b->size, f) != b->size) die("cannot read", path);
    fclose(f);
}

/* --- What is on the disk after a cut. */
static uint64_t state;
static uint64_t draw(uint64_t below_this) { /* splitmix64 */
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % below_this;
}

/* So many of n_changes of each folder are there: in `kept`. */
static void choose_changes(int mode, bool *kept) {
    for (int i = 0; i < n_changes; i++) kept[i] = mode == 1 || mode == 3;
    if (mode < 4) return;
    for (int i = 0; i < n_changes; i++) { /* the first change of each folder chooses for all of them */
        const char *p = place(&changes[i]);
        char folder[8192];
        bool first = true;
        int of_it = 0;
        snprintf(folder, sizeof folder, "%.*s", (int)folder_length(p), p);
        for (int j = 0; j < n_changes; j++)
            if (is_in(place(&changes[j]), folder)) {
                of_it++;
                first = first && j >= i;
            }
        if (!first) continue;
        int stay = (int)draw((uint64_t)of_it + 1);
        for (int j = 0; j < n_changes; j++)
            if (is_in(place(&changes[j]), folder)) kept[j] = stay-- > 0;
    }
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const Name *)a)->name, ((const Name *)b)->name);
}

static bool has_parents(const Names *names, const char *name) {
    char parent[8192];
    snprintf(parent, sizeof parent, "%s", name);
    while (*parent) {
        parent[folder_length(parent)] = 0;
        if (*parent && find(names, parent) < 0) return false;
    }
    return true;
}

uint64_t cut(int mode, uint64_t seed, const char *out) {
    static bool kept[MAX_CHANGES];
    static Names left;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    state = seed;
    for (int i = 0; i < left.n; i++) free(left.at[i].name);
    left.n = 0;
    for (int i = 0; i < safe.n; i++) set(&left, safe.at[i].name, safe.at[i].node);
    choose_changes(mode, kept);
    for (int i = 0; i < n_changes; i++)
        if (kept[i]) apply(&left, &changes[i]);
    qsort(left.at, (size_t)left.n, sizeof left.at[0], by_name);
    for (int i = 0; i < left.n; i++) {
        const char *name = left.at[i].name;
        const Node *f = &nodes[left.at[i].node];
        char path[8192];
        if (!*name || !has_parents(&left, name)) continue;
        for (const char *c = name; *c; c++) hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
        if (out) snprintf(path, sizeof path, "%s/%s", out, name);
        if (f->is_folder) {
            if (out && mkdir(path, 0777) != 0) die("cannot make", path);
            continue;
        }
        int whole = mode == 2 || mode == 3 ? f->n_later : 0;
        size_t torn = 0;
        bool zeros = false;
        if (mode >= 4 && f->n_later > 0) {
            whole = (int)draw((uint64_t)f->n_later + 1);
            if (whole < f->n_later && !f->later[whole].truncates && draw(2))
                torn = (size_t)draw(f->later[whole].data.size + 1);
            zeros = draw(4) == 0;
        }
        Bytes b = content(f, whole, torn, zeros);
        for (size_t k = 0; k < b.size; k++) hash = (hash ^ b.data[k]) * UINT64_C(0x100000001b3);
        hash = (hash ^ b.size) * UINT64_C(0x100000001b3);
        if (out) {
            FILE *file = fopen(path, "wb");
            if (!file || fwrite(b.data, 1, b.size, file) != b.size || fclose(file) != 0)
                die("cannot write", path);
        }
        free(b.data);
    }
    return hash;
}
