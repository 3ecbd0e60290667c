/* A file that rote did not write is never replaced without --force. */
#include "cli/common/output.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

static bool begins_as_ours(const char *path, const char *mark) {
    char head[4096];
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    size_t size = fread(head, 1, sizeof head, file);
    fclose(file);
    return memmem(head, size, mark, strlen(mark)) != NULL;
}

Status input_check(const char *path, Err *err) {
    return file_exists(path) ? OK : err_set(err, ERR_INPUT, "%s: there is no such file", path);
}

Status output_check(const char *path, const char *mark, const char *what, bool force, Err *err) {
    struct stat there;
    if (stat(path, &there) == 0 && S_ISDIR(there.st_mode))
        return err_set(err, ERR_INPUT, "%s: a folder; name a file to write", path);
    if (force || !file_exists(path) || (mark && begins_as_ours(path, mark))) return OK;
    if (!mark)
        return err_set(err, ERR_INPUT, "%s: exists; name another place, or replace it with --force", path);
    return err_set(err, ERR_INPUT, "%s: exists and is not %s; name another place, or replace it with --force",
                   path, what);
}
