/* What the commands that generate share. */
#include "cli/sample/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/common/show.h"
#include "data/tokenizer/tokenizer.h"
#include "data/vocab.h"
#include "eval/sampling/settings.h"

/* -1: not one of the vocabulary. */
static int32_t token_of(const Vocab *vocab, Text symbol) {
    if (vocab->text) return vocab_find(vocab, symbol);
    int64_t value = 0;
    for (size_t i = 0; i < symbol.size; i++) {
        if (symbol.data[i] < '0' || symbol.data[i] > '9') return -1;
        value = 10 * value + (symbol.data[i] - '0');
        if (value >= vocab->size) return -1;
    }
    return symbol.size ? (int32_t)value : -1;
}

static Status too_many(const char *where, int max_tokens, Err *err) {
    return err_set(err, ERR_INPUT, "%s has more than %d tokens, the maximum with this block_size", where,
                   max_tokens);
}

static Status tokenized(const char *where, Text text, Tokenizer *t, int max_tokens, int32_t *out, int *n,
                        Err *err) {
    TokenList list = {0};
    Status status = tokenizer_encode(t, text, true, &list, err);
    if (status == ERR_INPUT) err_prefix(err, "%s: ", where);
    if (status == OK && list.n > max_tokens) status = too_many(where, max_tokens, err);
    if (status == OK && list.n) memcpy(out, list.id, (size_t)list.n * sizeof *out);
    if (status == OK) *n = (int)list.n;
    token_list_free(&list);
    return status;
}

Status sample_tokens(const char *where, const char *text, const Vocab *vocab, int max_tokens, int32_t *out,
                     int *n, Err *err) {
    char *copy = strdup(text);
    *n = 0;
    if (!copy) return err_set(err, ERR_NOMEM, "%s: out of memory", where);
    Status status = OK;
    Text rest = {copy, strlen(copy)}, symbol;
    bool spelled = text_unescape(&rest);
    if (vocab->tokenizer && spelled) {
        status = tokenized(where, rest, vocab->tokenizer, max_tokens, out, n, err);
        free(copy);
        return status;
    }
    if (!spelled)
        status = err_set(err, ERR_INPUT, "%s: a backslash begins \\t, \\n, \\r, \\\\ or \\xHH", where);
    while (status == OK) {
        if (vocab->bytes) {
            if (!rest.size) break;
            symbol = (Text){rest.data, 1};
            rest = (Text){rest.data + 1, rest.size - 1};
        } else if (!text_word(&rest, &symbol)) {
            break;
        }
        int32_t token = token_of(vocab, symbol);
        char quote[QUOTE_SIZE];
        if (token < 0)
            status = err_set(err, ERR_INPUT, "%s: %s is not a symbol of the vocabulary (%s)", where,
                             text_quote(quote, symbol),
                             vocab->text ? "of the run's facts" : "token numbers, separated by spaces");
        else if (*n == max_tokens) status = too_many(where, max_tokens, err);
        else out[(*n)++] = token;
    }
    free(copy);
    return status;
}

Status sample_prompt(const Args *args, const Vocab *vocab, int max_tokens, int32_t *out, int *n, Err *err) {
    const char *prompt = args_value(args, "prompt");
    char where[64];
    *n = 0;
    if (!prompt) return OK;
    snprintf(where, sizeof where, "%s: --prompt", args->command->name);
    return sample_tokens(where, prompt, vocab, max_tokens, out, n, err);
}

json_t *sample_json(const Vocab *vocab, const int32_t *tokens, int n) {
    char *text = show_tokens(vocab, tokens, n);
    json_t *list = json_array(), *one = json_object();
    for (int i = 0; i < n; i++) json_array_append_new(list, json_integer(tokens[i]));
    json_object_set_new(one, "tokens", list);
    json_object_set_new(one, "text", json_string_take(text));
    if (json_object_size(one) == 2 && json_array_size(list) == (size_t)n) return one;
    json_decref(one);
    return NULL;
}

/* The options over the settings. A chain sets the settings' temperature, top-k and top-p aside, and these a chain. */
static Status take_cuts(const Args *args, SampleConfig *settings, Err *err) {
    static const char *const shorthand[] = {"temperature", "greedy", "top-k", "top-p"};
    const char *chain = args_value(args, "chain"), *command = args->command->name, *given = NULL;
    int64_t top_k = settings->top_k;
    for (size_t i = 0; i < sizeof shorthand / sizeof *shorthand; i++)
        if (!given && args_has(args, shorthand[i])) given = shorthand[i];
    if (chain && given)
        return err_set(err, ERR_INPUT, "%s: --chain and --%s exclude each other; write it into the chain",
                       command, given);
    if (args_has(args, "greedy") && args_has(args, "temperature"))
        return err_set(err, ERR_INPUT, "%s: --greedy and --temperature exclude each other", command);
    if (chain) {
        Chain parsed;
        Status status = chain_parse(&parsed, chain, err);
        if (status == ERR_INPUT) err_prefix(err, "%s: --", command);
        TRY(status);
        if (strlen(chain) >= sizeof settings->chain)
            return err_set(err, ERR_INPUT, "%s: --chain has more than %zu bytes", command,
                           sizeof settings->chain - 1);
        snprintf(settings->chain, sizeof settings->chain, "%s", chain);
        settings->temperature = settings->top_p = 1;
        settings->top_k = 0;
        return OK;
    }
    if (given) settings->chain[0] = '\0';
    if (args_has(args, "greedy")) settings->temperature = 0;
    TRY(args_int(args, "top-k", 0, INT32_MAX, &top_k, err));
    settings->top_k = (int)top_k;
    TRY(args_real(args, "temperature", 0, 1e6, &settings->temperature, err));
    return args_real(args, "top-p", 1e-12, 1, &settings->top_p, err);
}

Status sample_options(const Args *args, const SampleConfig *config, SampleOptions *out, int64_t *count,
                      Err *err) {
    Config defaults;
    config_defaults(&defaults);
    SampleConfig settings = config ? *config : defaults.sample;
    int64_t max_tokens = settings.max_tokens;
    *count = settings.n;
    TRY(args_int(args, "n", 1, 1000000, count, err));
    TRY(args_int(args, "max-tokens", 0, INT32_MAX, &max_tokens, err));
    TRY(args_uint64(args, "seed", &settings.seed, err));
    settings.max_tokens = (int)max_tokens;
    TRY(take_cuts(args, &settings, err));
    Status status = settings_options(&settings, out, err);
    if (status == ERR_INPUT) err_prefix(err, "%s: ", args->command->name);
    return status;
}
