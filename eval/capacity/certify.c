#include "eval/capacity/certify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/archive/side_info.h"

bool archive_leaks(double archive_bits, double data_bits) { return archive_bits < data_bits - LEAK_BITS; }

static Status read_back(const Bytes *archive, const Gpt *g, const FactSet *facts, bool as_set, Err *err) {
    CodedFacts c = {0};
    Bytes in = {0}, out = {0};
    Status status = OK;
    TRY_GOTO(coded_facts_of(&c, facts, as_set, err));
    TRY_GOTO(coded_facts_content(&in, &c, err));
    TRY_GOTO(two_part_read(&out, "archive", archive->data, archive->size, 0, g->ops, err));
    if (in.size != out.size || memcmp(in.data, out.data, in.size) != 0)
        status =
            err_set(err, ERR_FORMAT, "the archive gives back other facts than went in: a fault of rote's");
done:
    bytes_free(&in);
    bytes_free(&out);
    coded_facts_free(&c);
    return status;
}

static double min(double a, double b) { return a < b ? a : b; }

Status certify(Certificate *out, const Gpt *g, Quantize weight_format, const FactSet *facts,
               const CertifyOptions *options, Err *err) {
    Gpt small;
    Bytes archive = {0};
    TwoPartSizes sizes;
    if (!facts->entropy_known)
        return err_set(err, ERR_INPUT, "the entropy of these facts is unknown: nothing to certify");
    bool stay = options->kind == weight_format;
    TRY(quantized_model(&small, g, stay ? QUANTIZE_NONE : options->kind, stay ? METHOD_RTN : options->method,
                        facts, options->threads, err));
    Status status = OK;
    TwoPartOptions how = {options->kind, options->as_set, options->threads};
    TRY_GOTO(two_part_write(&archive, &small, facts, &how, &sizes, err));
    TRY_GOTO(read_back(&archive, g, facts, options->as_set, err));
    Certificate c = {.data_bits = options->as_set ? facts->data_bits_set : facts->data_bits,
                     .code_bits = 8.0 * (double)(sizes.stream + sizes.side),
                     .archive_bits = 8.0 * (double)archive.size,
                     .weight_bits = (double)quantize_weight_bits(&g->table, options->kind),
                     .stored_bits = 8.0 * (double)sizes.weights};
    c.certified_bits = c.data_bits - c.code_bits;
    c.ceiling_bits = min(c.weight_bits, options->as_set ? facts->data_bits_set : facts->ceiling_bits);
    c.leaks = archive_leaks(c.archive_bits, c.data_bits);
    *out = c;
done:
    bytes_free(&archive);
    gpt_free(&small);
    return status;
}

/* ---- over runs ---- */

Status certified_mean(CertifiedMean *out, const CertifiedRun *runs, int n, Err *err) {
    double *memorized = calloc(3 * (size_t)n, sizeof *memorized), *certified = memorized + n;
    if (!memorized) return err_set(err, ERR_NOMEM, "no memory for %d certificates", n);
    double *share = certified + n;
    CertifiedMean m = {.n_runs = n};
    for (int i = 0; i < n; i++) {
        const Certificate *c = &runs[i].certificate;
        double margin = c->archive_bits - c->data_bits;
        if (i == 0 || margin < m.min_margin) m.min_margin = margin;
        m.data_bits += c->data_bits / n;
        m.ceiling_bits += c->ceiling_bits / n;
        m.weight_bits += c->weight_bits / n;
        m.stored_bits += c->stored_bits / n;
        int first = 0, same = 0, at = m.n_draws;
        while (strcmp(runs[first].data_hash, runs[i].data_hash) != 0) first++;
        if (first < i) continue;
        for (int j = i; j < n; j++) {
            if (strcmp(runs[j].data_hash, runs[i].data_hash) != 0) continue;
            memorized[at] += runs[j].memorized_bits;
            certified[at] += runs[j].certificate.certified_bits;
            same++;
        }
        share[at] = memorized[at] > 0 ? certified[at] / memorized[at] : NAN;
        memorized[at] /= same;
        certified[at] /= same;
        m.n_draws++;
    }
    m.memorized = mean_interval(memorized, m.n_draws);
    m.certified = mean_interval(certified, m.n_draws);
    m.share = mean_interval(share, m.n_draws);
    free(memorized);
    *out = m;
    return OK;
}
