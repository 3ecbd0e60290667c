/* What a run writes while it trains: lines of metrics.jsonl (docs/formats.md), and progress. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/number.h"
#include "model/quantize.h"
#include "train/trainer.h"

void show_progress(Trainer *t, double loss_nats) {
    const ProgressSink *sink = &t->options->progress;
    if (!sink->update) return;
    double now = clock_s(), seconds = now - t->shown_s;
    if (seconds < 0.25 && t->state.step < t->config.train.max_steps) return;
    int64_t step = t->state.step, left = t->config.train.max_steps - step;
    double rate = seconds > 0 ? (double)(t->state.tokens - t->shown_tokens) / seconds : 0;
    double tokens_a_step = (double)t->state.tokens / (double)step;
    Progress progress = {.step = step,
                         .max_steps = t->config.train.max_steps,
                         .loss_bits = bits_of_nats(loss_nats),
                         .tokens_per_s = rate,
                         .eta_s = rate > 0 ? (double)left * tokens_a_step / rate : 0};
    sink->update(sink->user, &progress);
    t->shown_s = now;
    t->shown_tokens = t->state.tokens;
}

void log_step(Trainer *t, double loss_nats, double rate, double norm) {
    char loss[NUMBER_TEXT_MAX], lr[NUMBER_TEXT_MAX], length[NUMBER_TEXT_MAX];
    folder_metrics(&t->folder, "{\"step\":%" PRId64 ",\"loss_nats\":%s,\"lr\":%s,\"grad_norm\":%s}\n",
                   t->state.step, number_text(loss, loss_nats), number_text(lr, rate),
                   number_text(length, norm));
}

void trainer_figures(const Trainer *t, const Evaluation *evaluation, const RunCounts *counts,
                     RunFigures *out) {
    Kept kept = {.facts = selection_kept(&t->selection, t->selection.rounds)};
    if (t->selection.n && evaluation) kept_measure(&kept, &t->evaluator, &t->selection);
    FigureSources from = {.config = &t->config,
                          .facts = t->facts,
                          .evaluation = evaluation,
                          .kept = t->selection.n ? &kept : NULL,
                          .params = t->gpt.table.total,
                          .weight_bits = quantize_weight_bits(&t->gpt.table, t->config.train.quantize),
                          .counts = counts};
    result_figures(out, &from);
}

void log_evaluation(Trainer *t) {
    RunFigure logged[FIGURE_COUNT];
    RunFigures figures;
    trainer_figures(t, &t->evaluation, NULL, &figures);
    char text[FIGURE_COUNT * 64];
    int n = figures_listed(FIGURES_LOGGED, logged), used = 0;
    for (int i = 0; i < n; i++) {
        char number[NUMBER_TEXT_MAX];
        RunFigure f = logged[i];
        if (!figures.present[f]) continue;
        used += snprintf(text + used, sizeof text - (size_t)used, "%s\"%s\":%s", used ? "," : "",
                         figure_rows[f].key, figure_number(number, f, figures.value[f]));
    }
    folder_metrics(&t->folder, "{\"step\":%" PRId64 ",\"eval\":{%s}}\n", t->state.step, text);
}
