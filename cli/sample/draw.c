/* What the commands that generate share. */
#include "cli/sample/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/common/show.h"
#include "data/vocab.h"

Status sample_prompt(const Args *args, const Vocab *vocab, int room, int32_t *out, int *n, Err *err) {
    const char *prompt = args_value(args, "prompt"), *command = args->command->name;
    *n = 0;
    if (!prompt) return OK;
    char *copy = strdup(prompt);
    if (!copy) return err_set(err, ERR_NOMEM, "out of memory for the prompt");
    Status status = OK;
    Text rest = {copy, strlen(copy)}, symbol;
    if (!text_unescape(&rest))
        status =
            err_set(err, ERR_INPUT, "%s: --prompt: a backslash begins \\t, \\n, \\r, \\\\ or \\xHH", command);
    while (status == OK) {
        int32_t token;
        if (vocab->bytes) {
            if (!rest.size) break;
            symbol = (Text){rest.data, 1};
            rest = (Text){rest.data + 1, rest.size - 1};
        } else if (!text_word(&rest, &symbol)) {
            break;
        }
        if (vocab->text) {
            token = vocab_find(vocab, symbol);
        } else {
            char number[24], *end;
            snprintf(number, sizeof number, "%.*s", (int)symbol.size, symbol.data);
            long value = strtol(number, &end, 10);
            token = *end || value < 0 || value >= vocab->size ? -1 : (int32_t)value;
        }
        if (token < 0) {
            char quote[QUOTE_SIZE];
            status = err_set(err, ERR_INPUT, "%s: --prompt: %s is not a symbol of the vocabulary (%s)",
                             command, text_quote(quote, symbol),
                             vocab->text ? "of the run's facts" : "token numbers, separated by spaces");
            break;
        }
        if (*n == room) {
            status = err_set(err, ERR_INPUT,
                             "%s: --prompt has more than %d tokens, the maximum with this block_size",
                             command, room);
            break;
        }
        out[(*n)++] = token;
    }
    free(copy);
    return status;
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

Status sample_options(const Args *args, SampleOptions *out, int64_t *count, Err *err) {
    *out = sample_defaults();
    *count = 1;
    int64_t top_k = out->top_k, max_tokens = out->max_tokens;
    TRY(args_int(args, "n", 1, 1000000, count, err));
    TRY(args_int(args, "max-tokens", 0, INT32_MAX, &max_tokens, err));
    TRY(args_int(args, "top-k", 0, INT32_MAX, &top_k, err));
    TRY(args_uint64(args, "seed", &out->seed, err));
    TRY(args_real(args, "temperature", 0, 1e6, &out->temperature, err));
    TRY(args_real(args, "top-p", 1e-12, 1, &out->top_p, err));
    if (args_has(args, "greedy")) {
        if (args_has(args, "temperature"))
            return err_set(err, ERR_INPUT, "%s: --greedy and --temperature exclude each other",
                           args->command->name);
        out->temperature = 0;
    }
    out->top_k = (int)top_k;
    out->max_tokens = (int)max_tokens;
    return sample_options_check(out, err);
}
