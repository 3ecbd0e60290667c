/* Training steps of llm.c's CPU program at a shape of ours, timed. llm.c comes from the user's own
 * checkout; it is included whole, with its own switch that leaves its main out:
 *
 *     cc -Ofast -march=native -fopenmp -DOMP -I path/to/llm.c scripts/peer_llmc.c -lm -o peer_llmc
 *     ./peer_llmc V T d L H B seconds
 *
 * Prints one JSON object on its last line: the median step in ms, the number of steps, peak memory in MiB. */
#define TESTING
#include "train_gpt2.c"

#include <sys/resource.h>

enum { STEPS_MIN = 3, STEPS_MAX = 999 };

static double clock_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint32_t random_bits(void) {
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}

/* Uniform, of standard deviation 0.02; gains of norms are 1. The weights' values do not change the time. */
static void draw_weights(GPT2 *model) {
    for (size_t i = 0; i < model->num_parameters; i++)
        model->params_memory[i] = 0.02f * 1.7320508f * (2 * (float)random_bits() / 2147483648.0f - 1);
    int C = model->config.channels, L = model->config.num_layers;
    for (int i = 0; i < L * C; i++) model->params.ln1w[i] = model->params.ln2w[i] = 1;
    for (int i = 0; i < C; i++) model->params.lnfw[i] = 1;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc != 8) {
        fprintf(stderr, "usage: peer_llmc V T d L H B seconds\n");
        return 2;
    }
    int V = atoi(argv[1]), T = atoi(argv[2]), B = atoi(argv[6]), tokens = B * T;
    GPT2 model = {.mean_loss = -1};
    /* llm.c pads its vocabulary to whole groups of 128; all of our shapes are that already */
    model.config = (GPT2Config){.max_seq_len = T,
                                .vocab_size = V,
                                .padded_vocab_size = (V + 127) / 128 * 128,
                                .num_layers = atoi(argv[4]),
                                .num_heads = atoi(argv[5]),
                                .channels = atoi(argv[3])};
    fill_in_parameter_sizes(model.param_sizes, model.config);
    for (int i = 0; i < NUM_PARAMETER_TENSORS; i++) model.num_parameters += model.param_sizes[i];
    model.params_memory = malloc_and_point_parameters(&model.params, model.param_sizes);
    draw_weights(&model);
    int *inputs = mallocCheck((size_t)tokens * sizeof *inputs);
    int *targets = mallocCheck((size_t)tokens * sizeof *targets);
    for (int i = 0; i < tokens; i++) {
        inputs[i] = (int)(random_bits() % (uint32_t)V);
        targets[i] = (int)(random_bits() % (uint32_t)V);
    }

    double ms[STEPS_MAX], began = clock_s(), budget_s = atof(argv[7]);
    int n = 0;
    for (int step = 1; n < STEPS_MAX && (n < STEPS_MIN || clock_s() - began < budget_s); step++) {
        double start = clock_s();
        gpt2_forward(&model, inputs, targets, (size_t)B, (size_t)T);
        gpt2_zero_grad(&model);
        gpt2_backward(&model);
        gpt2_update(&model, 1e-3f, 0.9f, 0.999f, 1e-8f, 0.1f, step);
        if (step > 1) ms[n++] = 1e3 * (clock_s() - start); /* the first step gets its memory */
    }
    qsort(ms, (size_t)n, sizeof *ms, by_size);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"ms\": %.3f, \"steps\": %d, \"rss_mib\": %.1f, \"loss\": %.4f}\n",
           n % 2 ? ms[n / 2] : (ms[n / 2 - 1] + ms[n / 2]) / 2, n, (double)usage.ru_maxrss / 1024,
           (double)model.mean_loss);
    gpt2_free(&model);
    free(inputs);
    free(targets);
    return 0;
}
