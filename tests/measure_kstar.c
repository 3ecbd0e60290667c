/* The study behind k* (eval/logits/kstar.h), by simulation.
 *   measure_kstar q DRAWS V...       the calibrated q: the 5 % quantile of kstar_min_q on noise, with its error
 *   measure_kstar power DRAWS V...   with the q that stands in kstar.c: false alarms, power against one planted logit,
 *                                    five planted logits, and the share of outliers at which masking begins */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "eval/logits/kstar.h"
#include "eval/stats/stats.h"

static const uint64_t SEED = 20261128;

/* V sorted normals, `planted` of them at `height` instead, the largest first. */
static void draw(double *z, int V, int planted, double height, uint32_t sub, uint64_t i) {
    Stream stream = random_stream(SEED, RANDOM_TEST, sub);
    for (int v = 0; v < V; v++)
        z[v] = v < planted ? -height : random_normal(stream, i * (uint64_t)V + (uint64_t)v);
    sort_doubles(z, V);
    for (int v = 0; v < V; v++) z[v] = -z[v];
}

/* Share of draws with least <= k* <= most. */
static double share(const KStarTable *table, double *z, int planted, double height, int least, int most,
                    int draws) {
    int hits = 0;
    for (int i = 0; i < draws; i++) {
        draw(z, table->V, planted, height, (uint32_t)(100 + planted), (uint64_t)i);
        int k = kstar_of(table, z).k;
        hits += k >= least && k <= most;
    }
    return (double)hits / draws;
}

static int calibrate(const KStarTable *table, double *z, int draws) {
    double *least = malloc((size_t)draws * sizeof *least);
    if (!least) return 1;
    for (int i = 0; i < draws; i++) {
        draw(z, table->V, 0, 0, 1, (uint64_t)i);
        least[i] = kstar_min_q(table, z);
    }
    sort_doubles(least, draws);
    double error = sqrt(KSTAR_LEVEL * (1 - KSTAR_LEVEL) / draws);
    printf("%6d  q %.5f +- %.5f, in use %.5f\n", table->V, quantile_sorted(least, draws, KSTAR_LEVEL),
           (quantile_sorted(least, draws, KSTAR_LEVEL + error) -
            quantile_sorted(least, draws, KSTAR_LEVEL - error)) /
               2,
           table->q);
    free(least);
    return 0;
}

static void power(const KStarTable *table, double *z, int draws) {
    int V = table->V;
    printf("%6d  alarms %.4f  one at", V, share(table, z, 0, 0, 1, V, draws));
    for (int height = 3; height <= 8; height++)
        printf(" %d: %.4f", height, share(table, z, 1, height, 1, V, draws));
    printf("  five at 6, all: %.4f, and more: %.4f  share of outliers at 6, all found:",
           share(table, z, 5, 6, 5, V, draws), share(table, z, 5, 6, 6, V, draws));
    static const int percent[] = {10, 15, 20, 25, 30, 35, 40, 45};
    for (size_t i = 0; i < sizeof percent / sizeof *percent; i++) {
        int planted = (V * percent[i] + 99) / 100;
        printf(" %d %%: %.4f", percent[i], share(table, z, planted, 6, planted, V, draws / 4));
    }
    printf("\n");
}

int main(int argc, char **argv) {
    if (argc < 4 || (strcmp(argv[1], "q") && strcmp(argv[1], "power"))) return 2;
    int draws = atoi(argv[2]);
    for (int i = 3; i < argc; i++) {
        KStarTable table;
        Err err;
        int V = atoi(argv[i]);
        double *z = malloc((size_t)V * sizeof *z);
        if (!z || kstar_table(&table, V, &err) != OK) return 1;
        if (!strcmp(argv[1], "power")) power(&table, z, draws);
        else if (calibrate(&table, z, draws)) return 1;
        fflush(stdout);
        kstar_table_free(&table);
        free(z);
    }
    return 0;
}
