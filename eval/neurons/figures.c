#include "eval/neurons/figures.h"

#include <math.h>

const double neuron_dose[NEURON_DOSES] = {0.5, 1, 2, 4};

#define KNOWLEDGE(NAME, KEY)                                                                                 \
    [NAME] = KEY "class_bits", [NAME + 1] = KEY "other_bits", [NAME + 2] = KEY "class_recall",               \
    [NAME + 3] = KEY "other_recall"
#define DOSES(NAME, KEY)                                                                                     \
    [NAME] = "dose_0.5_" KEY, [NAME + 1] = "dose_1_" KEY, [NAME + 2] = "dose_2_" KEY,                        \
    [NAME + 3] = "dose_4_" KEY
const char *const neuron_figure_key[NEURON_FIGURES] = {
    [FIGURE_CLASS_FACTS] = "class_facts",
    [FIGURE_OTHER_FACTS] = "other_facts",
    [FIGURE_CLASS_ROWS] = "class_rows",
    [FIGURE_OTHER_ROWS] = "other_rows",
    [FIGURE_PRIOR] = "prior",
    [FIGURE_HIT] = "hit",
    [FIGURE_FAR] = "far",
    [FIGURE_AUROC] = "auroc",
    [FIGURE_PRECISION] = "average_precision",
    [FIGURE_SELECTIVITY] = "selectivity",
    [FIGURE_SELECTIVE] = "selectivity_units",
    [FIGURE_INFORMATION] = "information_bits",
    [FIGURE_INFORMATION_MAX] = "information_bits_max",
    KNOWLEDGE(FIGURE_UNCLAMPED, ""),
    KNOWLEDGE(FIGURE_ZERO, "zero_"),
    KNOWLEDGE(FIGURE_MEAN, "mean_"),
    DOSES(FIGURE_DOSE_BITS, "other_bits"),
    DOSES(FIGURE_DOSE_RECALL, "other_recall"),
    [FIGURE_PAIRS] = "pairs",
    [FIGURE_FLIP_BASE] = "flip_base",
    DOSES(FIGURE_DOSE_FLIP, "flip"),
    [FIGURE_DONOR_PAIRS] = "donor_pairs",
    DOSES(FIGURE_DONOR_FLIP, "donor_flip"),
    [FIGURE_TAG_PAIRS] = "tag_pairs",
    [FIGURE_TAG_FLIP_BASE] = "tag_flip_base",
    DOSES(FIGURE_DOSE_TAG_FLIP, "tag_flip"),
    [FIGURE_DONOR_TAG_PAIRS] = "donor_tag_pairs",
    DOSES(FIGURE_DONOR_TAG_FLIP, "donor_tag_flip"),
    [FIGURE_LEAK_WITHOUT] = "leak_without",
    [FIGURE_LEAK_WITH] = "leak_with",
};

void neuron_figures_clear(NeuronFigures *x) {
    for (int g = 0; g < NEURON_GROUPS; g++)
        for (int i = 0; i < NEURON_FIGURES; i++) x->of[g][i] = NAN;
}
