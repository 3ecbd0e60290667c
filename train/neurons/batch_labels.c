#include "train/neurons/batch_labels.h"

#include <string.h>

void batch_labels(int8_t *label, const int8_t *pool_label, const FactSet *facts, const FactBatch *batch) {
    for (int j = 0; j < batch->batch.n_seq; j++) {
        int32_t at = batch->start[j], length = batch->start[j + 1] - at;
        memcpy(label + at, pool_label + facts->start[batch->sequence[j]], (size_t)length);
    }
}

int8_t batch_labels_side(const int8_t *label, int64_t from, int64_t to) {
    int8_t side = LABEL_NONE;
    for (int64_t t = from; t < to; t++) {
        if (label[t] == LABEL_CLASS) return LABEL_CLASS;
        if (label[t] == LABEL_OTHER) side = LABEL_OTHER;
    }
    return side;
}
