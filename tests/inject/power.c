/* What a disk may hold after a power cut, from a recording of what a command did to a folder: tests/check_power_cuts.sh.
 *
 *   power plan LOG ROOT BASE CHOICES SEED              prints "CUT MODE" of every cut that leaves another folder than those before
 *   power make LOG ROOT BASE CHOICES SEED CUT MODE OUT makes the folder of that cut in OUT, which must be empty
 *
 * LOG is strace's, with -f -y -xx and strings whole; ROOT the absolute path of the folder that the command worked in; BASE a copy
 * of it as it was before. CUT is after so many of the calls that change something.
 *
 * The model is POSIX's: what was synced is there. A file's content is safe after fsync of the file, a name after fsync of its folder.
 * Of what came later, a disk may hold any part that its order allows: of each folder the first few changes of names, of each file
 * the first few writes. Modes:
 *   0  nothing that was not synced         1  all names, no content that was not synced (delayed allocation)
 *   2  all content, no names               3  everything
 *   4... drawn: so many changes of each folder, so many writes of each file, the last one torn, or zeros where content was to come
 * A rename is one change. A folder that was not synced into its parent is lost with all that is in it. */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_NODES = 20000, MAX_CHANGES = 4000, MAX_NAMES = 4000, MAX_FDS = 4000 };

typedef struct {
    unsigned char *data;
    size_t size;
} Bytes;

typedef struct {
    size_t at; /* of a write; the new size of a truncation */
    Bytes data;
    bool truncates;
} Write;

typedef struct {
    bool is_folder;
    Bytes safe;
    Write *later; /* not synced, in order */
    int n_later;
} Node;

typedef struct {
    char *name; /* below the root, "" is the root itself */
    int node;
} Name;

typedef struct { /* of names in one folder, not synced: first one goes, then one comes; either may be NULL */
    char *goes, *comes;
    int node;
} Change;

typedef struct {
    Name at[MAX_NAMES];
    int n;
} Names;

static Node nodes[MAX_NODES];
static int n_nodes;
static Names now, safe;
static Change changes[MAX_CHANGES];
static int n_changes;
static struct {
    long pid;
    int fd, node;
    size_t at;
    bool appends;
} fds[MAX_FDS];
static int n_fds;
static char root[4096];

static void die(const char *what, const char *where) {
    fprintf(stderr, "power: %s: %.200s\n", what, where);
    exit(3);
}

static void *grown(void *p, size_t size) {
    p = realloc(p, size ? size : 1);
    if (!p) die("no memory", "");
    return p;
}

static char *copied(const char *text) {
    char *copy = strdup(text);
    if (!copy) die("no memory", text);
    return copy;
}

/* --- The folder, as the program sees it and as it is safe. */
static int find(const Names *names, const char *name) {
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

static void change(const char *goes, const char *comes, int node) {
    if (n_changes == MAX_CHANGES) die("too many changes", comes ? comes : goes);
    Change *c = &changes[n_changes++];
    *c = (Change){goes ? copied(goes) : NULL, comes ? copied(comes) : NULL, node};
    if (goes && comes && (folder_length(goes) != folder_length(comes) || memcmp(goes, comes, folder_length(goes))))
        die("a rename from folder to folder is not in the model", comes);
    apply(&now, c);
}

static void sync_folder(const char *folder) {
    int kept = 0;
    for (int i = 0; i < n_changes; i++)
        if (is_in(place(&changes[i]), folder)) apply(&safe, &changes[i]);
        else changes[kept++] = changes[i];
    n_changes = kept;
}

static int new_node(bool is_folder) {
    if (n_nodes == MAX_NODES) die("too many files", "");
    nodes[n_nodes].is_folder = is_folder;
    return n_nodes++;
}

static void write_later(Node *f, size_t at, Bytes data, bool truncates) {
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

/* A file's content: what is safe and the first `whole` of the writes after it, of the next one `torn` bytes; zeros for data. */
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

static size_t size_now(const Node *f) {
    Bytes b = content(f, f->n_later, 0, false);
    free(b.data);
    return b.size;
}

static void sync_file(Node *f) {
    Bytes b = content(f, f->n_later, 0, false);
    free(f->safe.data);
    f->safe = b;
    f->n_later = 0;
}

/* --- The folder before the command. */
static void read_base(const char *path, const char *name) {
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

/* --- strace's words. */
static Bytes unhex(const char **p) { /* \x61\x62... */
    Bytes b = {grown(NULL, strlen(*p) / 4 + 1), 0};
    for (unsigned c; sscanf(*p, "\\x%2x", &c) == 1; *p += 4) b.data[b.size++] = (unsigned char)c;
    b.data[b.size] = 0;
    return b;
}

static void expect(const char **p, const char *text, const char *line) {
    if (strncmp(*p, text, strlen(text)) != 0) die("unknown words of strace", line);
    *p += strlen(text);
}

/* Whether an absolute path or one below `at` is in the root; its name there. */
static bool below(const char *at, const char *path, char *name) {
    char whole[8192], *out = whole;
    snprintf(whole, sizeof whole, "%s%s%s", *path == '/' ? "" : at, *path == '/' ? "" : "/", path);
    for (const char *in = whole; *in;) { /* without "." and double slashes; ".." is not in the model */
        while (*in == '/') in++;
        size_t n = strcspn(in, "/");
        if (n == 2 && !strncmp(in, "..", 2)) die("a path with ..", path);
        if (n > 0 && !(n == 1 && *in == '.')) {
            *out++ = '/';
            memmove(out, in, n);
            out += n;
        }
        in += n;
    }
    *out = 0;
    size_t n = strlen(root);
    if (strncmp(whole, root, n) != 0 || (whole[n] && whole[n] != '/')) return false;
    strcpy(name, whole[n] ? whole + n + 1 : "");
    return true;
}

/* "5<path>" or "AT_FDCWD<path>": the descriptor, -100 for the latter, and its path. */
static int descriptor(const char **p, char *path, const char *line) {
    int fd = -100;
    path[0] = 0;
    if (!strncmp(*p, "AT_FDCWD", 8)) *p += 8;
    else fd = (int)strtol(*p, (char **)p, 10);
    if (**p == '<') {
        ++*p;
        if (**p == '\\') {
            Bytes b = unhex(p);
            snprintf(path, 4096, "%s", (char *)b.data);
            free(b.data);
        }
        *p += strcspn(*p, ">"); /* of sockets and the like: not of this folder */
        expect(p, ">", line);
        if (!strncmp(*p, "(deleted)", 9)) *p += 9;
    }
    return fd;
}

static void quoted(const char **p, char *text, const char *line) {
    expect(p, "\"", line);
    Bytes b = unhex(p);
    if (b.size >= 4096) die("a long path", line);
    memcpy(text, b.data, b.size + 1);
    free(b.data);
    expect(p, "\"", line);
}

static int find_fd(long pid, int fd) {
    for (int i = n_fds - 1; i >= 0; i--)
        if (fds[i].pid == pid && fds[i].fd == fd) return i;
    return -1;
}

/* One call that came to its end. Returns whether it changed anything that a cut could leave behind. */
static bool call(long pid, const char *name, const char *p, const char *line) {
    const char *end = strrchr(p, '=');
    if (!end) return false;
    long result = strtol(end + 1, NULL, 10);
    char at[8192], path[8192], of[8192], other[8192], flags[512];
    if (result < 0) return false;
    if (!strcmp(name, "openat") || !strcmp(name, "open")) {
        strcpy(at, root);
        if (!strcmp(name, "openat")) {
            descriptor(&p, at, line);
            expect(&p, ", ", line);
        }
        quoted(&p, path, line);
        expect(&p, ", ", line);
        snprintf(flags, sizeof flags, "%.*s", (int)strcspn(p, ",)"), p);
        if (!below(at, path, of) || strstr(flags, "O_DIRECTORY")) return false;
        int i = find(&now, of), node = i >= 0 ? now.at[i].node : -1;
        bool changed = false;
        if (node < 0) {
            if (!strstr(flags, "O_CREAT")) return false;
            change(NULL, of, node = new_node(false));
            changed = true;
        }
        if (strstr(flags, "O_TRUNC") && size_now(&nodes[node]) > 0) {
            write_later(&nodes[node], 0, (Bytes){0}, true);
            changed = true;
        }
        int slot = find_fd(pid, (int)result);
        if (slot < 0) slot = n_fds++;
        if (n_fds == MAX_FDS) die("too many descriptors", line);
        fds[slot].pid = pid, fds[slot].fd = (int)result, fds[slot].node = node, fds[slot].at = 0;
        fds[slot].appends = strstr(flags, "O_APPEND") != NULL;
        return changed;
    }
    if (!strcmp(name, "mkdir") || !strcmp(name, "mkdirat") || !strcmp(name, "unlink") || !strcmp(name, "unlinkat") || !strcmp(name, "rmdir")) {
        strcpy(at, root);
        if (strstr(name, "at")) {
            descriptor(&p, at, line);
            expect(&p, ", ", line);
        }
        quoted(&p, path, line);
        if (!below(at, path, of)) return false;
        if (name[0] == 'm') change(NULL, of, new_node(true));
        else change(of, NULL, 0);
        return true;
    }
    if (!strncmp(name, "rename", 6)) {
        strcpy(at, root);
        if (strcmp(name, "rename") != 0) {
            descriptor(&p, at, line);
            expect(&p, ", ", line);
        }
        quoted(&p, path, line);
        expect(&p, ", ", line);
        if (!below(at, path, of)) return false;
        if (strcmp(name, "rename") != 0) {
            descriptor(&p, at, line);
            expect(&p, ", ", line);
        }
        quoted(&p, path, line);
        int i = find(&now, of);
        if (i < 0 || !below(at, path, other) || nodes[now.at[i].node].is_folder) die("a rename that is not in the model", line);
        change(of, other, now.at[i].node);
        return true;
    }
    if (!strncmp(name, "link", 4) || !strncmp(name, "symlink", 7) || !strcmp(name, "creat") || !strcmp(name, "writev") || !strncmp(name, "pwritev", 7) ||
        !strcmp(name, "copy_file_range") || !strcmp(name, "sendfile"))
        die("a call that is not in the model", line);
    int fd = descriptor(&p, path, line);
    if (!below("", path, of)) return false;
    int slot = find_fd(pid, fd);
    if (!strcmp(name, "fsync") || !strcmp(name, "fdatasync")) {
        int i = find(&now, of);
        if (i >= 0 && nodes[now.at[i].node].is_folder) sync_folder(of);
        else if (slot >= 0) sync_file(&nodes[fds[slot].node]);
        else die("a sync of an unknown file", line);
        return true;
    }
    if (!strcmp(name, "fcntl")) {
        if (slot >= 0 && strstr(p, "F_SETFL")) fds[slot].appends = strstr(p, "O_APPEND") != NULL;
        return false;
    }
    if (!strcmp(name, "read")) {
        if (slot >= 0) fds[slot].at += (size_t)result;
        return false;
    }
    if (slot < 0) {
        if (!strcmp(name, "lseek")) return false; /* of a folder */
        die("an unknown file", line);
    }
    Node *f = &nodes[fds[slot].node];
    if (!strcmp(name, "lseek")) {
        fds[slot].at = (size_t)result;
        return false;
    }
    expect(&p, ", ", line);
    if (!strcmp(name, "ftruncate") || !strcmp(name, "fallocate")) {
        if (name[1] == 'a') die("fallocate is not in the model", line);
        size_t size = strtoul(p, NULL, 10);
        if (size == size_now(f)) return false;
        write_later(f, size, (Bytes){0}, true);
        return true;
    }
    expect(&p, "\"", line);
    Bytes data = unhex(&p);
    expect(&p, "\", ", line);
    if ((size_t)result > data.size) die("a string that strace cut", line);
    data.size = (size_t)result;
    strtoul(p, (char **)&p, 10);
    size_t where = fds[slot].appends ? size_now(f) : fds[slot].at;
    if (!strcmp(name, "pwrite64")) {
        expect(&p, ", ", line);
        where = strtoul(p, NULL, 10);
    } else {
        fds[slot].at = where + data.size;
    }
    write_later(f, where, data, false);
    return true;
}

/* The next line that is whole: an unfinished call waits for its end. NULL at the end of the log. */
static char *next_line(FILE *log, long *pid) {
    static struct {
        long pid;
        char *begin;
    } waiting[256];
    static int n_waiting;
    static char *line;
    static size_t room;
    while (getline(&line, &room, log) > 0) {
        char *p, *mark;
        *pid = strtol(line, &p, 10);
        while (*p == ' ') p++;
        if ((mark = strstr(p, " <unfinished ...>"))) {
            if (n_waiting == 256) die("too many calls at once", p);
            *mark = 0;
            waiting[n_waiting].pid = *pid;
            waiting[n_waiting++].begin = copied(p);
        } else if (!strncmp(p, "<... ", 5) && (mark = strstr(p, " resumed>"))) {
            for (int i = 0; i < n_waiting; i++)
                if (waiting[i].pid == *pid) {
                    char *begin = waiting[i].begin, *whole = grown(NULL, strlen(begin) + strlen(mark) + 1);
                    sprintf(whole, "%s%s", begin, mark + 9);
                    free(begin);
                    waiting[i] = waiting[--n_waiting];
                    return whole;
                }
        } else {
            return copied(p);
        }
    }
    return NULL;
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

static int by_name(const void *a, const void *b) { return strcmp(((const Name *)a)->name, ((const Name *)b)->name); }

static bool has_parents(const Names *names, const char *name) {
    char parent[8192];
    snprintf(parent, sizeof parent, "%s", name);
    while (*parent) {
        parent[folder_length(parent)] = 0;
        if (*parent && find(names, parent) < 0) return false;
    }
    return true;
}

/* Makes the folder in `out`, or where that is NULL only its hash. */
static uint64_t cut(int mode, uint64_t seed, const char *out) {
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
            if (whole < f->n_later && !f->later[whole].truncates && draw(2)) torn = (size_t)draw(f->later[whole].data.size + 1);
            zeros = draw(4) == 0;
        }
        Bytes b = content(f, whole, torn, zeros);
        for (size_t k = 0; k < b.size; k++) hash = (hash ^ b.data[k]) * UINT64_C(0x100000001b3);
        hash = (hash ^ b.size) * UINT64_C(0x100000001b3);
        if (out) {
            FILE *file = fopen(path, "wb");
            if (!file || fwrite(b.data, 1, b.size, file) != b.size || fclose(file) != 0) die("cannot write", path);
        }
        free(b.data);
    }
    return hash;
}

int main(int argc, char **argv) {
    bool makes = argc == 10 && !strcmp(argv[1], "make");
    if (!makes && (argc != 7 || strcmp(argv[1], "plan") != 0)) die("usage", "");
    FILE *log = fopen(argv[2], "r");
    if (!log) die("cannot read", argv[2]);
    snprintf(root, sizeof root, "%s", argv[3]);
    read_base(argv[4], "");
    int modes = 4 + atoi(argv[5]), done = 0;
    uint64_t seed = strtoull(argv[6], NULL, 10), *seen = NULL;
    size_t n_seen = 0;
    int wanted = makes ? atoi(argv[7]) : -1, mode = makes ? atoi(argv[8]) : -1;
    for (bool more = true; more;) {
        for (int m = 0; m < modes && !makes; m++) {
            uint64_t hash = cut(m, seed * 1000003 + (uint64_t)done * 101 + (uint64_t)m, NULL);
            bool known = false;
            for (size_t i = 0; i < n_seen; i++) known = known || seen[i] == hash;
            if (known) continue;
            seen = grown(seen, (n_seen + 1) * sizeof *seen);
            seen[n_seen++] = hash;
            printf("%d %d\n", done, m);
        }
        if (done == wanted) break;
        bool changed = false;
        while (!changed && more) {
            long pid;
            char *line = next_line(log, &pid), name[32];
            more = line != NULL;
            if (!line) break;
            const char *open = strchr(line, '(');
            if (open && (size_t)(open - line) < sizeof name) {
                snprintf(name, sizeof name, "%.*s", (int)(open - line), line);
                changed = call(pid, name, open + 1, line);
            }
            free(line);
        }
        done += changed;
    }
    if (makes) cut(mode, seed * 1000003 + (uint64_t)done * 101 + (uint64_t)mode, argv[9]);
    fclose(log);
    return 0;
}
