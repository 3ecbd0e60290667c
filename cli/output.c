/* What is written where the user says never takes the place of what is not ours. */
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"

static bool begins_as_ours(const char *path, const char *mark) {
    char head[4096];
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    size_t size = fread(head, 1, sizeof head, file);
    fclose(file);
    return memmem(head, size, mark, strlen(mark)) != NULL;
}

Status output_check(const char *path, const char *mark, const char *what, bool force, Err *err) {
    if (force || !file_exists(path) || begins_as_ours(path, mark)) return OK;
    return err_set(err, ERR_INPUT, "%s: exists and is not %s; name another place, or replace it with --force",
                   path, what);
}
