#include "data/kinds/names.h"

Status names_make(Names *out, const FactsConfig *config, int32_t *next_symbol, Err *err) {
    const Sizes *sizes = &config->name_sizes;
    if (sizes->n > NAME_PARTS_MAX)
        return err_set(err, ERR_INPUT,
                       "facts.name_sizes: %d lists, but a name has at most %d parts (first, middle, last)",
                       sizes->n, NAME_PARTS_MAX);
    *out = (Names){.n_parts = sizes->n, .count = 1};
    for (int p = 0; p < sizes->n; p++) {
        out->part[p] = list_make(sizes->size[p], config->symbols, next_symbol);
        out->count *= sizes->size[p];
        out->len += out->part[p].len;
    }
    if (out->count >= 0x1p53)
        return err_set(err, ERR_INPUT,
                       "facts.name_sizes: %.3g names, at most 2^53 are possible; lower a size", out->count);
    return OK;
}

Status names_enough(const Names *names, int n, Err *err) {
    if (n <= names->count) return OK;
    return err_set(
        err, ERR_INPUT,
        "facts.n: %d people, but there are only %.0f names; lower facts.n, or raise facts.name_sizes", n,
        names->count);
}

void names_parts(const Names *names, uint64_t name, int parts[NAME_PARTS_MAX]) {
    for (int p = names->n_parts; p-- > 0; name /= (uint64_t)names->part[p].size)
        parts[p] = (int)(name % (uint64_t)names->part[p].size);
}

void names_write(Writer *w, const Names *names, uint64_t name, uint8_t field) {
    int parts[NAME_PARTS_MAX];
    names_parts(names, name, parts);
    for (int p = 0; p < names->n_parts; p++) write_entry(w, &names->part[p], parts[p], field);
}
