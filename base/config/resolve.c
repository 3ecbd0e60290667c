/* Conditions between keys, and between keys and facts; and the values that defaults leave open. */
#include <inttypes.h>
#include <limits.h>

#include <string.h>

#include "base/config/keys.h"
#include "base/config/kinds.h"
#include "base/config/match.h"
#include "base/config/rules.h"

static long long ll(int64_t value) { return (long long)value; }

/* The figures of a fact set that is read replace the keys that describe random facts; a value other than the default
 * (`initial`) must agree with them. */
static Status adopt(int *key, const char *name, int actual, int initial, const char *unit, Err *err) {
    if (*key != actual && *key != initial)
        return err_set(err, ERR_INPUT, "%s is %d, but the fact set has %d %s; leave the key out or set %s=%d",
                       name, *key, actual, unit, name, actual);
    *key = actual;
    return OK;
}

static Status check_junk_keys(const FactsConfig *facts, Err *err) {
    if (facts->kind != FACTS_FILE && (facts->junk_n > 0) != (facts->junk_ratio > 0))
        return err_set(
            err, ERR_INPUT,
            "facts.junk_n is %d and facts.junk_ratio is %.15g: junk needs a number of different sequences "
            "and a ratio; set both",
            facts->junk_n, facts->junk_ratio);
    return OK;
}

Status config_resolve_facts(FactsConfig *facts, int n_facts, int max_len, int vocab_size, Err *err) {
    TRY(config_pool_check(facts, err));
    TRY(check_junk_keys(facts, err));
    if (!facts_are_read(facts->kind)) return OK;
    Config initial;
    config_defaults(&initial);
    TRY(adopt(&facts->n, "facts.n", n_facts, initial.facts.n, "facts", err));
    if (facts->kind == FACTS_FILE)
        TRY(adopt(&facts->seq_len, "facts.seq_len", max_len, initial.facts.seq_len,
                  "tokens in its longest fact", err));
    TRY(adopt(&facts->vocab_size, "facts.vocab_size", vocab_size, initial.facts.vocab_size, "symbols", err));
    if (!facts->n_given) facts->seed = 0; /* nothing was chosen by it */
    facts->n_given = true;
    return OK;
}

static Status check_rope(const ModelConfig *m, Err *err) {
    if (m->rope_scaling == ROPE_UNSCALED) return OK;
    if (m->pos != POS_ROPE)
        return err_set(err, ERR_INPUT, "model.rope_scaling is %s, but model.pos is %s; set pos to rope",
                       config_choice("model.rope_scaling", (int)m->rope_scaling),
                       config_choice("model.pos", (int)m->pos));
    if (m->rope_scaling == ROPE_LLAMA3 && m->rope_high_freq <= m->rope_low_freq)
        return err_set(
            err, ERR_INPUT,
            "model.rope_low_freq is %.15g and model.rope_high_freq is %.15g: the second must be larger",
            m->rope_low_freq, m->rope_high_freq);
    return OK;
}

Status config_resolve_model(ModelConfig *m, int max_len, int vocab_size, Err *err) {
    if (m->n_kv_head == 0) m->n_kv_head = m->n_head;
    if (m->block_size == 0) m->block_size = max_len;
    vocab_size += m->tool.n_marks;
    if (m->vocab_size == 0) m->vocab_size = vocab_size;
    if (m->match_params > 0 && m->mlp == MLP_NONE) TRY(match_width(m, err));
    if (m->attn == ATTN_CAUSAL && !m->head_dim && m->n_embd % m->n_head != 0)
        return err_set(
            err, ERR_INPUT,
            "model.n_embd is %d and model.n_head is %d: n_head must divide n_embd; set n_embd to %lld, "
            "n_head to 1, or model.head_dim",
            m->n_embd, m->n_head, ll(((int64_t)m->n_embd / m->n_head + 1) * m->n_head));
    if (m->attn == ATTN_CAUSAL && m->n_head % m->n_kv_head != 0)
        return err_set(
            err, ERR_INPUT,
            "model.n_head is %d and model.n_kv_head is %d: n_kv_head must divide n_head; set n_kv_head to 0 "
            "(as many as n_head), or to 1",
            m->n_head, m->n_kv_head);
    TRY(check_rope(m, err));
    if (max_len > m->block_size)
        return err_set(err, ERR_INPUT,
                       "the longest fact has %d tokens and model.block_size is %d; set model.block_size to 0 "
                       "or at least %d",
                       max_len, m->block_size, max_len);
    if (vocab_size > m->vocab_size)
        return err_set(err, ERR_INPUT,
                       "the facts %shave %d symbols and model.vocab_size is %d; set model.vocab_size to "
                       "0 or at least %d",
                       m->tool.n_marks ? "with the marks of calls " : "", vocab_size, m->vocab_size,
                       vocab_size);
    if (m->bos >= m->vocab_size)
        return err_set(err, ERR_INPUT, "model.bos is %d, but there are %d rows; set it to at most %d", m->bos,
                       m->vocab_size, m->vocab_size - 1);
    if (m->match_params > 0 && m->mlp == MLP_PLAIN) TRY(match_inner(m, err));
    if (m->n_inner == 0) m->n_inner = 4 * m->n_embd;
    return OK;
}

static Status resolve_steps(TrainConfig *t, Err *err) {
    if (t->warmup_steps > t->max_steps)
        return err_set(
            err, ERR_INPUT,
            "train.warmup_steps is %lld and train.max_steps is %lld: the warm-up must not be longer than the "
            "run; lower warmup_steps, or raise max_steps",
            ll(t->warmup_steps), ll(t->max_steps));
    if (t->decay_steps > t->max_steps)
        return err_set(
            err, ERR_INPUT,
            "train.decay_steps is %lld and train.max_steps is %lld: the decay must not be longer than the "
            "run; set decay_steps to 0 or at most %lld",
            ll(t->decay_steps), ll(t->max_steps), ll(t->max_steps));
    int64_t after_warmup = t->max_steps - t->warmup_steps;
    if (t->schedule == SCHED_WSD) {
        if (after_warmup == 0)
            return err_set(
                err, ERR_INPUT,
                "train.schedule is wsd and train.warmup_steps is %lld, all of train.max_steps: no step "
                "is left for the decay; set warmup_steps to at most %lld",
                ll(t->warmup_steps), ll(t->max_steps - 1));
        if (t->decay_steps == 0) {
            t->decay_steps = t->max_steps / 5 < after_warmup ? t->max_steps / 5 : after_warmup;
            if (t->decay_steps == 0) t->decay_steps = 1;
        }
        if (t->decay_steps > after_warmup)
            return err_set(err, ERR_INPUT,
                           "train.warmup_steps is %lld and train.decay_steps is %lld: their sum exceeds "
                           "train.max_steps, which is %lld; lower one of them",
                           ll(t->warmup_steps), ll(t->decay_steps), ll(t->max_steps));
        return OK;
    }
    if (t->decay_steps == 0) t->decay_steps = t->max_steps;
    if (t->schedule != SCHED_CONSTANT && t->decay_steps < t->warmup_steps)
        return err_set(
            err, ERR_INPUT,
            "train.decay_steps is %lld and train.warmup_steps is %lld: the decay ends before the warm-up; "
            "set decay_steps to 0 or at least %lld",
            ll(t->decay_steps), ll(t->warmup_steps), ll(t->warmup_steps));
    return OK;
}

Status config_choose_n(FactsConfig *facts, int n, Err *err) {
    Config initial;
    config_defaults(&initial);
    if (facts->n != n && facts->n != initial.facts.n)
        return err_set(err, ERR_INPUT,
                       "facts.n is %d, but facts.load=%.15g requires %d facts; leave one of the keys out",
                       facts->n, facts->load, n);
    facts->n = n;
    return OK;
}

/* The smallest number of steps in which n facts are trained `exposures` times, with the junk between them. */
static Status resolve_exposures(TrainConfig *t, int n_facts, double junk_ratio, Err *err) {
    if (t->exposures == 0) return OK;
    Config initial;
    config_defaults(&initial);
    double sequences = t->exposures * n_facts * (1 + junk_ratio), steps = sequences / t->batch_size;
    if (steps > 1e12)
        return err_set(
            err, ERR_INPUT,
            "train.exposures is %.15g: %d facts in batches of %d need %.3g steps, at most 1e12 are possible; "
            "raise train.batch_size",
            t->exposures, n_facts, t->batch_size, steps);
    int64_t needed = (int64_t)steps;
    if ((double)needed * t->batch_size < sequences) needed++;
    if (t->max_steps != needed && t->max_steps != initial.train.max_steps)
        return err_set(
            err, ERR_INPUT,
            "train.max_steps is %lld, but train.exposures=%.15g for %d facts in batches of %d requires %lld; "
            "leave one of the keys out",
            ll(t->max_steps), t->exposures, n_facts, t->batch_size, ll(needed));
    t->max_steps = needed;
    return OK;
}

/* train.select: one of the two sizes, and rounds in order. */
static Status check_select(const TrainConfig *t, Err *err) {
    bool keep = t->select_keep > 0, bits = t->select_bits > 0;
    const char *size = keep ? "select_keep" : "select_bits";
    if (t->select == SELECT_NONE) {
        if (!keep && !bits) return OK;
        return err_set(err, ERR_INPUT,
                       "train.%s is %.15g, but train.select is none, so no fact is dropped; set "
                       "train.select=loss, or leave %s out",
                       size, keep ? t->select_keep : t->select_bits, size);
    }
    if (keep == bits)
        return err_set(
            err, ERR_INPUT,
            "train.select is %s, and %s of train.select_keep and train.select_bits %s how many facts "
            "are kept; set one of them, such as select_keep=0.5 (half of the facts) or "
            "select_bits=1.5 (bits per parameter)",
            config_choice("train.select", (int)t->select), keep ? "both" : "neither", keep ? "say" : "says");
    if (t->select_rounds > 1 && t->select_end <= t->select_start)
        return err_set(
            err, ERR_INPUT,
            "train.select_start is %.15g and train.select_end is %.15g: the last of %d rounds must be "
            "after the first; raise select_end, or set select_rounds=1",
            t->select_start, t->select_end, t->select_rounds);
    return OK;
}

static Status resolve_train(TrainConfig *t, int n_facts, int max_len, double junk_ratio, Err *err) {
    if (t->batch_size == 0) t->batch_size = n_facts;
    TRY(resolve_exposures(t, n_facts, junk_ratio, err));
    if ((int64_t)t->batch_size * max_len > INT32_MAX)
        return err_set(
            err, ERR_INPUT,
            "train.batch_size is %d and the longest fact has %d tokens: a batch has at most %d tokens; set "
            "train.batch_size to at most %d",
            t->batch_size, max_len, INT32_MAX, INT32_MAX / max_len);
    if (t->min_lr > t->learning_rate)
        return err_set(
            err, ERR_INPUT,
            "train.min_lr is %.15g and train.learning_rate is %.15g: the learning rate would rise; lower "
            "min_lr",
            t->min_lr, t->learning_rate);
    if (t->parametrization == PARAM_MUP && t->optimizer == OPT_SGD)
        return err_set(
            err, ERR_INPUT,
            "train.parametrization is mup and train.optimizer is sgd, for which mup has no rule here; use "
            "adamw, muon or soap, or parametrization standard");
    if (*t->init_hash && !*t->init_from)
        return err_set(
            err, ERR_INPUT,
            "train.init_hash is %s, but train.init_from is empty; set it to a run, or leave init_hash out",
            quoted(t->init_hash, strlen(t->init_hash)).text);
    TRY(resolve_steps(t, err));
    TRY(check_select(t, err));
    const char *stop = t->stop_recall > 0      ? "stop_recall"
                       : t->stop_gain > 0      ? "stop_gain"
                       : t->stop_memorized > 0 ? "stop_memorized"
                                               : NULL;
    if (stop && t->eval_interval == 0)
        return err_set(
            err, ERR_INPUT,
            "train.%s is %.15g and train.eval_interval is 0, so the only evaluation is at the end; set "
            "train.eval_interval to a number of steps",
            stop,
            t->stop_recall > 0 ? t->stop_recall
            : t->stop_gain > 0 ? t->stop_gain
                               : t->stop_memorized);
    return OK;
}

/* In the order of the key's choices. */
static Status check_freeze(const Config *config, Err *err) {
    const ModelConfig *m = &config->model;
    const char *const *names = key_find("train.freeze")->choices;
    const bool present[] = {true, m->attn == ATTN_CAUSAL, m->mlp == MLP_PLAIN,
                            true, !m->tie_weights,        m->tool.n_tools > 0};
    bool left = false;
    for (int i = 0; names[i]; i++) {
        bool frozen = config->train.freeze >> i & 1;
        if (frozen && !present[i])
            return err_set(
                err, ERR_INPUT, "train.freeze names %s, but the model has no such parameters%s", names[i],
                strcmp(names[i], "head") ? "" : ": model.tie_weights is true, so the head is the embedding");
        left = left || (present[i] && !frozen);
    }
    if (!left)
        return err_set(err, ERR_INPUT,
                       "train.freeze names every part, so nothing is left to train; leave one out");
    return OK;
}

Status config_resolve(Config *config, int n_facts, int max_len, int vocab_size, Err *err) {
    CHECK(n_facts >= 1 && max_len >= 1 && vocab_size >= 1);
    Config resolved = *config;
    if ((int64_t)n_facts * max_len > INT32_MAX)
        return err_set(
            err, ERR_INPUT,
            "%d facts of up to %d tokens: at most %d tokens in all are possible; use at most %d facts",
            n_facts, max_len, INT32_MAX, INT32_MAX / max_len);
    TRY(config_resolve_facts(&resolved.facts, n_facts, max_len, vocab_size, err));
    TRY(config_resolve_tools(&resolved, err));
    TRY(config_resolve_model(&resolved.model, max_len, vocab_size, err));
    TRY(resolve_train(&resolved.train, n_facts, max_len, resolved.facts.junk_ratio, err));
    TRY(check_freeze(&resolved, err));
    TRY(config_resolve_neurons(&resolved, err));
    *config = resolved;
    return OK;
}
