/* rote bench: single matrix products, on one thread. */
#include "base/clock.h"
#include "base/memory.h"
#include "cli/bench/bench.h"
#include "cli/common/estimate.h"
#include "cli/common/progress.h"

typedef struct BenchProduct {
    const char *name;
    int M, N, K;
    bool a_transposed, b_transposed;
} BenchProduct;
static const BenchProduct products[] = {{"forward NT 512x128x32", 512, 128, 32, false, true},
                                        {"input gradient NN 512x32x128", 512, 32, 128, false, false},
                                        {"weight gradient TN 128x32x512", 128, 32, 512, true, false},
                                        {"forward NT 512x512x128", 512, 512, 128, false, true},
                                        {"input gradient NN 512x128x512", 512, 128, 512, false, false},
                                        {"weight gradient TN 512x128x512", 512, 128, 512, true, false},
                                        {"forward NT 256x2048x512", 256, 2048, 512, false, true},
                                        {"input gradient NN 256x512x2048", 256, 512, 2048, false, false},
                                        {"weight gradient TN 2048x512x256", 2048, 512, 256, true, false},
                                        {"logits NN 64x2048x64", 64, 2048, 64, false, false},
                                        {"scores NT 64x64x32", 64, 64, 32, false, true}};
static const BenchColumn columns[] = {{"name", "products, 1 thread", -34, TEXT, 0},
                                      {"gflops", "GFLOP/s", 8, FIXED, 1},
                                      {"share_of_peak", "share", 8, PERCENT, 1},
                                      {0}};
enum { MAX_REALS = 2048 * 512 + 2048 * 2048, ROUNDS = 7 };

static json_t *time_product(const BenchProduct *p, const Ops *ops, real *c, const real *a, const real *b,
                            real *scratch) {
    View va = p->a_transposed ? (View){a, 1, p->M} : (View){a, p->K, 1};
    View vb = p->b_transposed ? (View){b, 1, p->K} : (View){b, p->N, 1};
    double flops = 2.0 * p->M * p->N * p->K, rates[ROUNDS], peaks[ROUNDS];
    int repeat = (int)(2e8 / flops) + 1;
    for (int r = 0; r < ROUNDS; r++) {
        double start = clock_s();
        for (int i = 0; i < repeat; i++)
            ops->gemm(c, p->N, va, vb, GEMM_ZERO, NULL, p->M, p->N, p->K, scratch);
        rates[r] = flops * repeat / (clock_s() - start) * 1e-9;
        peaks[r] = peak_flops_per_s(ops, 1) * 1e-9;
    }
    double rate = median(rates, ROUNDS), peak = median(peaks, ROUNDS);
    return json_pack("{ss sf sf}", "name", p->name, "gflops", rate, "share_of_peak", rate / peak);
}

Status bench_products(const BenchOptions *options, json_t *report, Err *err) {
    const Ops *ops;
    TRY(ops_select(&ops, err));
    real *a = memory_alloc(MAX_REALS * sizeof(real)), *b = memory_alloc(MAX_REALS * sizeof(real));
    real *c = memory_alloc(MAX_REALS * sizeof(real)),
         *scratch = memory_alloc(GEMM_SCRATCH_REALS * sizeof(real));
    Status status = OK;
    if (!a || !b || !c || !scratch) {
        status = err_set(err, ERR_NOMEM, "bench: no memory for the products");
        goto done;
    }
    for (int i = 0; i < MAX_REALS; i++) a[i] = b[i] = (real)(i % 17) - 8;
    BenchTable table = table_begin(options, report, "kernels", columns);
    for (size_t i = 0; i < sizeof products / sizeof *products; i++)
        table_add(&table, time_product(&products[i], ops, c, a, b, scratch));
done:
    memory_free(a);
    memory_free(b);
    memory_free(c);
    memory_free(scratch);
    return status;
}
