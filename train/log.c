/* What a run writes while it trains: lines of metrics.jsonl (docs/formats.md), and progress. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/number.h"
#include "train/trainer.h"

void show_progress(Trainer *t, double loss_nats) {
    const ProgressSink *sink = &t->options->progress;
    if (!sink->update) return;
    double now = now_s(), seconds = now - t->shown_s;
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

void log_rules(Trainer *t) {
    for (int i = 0; i < t->neurons.n; i++) {
        const RuleSums *seen = &t->neurons.seen[i];
        char lambda[NUMBER_TEXT_MAX], loss[NUMBER_TEXT_MAX], hit[NUMBER_TEXT_MAX], far[NUMBER_TEXT_MAX];
        int units = t->state.neurons[i].n_units;
        if (units == 0) continue;
        folder_metrics(&t->folder,
                       "{\"step\":%" PRId64 ",\"rule\":%d,\"lambda\":%s,\"loss\":%s,\"hit\":%s,\"far\":%s}\n",
                       t->state.step, i, number_text(lambda, (double)t->neurons.rule[i].lambda),
                       number_text(loss, seen->loss), number_text(hit, rule_fired(seen, 1, units)),
                       number_text(far, rule_fired(seen, 0, units)));
    }
}

void log_evaluation(Trainer *t) {
    const Evaluation *e = &t->evaluation;
    char loss[NUMBER_TEXT_MAX], code[NUMBER_TEXT_MAX], memorized[NUMBER_TEXT_MAX], clipped[NUMBER_TEXT_MAX],
        recall[NUMBER_TEXT_MAX], heldout[160] = "";
    if (e->heldout)
        snprintf(heldout, sizeof heldout, ",\"heldout_loss_nats\":%s,\"mia_auc\":%s,\"mia_f1\":%s",
                 number_text(loss, e->heldout_loss_nats), number_text(code, e->membership.auc),
                 number_text(recall, e->membership.f1));
    folder_metrics(&t->folder,
                   "{\"step\":%" PRId64 ",\"eval\":{\"loss_nats\":%s,\"code_bits\":%s,\"memorized_bits\":%s,"
                   "\"memorized_bits_clipped\":%s,\"recall\":%s%s}}\n",
                   t->state.step, number_text(loss, e->loss_nats), number_text(code, e->code_bits),
                   number_text(memorized, e->memorized_bits), number_text(clipped, e->memorized_bits_clipped),
                   number_text(recall, e->recall), heldout);
}
