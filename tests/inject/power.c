/* What a disk may hold after a power cut, from a recording of what a command did to a folder:
 * tests/check_power_cuts.sh. Compiled with disk.c.
 *
 *   power plan LOG ROOT BASE CHOICES SEED
 *       prints "CUT MODE" of every cut that leaves another folder than those before
 *   power make LOG ROOT BASE CHOICES SEED CUT MODE OUT
 *       makes the folder of that cut in OUT, which must be empty
 *
 * LOG is strace's, with -f -y -xx and strings whole; ROOT the absolute path of the folder that the command worked
 * in; BASE a copy of it as it was before. CUT is after so many of the calls that change something.
 *
 * The model is POSIX's: what was synced is there. A file's content is safe after fsync of the file, a name after
 * fsync of its folder. Of what came later, a disk may hold any part that its order allows: of each folder the
 * first few changes of names, of each file the first few writes. Modes:
 *   0     nothing that was not synced
 *   1     all names, no content that was not synced (delayed allocation)
 *   2     all content, no names
 *   3     everything
 *   4...  drawn, CHOICES of them: so many changes of each folder, so many writes of each file, the last one torn,
 *         or zeros where content was to come
 * A rename is one change. A folder that was not synced into its parent is lost with all that is in it. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/inject/disk.h"

enum { MAX_FDS = 4000 };

static struct {
    long pid;
    int fd, node;
    size_t at;
    bool appends;
} fds[MAX_FDS];
static int n_fds;
static char root[4096];

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

/* A call on a name, "AT, NAME" or NAME alone: its name below the root; false where it is elsewhere. */
static bool named(const char **p, bool has_at, char *of, const char *line) {
    char at[8192], path[8192];
    strcpy(at, root);
    if (has_at) {
        descriptor(p, at, line);
        expect(p, ", ", line);
    }
    quoted(p, path, line);
    return below(at, path, of);
}

static bool opened(long pid, bool has_at, const char *p, int fd, const char *line) {
    char of[8192], flags[512];
    bool inside = named(&p, has_at, of, line), changed = false;
    expect(&p, ", ", line);
    snprintf(flags, sizeof flags, "%.*s", (int)strcspn(p, ",)"), p);
    if (!inside || strstr(flags, "O_DIRECTORY")) return false;
    int i = find(&now, of), node = i >= 0 ? now.at[i].node : -1;
    if (node < 0) {
        if (!strstr(flags, "O_CREAT")) return false;
        change(NULL, of, node = new_node(false));
        changed = true;
    }
    if (strstr(flags, "O_TRUNC") && size_now(&nodes[node]) > 0) {
        write_later(&nodes[node], 0, (Bytes){0}, true);
        changed = true;
    }
    int slot = find_fd(pid, fd);
    if (slot < 0) slot = n_fds++;
    if (n_fds == MAX_FDS) die("too many descriptors", line);
    fds[slot].pid = pid, fds[slot].fd = fd, fds[slot].node = node, fds[slot].at = 0;
    fds[slot].appends = strstr(flags, "O_APPEND") != NULL;
    return changed;
}

static bool renamed(bool has_at, const char *p, const char *line) {
    char of[8192], other[8192];
    if (!named(&p, has_at, of, line)) return false;
    expect(&p, ", ", line);
    int i = find(&now, of);
    if (!named(&p, has_at, other, line) || i < 0 || nodes[now.at[i].node].is_folder)
        die("a rename that is not in the model", line);
    change(of, other, now.at[i].node);
    return true;
}

static bool written(int slot, bool has_place, const char *p, size_t size, const char *line) {
    Node *f = &nodes[fds[slot].node];
    expect(&p, "\"", line);
    Bytes data = unhex(&p);
    expect(&p, "\", ", line);
    if (size > data.size) die("a string that strace cut", line);
    data.size = size;
    strtoul(p, (char **)&p, 10);
    size_t where = fds[slot].appends ? size_now(f) : fds[slot].at;
    if (has_place) {
        expect(&p, ", ", line);
        where = strtoul(p, NULL, 10);
    } else {
        fds[slot].at = where + size;
    }
    write_later(f, where, data, false);
    return true;
}

/* A call on a descriptor. */
static bool on_descriptor(long pid, const char *name, const char *p, size_t result, const char *line) {
    char path[8192], of[8192];
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
    if (!strcmp(name, "fcntl") || !strcmp(name, "read") ||
        !strcmp(name, "lseek")) {   /* where the next write goes */
        if (slot < 0) return false; /* a folder */
        if (strstr(p, "F_SETFL")) fds[slot].appends = strstr(p, "O_APPEND") != NULL;
        if (name[0] == 'r') fds[slot].at += result;
        if (name[0] == 'l') fds[slot].at = result;
        return false;
    }
    if (slot < 0) die("an unknown file", line);
    if (!strcmp(name, "write")) return expect(&p, ", ", line), written(slot, false, p, result, line);
    if (!strcmp(name, "pwrite64")) return expect(&p, ", ", line), written(slot, true, p, result, line);
    if (strcmp(name, "ftruncate") != 0) die("a call that is not in the model", line);
    expect(&p, ", ", line);
    size_t size = strtoul(p, NULL, 10);
    if (size == size_now(&nodes[fds[slot].node])) return false;
    write_later(&nodes[fds[slot].node], size, (Bytes){0}, true);
    return true;
}

/* One call that came to its end. Returns whether it changed anything that a cut could leave behind. */
static bool call(long pid, const char *name, const char *p, const char *line) {
    const char *end = strrchr(p, '=');
    long result = end ? strtol(end + 1, NULL, 10) : -1;
    bool has_at = strstr(name, "at") != NULL;
    char of[8192];
    if (result < 0) return false;
    if (!strcmp(name, "openat") || !strcmp(name, "open")) return opened(pid, has_at, p, (int)result, line);
    if (!strncmp(name, "rename", 6)) return renamed(strcmp(name, "rename") != 0, p, line);
    if (!strncmp(name, "mkdir", 5) || !strncmp(name, "unlink", 6) || !strcmp(name, "rmdir")) {
        if (!named(&p, has_at, of, line)) return false;
        if (name[0] == 'm') change(NULL, of, new_node(true));
        else change(of, NULL, 0);
        return true;
    }
    if (!strncmp(name, "link", 4) || !strncmp(name, "symlink", 7) || !strcmp(name, "creat"))
        die("a call that is not in the model", line);
    return on_descriptor(pid, name, p, (size_t)result, line);
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

/* The next call that changes something; false at the end of the log. */
static bool advance(FILE *log) {
    long pid;
    for (char *line; (line = next_line(log, &pid));) {
        char name[32];
        const char *open = strchr(line, '(');
        bool changed = false;
        if (open && (size_t)(open - line) < sizeof name) {
            snprintf(name, sizeof name, "%.*s", (int)(open - line), line);
            changed = call(pid, name, open + 1, line);
        }
        free(line);
        if (changed) return true;
    }
    return false;
}

/* Prints the modes that leave another folder than any before. */
static void plan(int done, int modes, uint64_t seed) {
    static uint64_t *seen;
    static size_t n_seen;
    for (int mode = 0; mode < modes; mode++) {
        uint64_t hash = cut(mode, seed + (uint64_t)done * 101 + (uint64_t)mode, NULL);
        bool known = false;
        for (size_t i = 0; i < n_seen; i++) known = known || seen[i] == hash;
        if (known) continue;
        seen = grown(seen, (n_seen + 1) * sizeof *seen);
        seen[n_seen++] = hash;
        printf("%d %d\n", done, mode);
    }
}

int main(int argc, char **argv) {
    bool makes = argc == 10 && !strcmp(argv[1], "make");
    if (!makes && (argc != 7 || strcmp(argv[1], "plan") != 0)) die("usage", "");
    FILE *log = fopen(argv[2], "r");
    if (!log) die("cannot read", argv[2]);
    snprintf(root, sizeof root, "%s", argv[3]);
    read_base(argv[4], "");
    uint64_t seed = strtoull(argv[6], NULL, 10) * 1000003;
    int done = 0;
    if (makes) {
        int wanted = atoi(argv[7]), mode = atoi(argv[8]);
        while (done < wanted && advance(log)) done++;
        cut(mode, seed + (uint64_t)done * 101 + (uint64_t)mode, argv[9]);
    } else {
        do plan(done++, 4 + atoi(argv[5]), seed);
        while (advance(log));
    }
    fclose(log);
    return 0;
}
