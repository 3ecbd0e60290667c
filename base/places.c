#include "base/places.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

static void drop_last(char *folder) {
    char *slash = strrchr(folder, '/');
    slash[slash == folder] = '\0'; /* above the root is the root */
}

/* folder + "/" + the first n bytes of name, in place; false: too long. */
static bool push(char folder[PATH_MAX], const char *name, size_t n) {
    size_t used = strcmp(folder, "/") ? strlen(folder) : 0;
    if (used + 1 + n >= PATH_MAX) return false;
    folder[used] = '/';
    memcpy(folder + used + 1, name, n);
    folder[used + 1 + n] = '\0';
    return true;
}

/* The absolute path without links of a folder; parts that do not exist yet follow unchanged. */
static Status resolve(char out[PATH_MAX], const char *folder, Err *err) {
    char there[PATH_MAX];
    TRY(path_join(there, sizeof there, *folder ? folder : ".", NULL, err));
    const char *missing =
        there + strlen(there); /* the parts behind there's NUL are at the same place in folder */
    const char *whole = *folder ? folder : ".";
    while (!realpath(there, out)) {
        if (errno != ENOENT)
            return err_set(err, ERR_IO, "%s: cannot be resolved: %s", whole, strerror(errno));
        char *slash = strrchr(there, '/');
        missing = slash ? slash + 1 : there;
        if (slash == there) strcpy(there, "/");
        else if (slash) *slash = '\0';
        else strcpy(there, ".");
        if (missing == there && !realpath(there, out))
            return err_set(err, ERR_IO, "the current folder cannot be resolved: %s", strerror(errno));
        if (missing == there) break;
    }
    for (const char *part = whole + (missing - there); *part;) {
        size_t n = strcspn(part, "/");
        if (n == 2 && !strncmp(part, "..", 2)) drop_last(out);
        else if (n && !(n == 1 && *part == '.') && !push(out, part, n))
            return err_set(err, ERR_INPUT, "%.80s...: the path is too long", whole);
        part += n + strspn(part + n, "/");
    }
    return OK;
}

/* Follows the parts of a relative path from `at` on, but the last one, as long as they are folders and no links.
 * Returns what is left. */
static const char *follow(char at[PATH_MAX], const char *path) {
    for (const char *next; *path; path = next) {
        size_t n = strcspn(path, "/");
        next = path + n + strspn(path + n, "/");
        if (n == 0 || (n == 1 && *path == '.')) continue;
        if (n == 2 && !strncmp(path, "..", 2)) {
            drop_last(at);
            continue;
        }
        char child[PATH_MAX];
        struct stat info;
        strcpy(child, at);
        if (!*next || !push(child, path, n) || lstat(child, &info) != 0 || !S_ISDIR(info.st_mode)) break;
        strcpy(at, child);
    }
    return path;
}

/* Bytes that two absolute paths share, in whole parts, without a slash at the end. */
static size_t shared(const char *a, const char *b) {
    size_t n = 0, whole = 0;
    for (; a[n] && a[n] == b[n]; n++)
        if (a[n] == '/') whole = n;
    bool a_ends = !a[n] || a[n] == '/', b_ends = !b[n] || b[n] == '/';
    return n > 1 && a_ends && b_ends ? n : whole;
}

/* base/rest as seen from the folder `view`; absolute: where they share nothing. */
static Status express(char *out, size_t size, const char *base, const char *rest, const char *view,
                      bool absolute, Err *err) {
    char text[2 * PATH_MAX] = "";
    size_t common = shared(base, view), used = 0;
    base += common;
    for (const char *up = view + common; (common || !absolute) && *up; up++)
        if (*up == '/' && up[1]) used += (size_t)snprintf(text + used, sizeof text - used, "../");
    if (common || !absolute) base += *base == '/';
    else if (!base[1]) base++;
    const char *between = (*base && *rest) || (!common && absolute && !*base) ? "/" : "";
    int n = snprintf(text + used, sizeof text - used, "%s%s%s", base, between, rest);
    if (n < 0 || used + (size_t)n >= size)
        return err_set(err, ERR_INPUT,
                       "%.80s...: the path has more than %zu bytes; choose shorter folder names", text,
                       size - 1);
    used += (size_t)n;
    while (used > 1 && text[used - 1] == '/') text[--used] = '\0';
    strcpy(out, used ? text : ".");
    return OK;
}

static Status move(char *path, size_t size, const char *from, const char *to, bool absolute, Err *err) {
    char base[PATH_MAX], view[PATH_MAX], kept[PATH_MAX];
    if (!*path || *path == '/') return OK;
    TRY(path_join(kept, sizeof kept, path, NULL, err));
    TRY(resolve(base, from, err));
    TRY(resolve(view, to, err));
    const char *rest = follow(base, kept);
    return express(path, size, base, rest, view, absolute, err);
}

Status place_store(char *path, size_t size, const char *folder, Err *err) {
    return move(path, size, ".", folder, true, err);
}

Status place_open(char *path, size_t size, const char *folder, Err *err) {
    return move(path, size, folder, ".", false, err);
}

Status place_folder(char *out, size_t size, const char *file, Err *err) {
    TRY(path_join(out, size, file, NULL, err));
    char *slash = strrchr(out, '/');
    if (slash) slash[slash == out] = '\0';
    else if (size >= 2) strcpy(out, ".");
    return OK;
}
