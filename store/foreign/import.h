/* A run folder made of another program's model: config, weights as a checkpoint of step 0, tokenizer, origin. */
#ifndef ROTE_STORE_FOREIGN_IMPORT_H
#define ROTE_STORE_FOREIGN_IMPORT_H

#include "base/config/config.h"
#include "store/foreign/origin.h"

typedef struct ImportModel {
    /* a GGUF file, or a Hugging Face folder with config.json, safetensors and tokenizer.json */
    const char *path;
    const char *dir; /* the run folder, new */
    int context;     /* block_size is the model's context length, at most this; 0: at most 2048 */
    int bos;         /* the token that begins every sequence; -1: as the file says, see import_model */
} ImportModel;

/* What was imported, for a reader. */
typedef struct Imported {
    Config config;
    Origin origin;
    int64_t params;
    int bos, eos;                    /* eos -1: none */
    char bos_text[64], eos_text[64]; /* shown, escaped */
} Imported;

/* BOS is the file's token of that name where the file says that texts begin with it; else <|endoftext|>, by which such
 * models are trained to tell documents apart; else the token that ends a text.
 * ERR_INPUT: the folder has another run, or the model has what rote's lacks (model/formats/gguf_model.h, foreign.h),
 * or the tokenizer (data/tokenizer/tokenizer.h); nothing is written then. ERR_IO, ERR_NOMEM. */
Status import_model(const ImportModel *options, Imported *out, Err *err);

#endif
