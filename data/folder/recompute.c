#include "data/folder/recompute.h"

#include <string.h>

#include "data/pool.h"

static Status differs(const char *path, const char *name, const json_t *said, const char *source,
                      double counted, Err *err) {
    char text[64] = "no number";
    if (json_is_integer(said)) snprintf(text, sizeof text, "%lld", (long long)json_integer_value(said));
    else if (json_is_number(said)) snprintf(text, sizeof text, "%.17g", json_number_value(said));
    else if (json_is_null(said)) snprintf(text, sizeof text, "null");
    if (counted != counted) return err_set(err, ERR_FORMAT, "%s: %s is %s, expected null", path, name, text);
    return err_set(err, ERR_FORMAT, "%s: %s is %s, but %s %.17g", path, name, text, source, counted);
}

/* Compares a figure of the manifest with the computed one; NAN: there is none. */
static Status same_figure(const char *path, const char *name, const json_t *said, const char *source,
                          double counted, Err *err) {
    bool right =
        counted != counted ? json_is_null(said) : json_is_number(said) && json_number_value(said) == counted;
    return right ? OK : differs(path, name, said, source, counted, err);
}

static Status same_text(const char *path, const char *name, const char *said, const char *expected,
                        Err *err) {
    if (strcmp(said, expected) == 0) return OK;
    return err_set(err, ERR_FORMAT, "%s: %s is \"%.120s\", expected \"%.120s\"", path, name, said, expected);
}

static Status same_size(const char *path, const char *name, long long said, long long planned, Err *err) {
    if (said == planned) return OK;
    return err_set(err, ERR_FORMAT, "%s: %s is %lld, but a draw with the recorded keys gives %lld", path,
                   name, said, planned);
}

/* Nobody knows what these facts were drawn with. */
static Status claims_nothing(FactSet *facts, const Manifest *m, const char *path, Err *err) {
    facts->entropy_known = false;
    facts->data_bits = facts->data_bits_set = facts->ceiling_bits = __builtin_nan("");
    facts->answer_bits = 0;
    if (json_is_null(m->entropy_bits)) return OK;
    return err_set(
        err, ERR_FORMAT,
        "%s: entropy_bits is %.17g, but version %d does not name what these facts were drawn with, so "
        "it cannot be computed; make the set again (rote facts make)",
        path, json_number_value(m->entropy_bits), m->version);
}

/* Draws the facts once more; they must be the same. */
static Status draw_again(FactSet *planned, const FactSet *facts, const FolderPaths *paths, Err *err) {
    TRY(pool_draw(kind_named(facts->kind), planned, err));
    TRY(facts_hash(planned, err));
    if (strcmp(planned->data_hash, facts->data_hash) == 0) return OK;
    return err_set(
        err, ERR_FORMAT,
        "%s: its content has the hash %s, but what manifest.json records as its draw (kind, sizes, "
        "seed) gives %s: one was altered",
        paths->records, facts->data_hash, planned->data_hash);
}

static Status same_plan(const FactSet *facts, const FactSet *planned, const char *path, Err *err) {
    TRY(same_size(path, "n", facts->n, planned->n, err));
    TRY(same_size(path, "pool: heldout", facts->n_heldout, planned->n_heldout, err));
    TRY(same_size(path, "pool: variants", facts->n_variants, planned->n_variants, err));
    TRY(same_size(path, "pool: junk", facts->n_junk, planned->n_junk, err));
    TRY(same_size(path, "max_len", facts->max_len, planned->max_len, err));
    TRY(same_size(path, "vocab_size", facts->vocab.size, planned->vocab.size, err));
    if (facts->seed == planned->config.seed) return OK;
    return err_set(err, ERR_FORMAT, "%s: seed is %llu, but drawn_with has facts.seed=%llu", path,
                   (unsigned long long)facts->seed, (unsigned long long)planned->config.seed);
}

Status recompute_drawn(FactSet *facts, const Manifest *manifest, const FolderPaths *paths, Err *err) {
    if (!facts->config.n) return claims_nothing(facts, manifest, paths->manifest, err);
    FactSet planned = {.vocab = {.eos = -1}, .seed = facts->config.seed, .config = facts->config};
    strcpy(planned.kind, facts->kind);
    Err why = {0};
    Status status = pool_plan(kind_named(facts->kind), &planned, &why);
    if (status != OK)
        TRY_GOTO(err_set(err, status == ERR_INPUT ? ERR_FORMAT : status, "%s: %s%s", paths->manifest,
                         manifest->drawn_with ? "drawn_with: " : "", why.msg));
    TRY_GOTO(same_plan(facts, &planned, paths->manifest, err));
    facts->entropy_known = planned.entropy_known;
    facts->data_bits = planned.data_bits;
    facts->data_bits_set = planned.data_bits_set;
    facts->ceiling_bits = planned.ceiling_bits;
    facts->answer_bits = planned.answer_bits;
    strcpy(facts->derivation, planned.derivation);
    if (!manifest->sealed) TRY_GOTO(draw_again(&planned, facts, paths, err));
done:
    facts_free(&planned);
    return status;
}

Status recompute_compare(const FactSet *facts, const Manifest *manifest, const FolderPaths *paths, Err *err) {
    if (strcmp(manifest->data_hash, facts->data_hash) != 0)
        return err_set(err, ERR_FORMAT,
                       "%s: its content has the hash %s, manifest.json has %.40s: one was altered",
                       paths->records, facts->data_hash, manifest->data_hash);
    const char *path = paths->manifest;
    const bool known = facts->entropy_known;
    const double none = __builtin_nan("");
    const struct {
        const char *name;
        const json_t *said;
        double counted;
    } figures[] = {
        {"entropy_bits", manifest->entropy_bits, known ? facts->data_bits : none},
        {"data_bits_set", manifest->data_bits_set, known ? facts->data_bits_set : none},
        {"ceiling_bits", manifest->ceiling_bits, known ? facts->ceiling_bits : none},
        {"answer_bits", manifest->answer_bits, !known || facts->answer_bits > 0 ? facts->answer_bits : none},
        {"zlib_bytes", manifest->zlib_bytes, known ? none : (double)facts->zlib_bytes},
        {"max_len", json_object_get(manifest->root, "max_len"), facts->max_len},
        {"tokens", json_object_get(manifest->root, "tokens"), (double)facts->start[facts->n]},
        {"duplicates", json_object_get(manifest->root, "duplicates"), known ? 0 : facts->duplicates},
    };
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        TRY(same_figure(path, figures[i].name, figures[i].said,
                        known ? "these facts have" : "the records give", figures[i].counted, err));
    return same_text(path, "derivation", manifest->derivation, facts->derivation, err);
}
