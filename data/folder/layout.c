#include "data/folder/layout.h"

#include <stdio.h>
#include <string.h>

Status folder_paths(FolderPaths *paths, const char *dir, Err *err) {
    if (!dir[0]) return err_set(err, ERR_INPUT, "facts: the path of the fact set is empty (key facts.path)");
    if (strlen(dir) >= CONFIG_PATH_MAX)
        return err_set(err, ERR_INPUT, "facts: a path of %zu bytes, at most %d are possible", strlen(dir),
                       CONFIG_PATH_MAX - 1);
    snprintf(paths->records, sizeof paths->records, "%s/" RECORDS_NAME, dir);
    snprintf(paths->vocab, sizeof paths->vocab, "%s/" VOCAB_NAME, dir);
    snprintf(paths->manifest, sizeof paths->manifest, "%s/" MANIFEST_NAME, dir);
    snprintf(paths->tokenizer, sizeof paths->tokenizer, "%s/" TOKENS_NAME, dir);
    snprintf(paths->lock, sizeof paths->lock, "%s/" LOCK_NAME, dir);
    return OK;
}

bool folder_kind_plain(const char *kind) {
    return !strcmp(kind, "random") || !strcmp(kind, "import") || !strcmp(kind, "text");
}

bool folder_plain(const FactSet *facts) {
    return folder_kind_plain(facts->kind) && facts->n_pool == facts->n && !facts->n_fields &&
           !facts->vocab.tokens;
}
