#include "eval/report/recall.h"

#include <math.h>
#include <string.h>

#include "base/exact.h"
#include "base/number.h"
#include "eval/capacity/words.h"
#include "eval/plot/plot.h"
#include "eval/report/page.h"

static const struct {
    const char *key;
    double bits;
} baselines[RECALL_BASELINES] = {
    {"answer_bits", 1}, {"zlib_bytes", 8}, {"order0_bits", 1}, {"order1_bits", 1}, {"order2_bits", 1}};

const char *const recall_baseline_name[RECALL_BASELINES] = {
    "the answers alone, by how often each occurs", "everything, packed by zlib",
    "its bytes, by how often each occurs", "its bytes, given the one before",
    "its bytes, given the two before"};

double recall_baseline(const SweptRun *run, int i) {
    return sweep_figure(run, baselines[i].key) * baselines[i].bits;
}

static double largest_facts(const Series *s) {
    double max = 0;
    for (int i = 0; i < s->n_sizes; i++)
        if (s->sizes[i].facts > max) max = s->sizes[i].facts;
    return max;
}

static const SweptRun *run_of(const Series *s, double facts) {
    for (int i = 0; i < s->n_runs; i++)
        if (sweep_figure(s->runs[i].run, "facts") == facts) return s->runs[i].run;
    return s->runs[0].run;
}

void recall_headline(FILE *out, const Series *s) {
    char number[48], count[48];
    double facts = largest_facts(s);
    const Architecture *all = smallest_recall(s, facts, 1);
    page_number(count, facts, 0);
    if (all)
        fprintf(out, "<b>%s parameters recall all %s facts</b>", page_number(number, (double)all->params, 0),
                count);
    else fprintf(out, "<b>No model recalls all %s facts</b>", count);
}

/* For the largest fact set: the smallest model that recalls it, or the one with the shortest code length. */
static const SizeSummary *summary_shown(const Series *s) {
    double facts = largest_facts(s);
    const Architecture *all = smallest_recall(s, facts, 1);
    const SizeSummary *best = NULL;
    for (int i = 0; i < s->n_sizes; i++) {
        const SizeSummary *size = &s->sizes[i];
        if (size->facts != facts) continue;
        if (all && &s->architectures[size->architecture] == all) return size;
        if (!best || size->mean[FIG_CODE_BITS] < best->mean[FIG_CODE_BITS]) best = size;
    }
    return best;
}

void recall_words(FILE *out, const Series *s) {
    const SizeSummary *size = summary_shown(s);
    char number[48], count[48];
    if (!size) return;
    fprintf(out, "<p>Coding these %s facts costs %s bits with ", page_number(count, size->facts, 0),
            page_number(number, size->mean[FIG_CODE_BITS], 0));
    write_escaped(out, s->architectures[size->architecture].label);
    fputs(", every token counted", out);
    const SweptRun *run = run_of(s, size->facts);
    for (int i = 0, n = 0; i < RECALL_BASELINES; i++) {
        double bits = recall_baseline(run, i);
        if (!isfinite(bits)) continue;
        fprintf(out, "%s%s bits for ", n++ ? ", " : ". Without a model: ", page_number(number, bits, 0));
        write_escaped(out, recall_baseline_name[i]);
    }
    fprintf(
        out,
        ". A model that knows all of them still pays log<sub>2</sub>&nbsp;N bits for each, %s together, to "
        "say which one it is.</p>",
        page_number(number, size->facts * exact_log(size->facts) * EXACT_LOG2_E, 0));
}

/* Mean over seeds, with minimum and maximum if they differ. */
static void spread_cell(FILE *out, const Series *s, const SizeSummary *size, const char *key, double mean,
                        double unit, int decimals) {
    char value[48], low_text[48], high_text[48];
    double low = INFINITY, high = -INFINITY, longest = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < s->n_runs; i++) {
            const SeriesRun *r = &s->runs[i];
            double v = sweep_figure(r->run, key) * unit;
            if (r->architecture != size->architecture || sweep_figure(r->run, "facts") != size->facts)
                continue;
            if (pass == 0 && r->point.budget > longest) longest = r->point.budget;
            if (pass == 0 || r->point.budget != longest) continue;
            if (v < low) low = v;
            if (v > high) high = v;
        }
    fprintf(out, "<td>%s", page_number(value, mean * unit, decimals));
    page_number(low_text, low, decimals);
    page_number(high_text, high, decimals);
    if (strcmp(low_text, high_text) != 0)
        fprintf(out, " <span class=\"dim\">(%s to %s)</span>", low_text, high_text);
    fputs("</td>", out);
}

static double next_facts(const Series *s, double before) {
    double facts = INFINITY;
    for (int i = 0; i < s->n_sizes; i++)
        if (s->sizes[i].facts > before && s->sizes[i].facts < facts) facts = s->sizes[i].facts;
    return facts;
}

static void baseline_rows(FILE *out, const Series *s) {
    for (double facts = next_facts(s, 0); facts < INFINITY; facts = next_facts(s, facts))
        for (int i = 0; i < RECALL_BASELINES; i++) {
            double bits = recall_baseline(run_of(s, facts), i);
            if (!isfinite(bits)) continue;
            fputs("<tr><td class=\"name\" colspan=\"2\">", out);
            write_escaped(out, recall_baseline_name[i]);
            fputs("</td>", out);
            page_cell(out, facts, 0);
            fputs("<td></td>", out);
            page_cell(out, bits, 0);
            fputs("<td></td><td></td><td></td></tr>\n", out);
        }
}

void recall_table(FILE *out, const Series *s) {
    fputs("<div class=\"wide\"><table class=\"sort\">\n<thead><tr><th class=\"name\">model</th>"
          "<th>parameters</th><th>facts</th><th>recall</th><th>code bits</th><th>loss, bits/token</th>"
          "<th>exposures</th><th>seeds</th></tr></thead>\n<tbody>\n",
          out);
    for (int i = 0; i < s->n_sizes; i++) {
        const SizeSummary *size = &s->sizes[i];
        const Architecture *a = &s->architectures[size->architecture];
        fputs(smallest_recall(s, size->facts, 1) == a ? "<tr class=\"best\">" : "<tr>", out);
        page_text_cell(out, a->label);
        page_cell(out, (double)a->params, 0);
        page_cell(out, size->facts, 0);
        spread_cell(out, s, size, "recall", size->mean[FIG_RECALL], 1, 3);
        spread_cell(out, s, size, "code_bits", size->mean[FIG_CODE_BITS], 1, 0);
        spread_cell(out, s, size, "loss_nats", size->mean[FIG_LOSS_NATS], bits_of_nats(1), 4);
        page_cell(out, size->mean[FIG_EXPOSURES], 0);
        page_cell(out, size->n_runs, 0);
        fputs("</tr>\n", out);
    }
    fputs("</tbody>\n<tfoot>\n", out);
    baseline_rows(out, s);
    fputs("</tfoot></table></div>\n<p class=\"dim\">At the longest budget of each: the mean over seeds, from "
          "lowest to highest. The smallest model whose every seed recalls all is set in bold.</p>\n",
          out);
}
