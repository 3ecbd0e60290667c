/* Seeds for the fuzz targets out of real archives: each whole, and each section for the parser that reads it; and
 * online archives of models so small that they are none of these.
 *   make_seeds FOLDER FILE...      into FOLDER/TARGET, which is there */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/archive/archive.h"
#include "tests/fuzz/fuzz.h"

static void save(const char *folder, const char *target, int file, const uint8_t *head, size_t head_size,
                 const uint8_t *data, size_t size) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s/seed-%d", folder, target, file);
    FILE *f = fopen(path, "wb");
    if (!f) exit(1);
    fwrite(head, 1, head_size, f);
    fwrite(data, 1, size, f);
    if (fclose(f) != 0) exit(1);
}

int main(int argc, char **argv) {
    enum { STRUCTURE, WEIGHTS, SIDE, STREAM, SECTIONS, FILE_MOST = 1 << 16 };
    static uint8_t data[FILE_MOST];
    if (argc < 2) return 2;
    const char *folder = argv[1];
    for (int i = 0; i < FUZZ_ONLINE_SEEDS; i++) {
        Bytes archive = {0};
        fuzz_online_seed(i, &archive);
        save(folder, "online", i, NULL, 0, archive.data, archive.size);
        bytes_free(&archive);
    }
    for (int i = 2; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        size_t size = f ? fread(data, 1, sizeof data, f) : 0;
        Section part[SECTIONS];
        if (!f || fclose(f) != 0 || size < ARCHIVE_HEADER_BYTES) return 1;
        if (data[9] == ARCHIVE_ONLINE) continue;
        if (archive_sections(argv[i], data, size, part, SECTIONS, NULL) != OK) return 1;
        save(folder, "decode", i, NULL, 0, data, size);
        save(folder, "header", i, NULL, 0, data, size);
        save(folder, "structure", i, NULL, 0, part[STRUCTURE].data, part[STRUCTURE].size);
        save(folder, "side", i, (const uint8_t[]){100, 40, 60}, 3, part[SIDE].data, part[SIDE].size);
        const uint8_t choice = (uint8_t)(part[WEIGHTS].data[0] * 4 + i % 4);
        save(folder, "weights", i, &choice, 1, part[WEIGHTS].data + 1 + HASH_BYTES,
             part[WEIGHTS].size - 1 - HASH_BYTES);
        const uint8_t kind = (uint8_t)(i * 37);
        save(folder, "stream", i, &kind, 1, part[STREAM].data, part[STREAM].size);
        const uint8_t symbols[16] = {4, 5, 6, 7, 68, 129, 70, 33, 0, 1, 82, 3, 255, 253, 250, 103};
        save(folder, "symbols", i, symbols, 16, part[STREAM].data, part[STREAM].size);
    }
    return 0;
}
