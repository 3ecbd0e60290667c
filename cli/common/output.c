/* A file that rote did not write is never replaced without --force. */
#include "cli/common/output.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static bool begins_as_ours(const char *path, const char *mark) {
    char head[4096];
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    size_t size = fread(head, 1, sizeof head, file);
    fclose(file);
    return memmem(head, size, mark, strlen(mark)) != NULL;
}

bool folder_exists(const char *path) {
    struct stat there;
    return stat(path, &there) == 0 && S_ISDIR(there.st_mode);
}

const char *output_target(const char *path) {
    static char real[4][PATH_MAX];
    static int next;
    struct stat there;
    if (lstat(path, &there) != 0 || !S_ISLNK(there.st_mode)) return path;
    char *out = real[next++ % 4];
    return realpath(path, out) ? out : path;
}

/* A new file is first written beside its place, under a longer name (base/file.h). */
static Status folder_takes_files(const char *path, Err *err) {
    char folder[PATH_MAX];
    size_t length = strlen(path);
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    if (length == 0) return err_set(err, ERR_INPUT, "a file without a name; name a file to write");
    if (*name == '\0') return err_set(err, ERR_INPUT, "%s: is a folder; name a file", path);
    if (length >= sizeof((AtomicFile *)0)->path || strlen(name) + sizeof "." TEMPORARY_END > NAME_MAX)
        return err_set(err, ERR_INPUT, "%.80s...: too long a name; choose a shorter one", path);
    snprintf(folder, sizeof folder, "%.*s", slash > path ? (int)(slash - path) : 1, slash ? path : ".");
    struct stat there;
    bool exists = stat(folder, &there) == 0;
    if (!exists && errno != ENOENT && errno != ENOTDIR)
        return err_set(err, ERR_INPUT, "%s: cannot be written: %s", path, strerror(errno));
    if (!exists || !S_ISDIR(there.st_mode))
        return err_set(err, ERR_INPUT, "%s: there is no folder %s; make it, or name another place", path,
                       folder);
    if (access(folder, W_OK | X_OK) != 0)
        return err_set(err, ERR_INPUT, "%s: its folder cannot be written to: %s; name another place", path,
                       strerror(errno));
    return OK;
}

Status output_named(const char *path, Err *err) {
    if (strcmp(path, "-") != 0) return OK;
    return err_set(
        err, ERR_INPUT,
        "-: nothing is written to standard output; name a place, or write ./- for one of that name");
}

Status output_check(const char *path, const char *mark, const char *what, bool force, Err *err) {
    struct stat there, link;
    TRY(output_named(path, err));
    bool exists = stat(path, &there) == 0;
    if (exists && S_ISDIR(there.st_mode))
        return err_set(err, ERR_INPUT, "%s: is a folder; name a file", path);
    if (exists && !S_ISREG(there.st_mode))
        return err_set(err, ERR_INPUT, "%s: a device or pipe, not a regular file; name a file to write",
                       path);
    if (!exists && lstat(path, &link) == 0 && S_ISLNK(link.st_mode))
        return err_set(err, ERR_INPUT, "%s: a link that leads nowhere; remove it, or name another place",
                       path);
    TRY(folder_takes_files(output_target(path), err));
    if (force || !exists || (mark && begins_as_ours(path, mark))) return OK;
    if (!mark)
        return err_set(err, ERR_INPUT, "%s: exists; choose another file, or replace it with --force", path);
    return err_set(err, ERR_INPUT,
                   "%s: exists and is not %s; choose another file, or replace it with --force", path, what);
}

Status output_not_input(const char *path, const char *input, const char *what, Err *err) {
    struct stat x, y;
    if (stat(path, &x) != 0 || stat(input, &y) != 0 || x.st_dev != y.st_dev || x.st_ino != y.st_ino)
        return OK;
    return err_set(err, ERR_INPUT, "%s: %s", path, what);
}
