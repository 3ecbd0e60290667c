/* Tensors in the safetensors files of a Hugging Face folder: model.safetensors, or the shards that
 * model.safetensors.index.json names. The files are mapped, and have no CRC (safetensors.h reads rote's own files). */
#ifndef ROTE_MODEL_FORMATS_HF_FILES_H
#define ROTE_MODEL_FORMATS_HF_FILES_H

#include <jansson.h>

#include "base/file_map.h"
#include "model/formats/foreign.h"

enum { HF_SHARDS_MAX = 256, HF_HEADER_MAX = 4 << 20, HF_JSON_MAX = 4 << 20 };

typedef struct HfFile {
    char name[256]; /* in the folder */
    FileMap map;
} HfFile;

typedef struct HfFiles {
    int n;
    HfFile *file;
} HfFiles;

/* Reads a JSON file of such a folder; json_decref it. ERR_INPUT: not JSON, or a key twice. ERR_IO, ERR_NOMEM. */
Status hf_json_read(const char *path, json_t **out, Err *err);

/* Maps the files and appends their tensors to m->tensor; they must stay open as long as these are used, and no file may
 * be made shorter meanwhile. Types other than F32, F16 and BF16 are kept by name, and refused where a model needs them.
 * ERR_INPUT: a file is missing, or says something that cannot be true (lengths, offsets, overlaps, gaps, a name twice);
 * names it. ERR_IO, ERR_NOMEM. Close with hf_files_close, after an error too. */
Status hf_files_open(HfFiles *out, const char *dir, ForeignModel *m, Err *err);
void hf_files_close(HfFiles *files);

/* The tensors of one file of `bytes` bytes in memory. As above; for hf_files_open and tests. */
Status hf_tensors(const char *name, const uint8_t *data, size_t bytes, ForeignModel *m, Err *err);

#endif
