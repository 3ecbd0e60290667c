/* The logits of a run, for tests/check_import.sh.
 *   logits_of RUN     standard input: token numbers, 32 bits each, behind BOS; standard output: the logits after BOS
 *                     and after each token, as float32 */
#include <stdio.h>
#include <stdlib.h>

#include "model/decode.h"
#include "store/run.h"

int main(int argc, char **argv) {
    static Run run;
    Err err = {0};
    int eos;
    Decoder *decoder;
    if (argc < 2) return 1;
    if (run_open_model(&run, &eos, argv[1], NULL, &err) != OK ||
        decoder_create(&decoder, &run.gpt, &err) != OK) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    const size_t V = (size_t)run.gpt.config.vocab_size;
    int32_t token = 0; /* BOS */
    do {
        const real *logits = decoder_step(decoder, token);
        for (size_t v = 0; v < V; v++) {
            float x = (float)logits[v];
            if (fwrite(&x, sizeof x, 1, stdout) != 1) return 1;
        }
    } while (fread(&token, sizeof token, 1, stdin) == 1 &&
             decoder_position(decoder) < run.gpt.config.block_size);
    decoder_free(decoder);
    run_close(&run);
    return fflush(stdout) == 0 ? 0 : 1;
}
