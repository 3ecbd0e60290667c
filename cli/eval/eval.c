/* rote eval */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "cli/eval/eval.h"
#include "data/folder/folder.h"
#include "data/import/encode.h"
#include "data/vocab.h"
#include "eval/capacity/ratio.h"
#include "model/quantize.h"

/* A fact in one field of a TSV: escaped as in records.tsv, with the TAB between prompt and answer escaped,
 * too. scratch: facts_text_bytes of it. */
static void write_text(FILE *stream, const FactSet *facts, int i, char *scratch) {
    int64_t from = facts->start[i], to = facts->start[i + 1];
    if (!facts->vocab.text) {
        for (int64_t t = from; t < to; t++) fprintf(stream, t > from ? " %d" : "%d", facts->tokens[t]);
        return;
    }
    Text prompt, answer;
    facts_fields(facts, i, scratch, &prompt, &answer);
    text_write(stream, prompt);
    if (prompt.data) fputs("\\t", stream);
    text_write(stream, answer);
}

/* What every such table begins with; then role, where facts are held out, and text. */
#define PER_FACT_COLUMNS "fact\ttag\ttokens\tprompt_tokens\tcode_bits\trecalled\t"

/* Tokens, ratio and the prompt itself; a held-out fact was not asked. */
static void write_shortest(FILE *stream, const ShortestPrompts *s, int i) {
    if (i >= s->n || s->length[i] < 0) {
        fputs("\t\t\t", stream);
        return;
    }
    fprintf(stream, "%d\t%.4f\t", s->length[i], compression_ratio(s, i));
    for (int t = 0; t < s->length[i]; t++)
        fprintf(stream, t ? " %d" : "%d", s->prompt[(size_t)i * (size_t)s->room + (size_t)t]);
    fputc('\t', stream);
}

Status per_fact_write(const char *path, const Evaluator *e, const ShortestPrompts *shortest, Err *err) {
    const FactSet *facts = e->facts;
    int scored = facts->n + facts->n_heldout;
    size_t room = 1;
    for (int i = 0; facts->vocab.text && i < scored; i++) {
        size_t bytes = facts_text_bytes(facts, i);
        if (bytes > room) room = bytes;
    }
    char *scratch = malloc(room);
    if (!scratch) return err_set(err, ERR_NOMEM, "%s: no memory to write a fact of %zu bytes", path, room);
    AtomicFile file;
    Status status = OK;
    TRY_GOTO(atomic_open(&file, path, err));
    fprintf(file.stream, PER_FACT_COLUMNS "%s%stext\n", facts->n_heldout ? "role\t" : "",
            shortest ? "shortest_prompt_tokens\tcompression_ratio\tshortest_prompt\t" : "");
    for (int i = 0; i < scored; i++) {
        bool trained = i < facts->n;
        const char *tag = facts->tag[i] < 0 ? "" : facts->tag_names[facts->tag[i]];
        fprintf(file.stream, "%d\t", i);
        text_write(file.stream, (Text){(char *)tag, strlen(tag)});
        fprintf(file.stream, "\t%d\t%d\t%.9f\t%s\t", (int)(facts->start[i + 1] - facts->start[i]),
                trained ? e->prompt[i] : facts->prompt_len[i], e->fact_bits[i],
                !trained         ? ""
                : e->recalled[i] ? "1"
                                 : "0");
        if (facts->n_heldout) fputs(trained ? "fact\t" : "heldout\t", file.stream);
        if (shortest) write_shortest(file.stream, shortest, i);
        write_text(file.stream, facts, i, scratch);
        fputc('\n', file.stream);
    }
    status = atomic_commit(&file, "per_fact", err);
done:
    free(scratch);
    return status;
}

static void heldout_json(json_t *o, const Evaluation *e, const FactSet *facts, double params) {
    json_object_set_new(o, "heldout", json_integer(e->heldout));
    json_object_set_new(o, "heldout_code_bits", json_number(e->heldout_code_bits));
    json_object_set_new(o, "heldout_loss_nats", json_number(e->heldout_loss_nats));
    json_object_set_new(o, "mia_auc", json_number(e->membership.auc));
    json_object_set_new(o, "mia_f1", json_number(e->membership.f1));
    json_object_set_new(o, "mia_f1_law", json_number(membership_law(facts->data_bits, params)));
}

static Status result_out(const Run *run, const FactSet *facts, const Evaluation *e, bool json, Err *err) {
    double params = (double)run->gpt.table.total;
    Quantize held = run->config.train.quantize;
    int64_t weight_bits = quantize_weight_bits(&run->gpt.table, held);
    if (json) {
        json_t *o = json_pack("{si sI sI sI}", "facts", e->n, "tokens", (json_int_t)e->tokens, "params",
                              (json_int_t)run->gpt.table.total, "step", (json_int_t)run->step);
        if (!o) return json_out(NULL, err);
        json_object_set_new(o, "data_bits", json_number(e->entropy_known ? facts->data_bits : NAN));
        json_object_set_new(o, "ceiling_bits", json_number(e->entropy_known ? facts->ceiling_bits : NAN));
        json_object_set_new(o, "code_bits", json_number(e->code_bits));
        json_object_set_new(o, "loss_nats", json_number(e->loss_nats));
        json_object_set_new(o, "recall", json_number(e->recall));
        json_object_set_new(o, "memorized_bits", json_number(e->memorized_bits));
        json_object_set_new(o, "memorized_bits_clipped", json_number(e->memorized_bits_clipped));
        json_object_set_new(o, "mem_hfshift", json_number(e->mem_hfshift));
        json_object_set_new(o, "bits_per_param", json_number(e->memorized_bits / params));
        CapacityRatio ratio;
        if (capacity_ratio(&ratio, facts, e, run->gpt.table.total)) {
            json_object_set_new(o, "r", json_number(ratio.r));
            json_object_set_new(o, "r_max", json_number(ratio.r_max));
        }
        if (held != QUANTIZE_NONE) {
            json_object_set_new(o, "quantize", json_string(config_choice("train.quantize", (int)held)));
            json_object_set_new(o, "weight_bits", json_integer(weight_bits));
            json_object_set_new(o, "bits_per_weight_bit",
                                json_number(e->memorized_bits / (double)weight_bits));
        }
        if (e->heldout) heldout_json(o, e, facts, params);
        json_object_set_new(o, "data_hash", json_string(facts->data_hash));
        if (!e->entropy_known) {
            json_object_set_new(o, "answer_bits", json_number(facts->answer_bits));
            json_object_set_new(o, "zlib_bytes", json_integer(facts->zlib_bytes));
        }
        return json_out(o, err);
    }
    printf("facts       %s, %s tokens; model at step %s\n", show_int(e->n), show_int(e->tokens),
           show_int(run->step));
    printf("loss        %.6f bits/token\ncode        %.3f bits\n", bits_of_nats(e->loss_nats), e->code_bits);
    if (e->entropy_known)
        printf("memorized   %.3f of %.3f bits (%s), %.4f bits/param\n", e->memorized_bits, facts->data_bits,
               show_ceiling(facts, 3), e->memorized_bits / params);
    else
        printf("baselines   answers %.3f bits, zlib %s bytes\n", facts->answer_bits,
               show_int(facts->zlib_bytes));
    if (held != QUANTIZE_NONE) show_weights(held, weight_bits, e->memorized_bits);
    show_ratio(facts, e, run->gpt.table.total);
    printf("recall      %.4f\n", e->recall);
    show_heldout(e, facts, run->gpt.table.total);
    return OK;
}

/* Token k of the facts must be to a reader what token k is to the model, or every figure would be wrong. */
Status facts_fit(const Run *run, const FactSet *facts, const char *dir, Err *err) {
    const ModelConfig *m = &run->gpt.config;
    if (facts->max_len > m->block_size)
        return err_set(err, ERR_INPUT, "%s: a fact has %d tokens, the model's block_size is %d", dir,
                       facts->max_len, m->block_size);
    TRY(vocab_same(&facts->vocab, &run->facts.vocab, dir, err));
    if (facts->vocab.size > m->vocab_size)
        return err_set(err, ERR_INPUT, "%s: the vocabulary has %d symbols, the model's %d", dir,
                       facts->vocab.size, m->vocab_size);
    return OK;
}

static Status evaluate(const Args *args, const Run *run, const FactSet *facts, int threads, Err *err) {
    Evaluator evaluator;
    Evaluation result;
    TRY(evaluator_create(&evaluator, &run->gpt, facts, threads, err));
    evaluator_run(&evaluator, &result);
    Status status = OK;
    if (args_has(args, "per-fact"))
        status = per_fact_write(args_value(args, "per-fact"), &evaluator, NULL, err);
    if (status == OK) status = result_out(run, facts, &result, args_has(args, "json"), err);
    evaluator_free(&evaluator);
    return status;
}

Status cmd_eval(const Args *args, Err *err) {
    int64_t threads = 0;
    Run run;
    TRY(args_int(args, "threads", 1, 4096, &threads, err));
    TRY(eval_check(args, err));
    if (args_has(args, "per-fact"))
        TRY(output_check(args_value(args, "per-fact"), PER_FACT_COLUMNS, "a per-fact table of rote's",
                         args_has(args, "force"), err));
    TRY(open_run(&run, args->words[0], err));
    const char *dir = args_value(args, "facts");
    FactSet other;
    Status status = OK;
    if (dir) status = facts_load(dir, &other, err);
    if (status == OK) {
        const FactSet *facts = dir ? &other : &run.facts;
        if (dir) status = facts_fit(&run, facts, dir, err);
        Status (*ask)(const Args *, const Run *, const FactSet *, int, Err *) =
            args_has(args, "quantize") ? eval_quantize
            : args_has(args, "parts")  ? eval_parts
            : args_has(args, "acr")    ? eval_acr
                                       : evaluate;
        if (status == OK) status = ask(args, &run, facts, (int)threads, err);
        if (dir) facts_free(&other);
    }
    run_close(&run);
    return status;
}
