/* rote coordinates: the coordinate check, whether activations change by the same amount at all widths, for both
 * parametrizations. */
#include <math.h>
#include <stdio.h>

#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/output.h"
#include "cli/common/plot_file.h"
#include "eval/plot/plot.h"
#include "train/coordinates.h"

static const Parametrization KINDS[] = {PARAM_STANDARD, PARAM_MUP};
enum { N_KINDS = sizeof KINDS / sizeof *KINDS };

/* "32,64,128": numbers in ascending order. */
static Status parse_widths(const char *text, int *width, int *n, Err *err) {
    *n = 0;
    for (const char *at = text; at;) {
        int value;
        if (!list_int(&at, &value) || value < 1 || value > 65536 || *n == COORDINATES_WIDTHS_MAX ||
            (*n > 0 && value <= width[*n - 1])) {
            *n = 0;
            break;
        }
        width[(*n)++] = value;
    }
    if (*n >= 2) return OK;
    return err_set(err, ERR_INPUT,
                   "coordinates: --widths '%.60s': needs 2 to %d ascending numbers, as in 32,64,128", text,
                   COORDINATES_WIDTHS_MAX);
}

static const char *name_of(Parametrization kind) { return config_choice("train.parametrization", (int)kind); }

static const char *const MEASURE[] = {"first", "change", "size"};

static void print_table(const Coordinates all[N_KINDS]) {
    printf("%-16s %-10s", "parametrization", "place");
    for (int w = 0; w < all[0].n_widths; w++) printf(" %9d", all[0].width[w]);
    for (int m = 0; m < COORDINATES_KINDS; m++) printf(" %7s", MEASURE[m]);
    putchar('\n');
    for (int k = 0; k < N_KINDS; k++)
        for (int i = 0; i < all[k].n_places; i++) {
            char place[32];
            printf("%-16s %-10s", name_of(KINDS[k]), coordinates_place(place, &all[k], i));
            for (int w = 0; w < all[k].n_widths; w++)
                printf(" %9.4g", all[k].value[COORDINATES_FIRST][i * all[k].n_widths + w]);
            for (int m = 0; m < COORDINATES_KINDS; m++) printf(" %7.2f", all[k].slope[m][i]);
            putchar('\n');
        }
}

static bool is_flat(const Coordinates *c, CoordinateKind measure) {
    return coordinates_off(c, measure, coordinates_steepest(c, measure)) <= COORDINATES_FLAT;
}

/* "flat (steepest: block 2, -0.17)" */
static void print_verdict(const Coordinates *c, CoordinateKind measure) {
    char text[32];
    int at = coordinates_steepest(c, measure);
    double slope = c->slope[measure][at];
    const char *place = coordinates_place(text, c, at);
    if (is_flat(c, measure)) printf("flat (steepest: %s, %.2f)", place, slope);
    else if (!isfinite(slope)) printf("undefined (%s does not change at some width)", place);
    else printf("%s with the width (%s, %.2f)", slope > 0 ? "grows" : "shrinks", place, slope);
}

static void print_verdicts(const Coordinates all[N_KINDS], int steps) {
    printf(
        "\nThe change of the outputs by the first step that moves the model, and slopes over the width: of "
        "this\n"
        "change, of the change by all %d steps, and of the final outputs. A slope of 0 is flat; that of the "
        "logits\n"
        "may be -0.5 while their weights are random.\n",
        steps);
    for (int k = 0; k < N_KINDS; k++) {
        printf("%s: first step: ", name_of(KINDS[k]));
        print_verdict(&all[k], COORDINATES_FIRST);
        printf("; all steps: ");
        print_verdict(&all[k], COORDINATES_CHANGE);
        putchar('\n');
    }
    puts("A first step that grows with the width means wrong exponents. Whether one learning rate serves all "
         "widths, only a sweep shows.");
}

static Status print_json(const Coordinates all[N_KINDS], Err *err) {
    json_t *rows = json_array(), *widths = json_array(), *flat = json_object();
    for (int k = 0; k < N_KINDS; k++)
        json_object_set_new(flat, name_of(KINDS[k]), json_boolean(is_flat(&all[k], COORDINATES_FIRST)));
    for (int w = 0; w < all[0].n_widths; w++) json_array_append_new(widths, json_integer(all[0].width[w]));
    for (int k = 0; k < N_KINDS; k++)
        for (int i = 0; i < all[k].n_places; i++) {
            char place[32], key[32];
            json_t *row = json_pack("{ss ss}", "parametrization", name_of(KINDS[k]), "place",
                                    coordinates_place(place, &all[k], i));
            for (int m = 0; m < COORDINATES_KINDS; m++) {
                json_t *values = json_array();
                for (int w = 0; w < all[k].n_widths; w++)
                    json_array_append_new(values, json_number(all[k].value[m][i * all[k].n_widths + w]));
                json_object_set_new(row, MEASURE[m], values);
                snprintf(key, sizeof key, "%s_slope", MEASURE[m]);
                json_object_set_new(row, key, json_number(all[k].slope[m][i]));
            }
            json_array_append_new(rows, row);
        }
    return json_out(json_pack("{so so so}", "widths", widths, "flat", flat, "rows", rows), err);
}

/* The last block and the logits, for both parametrizations. */
static Status write_plot(const char *path, const Coordinates all[N_KINDS], Err *err) {
    char name[2 * N_KINDS][48];
    double x[COORDINATES_WIDTHS_MAX];
    int n = all[0].n_widths;
    for (int w = 0; w < n; w++) x[w] = all[0].width[w];
    Plot plot = {.title = "Change in the first step: flat is right",
                 .x_label = "n_embd",
                 .y_label = "root mean square of the change",
                 .log_x = true,
                 .log_y = true,
                 .n_series = 2 * N_KINDS};
    for (int k = 0; k < N_KINDS; k++)
        for (int j = 0; j < 2; j++) {
            char place[32];
            int s = 2 * k + j, at = all[k].n_places - 2 + j;
            snprintf(name[s], sizeof name[s], "%s, %s", name_of(KINDS[k]),
                     coordinates_place(place, &all[k], at));
            plot.series[s] = (PlotSeries){.name = name[s],
                                          .n = n,
                                          .x = x,
                                          .y = all[k].value[COORDINATES_FIRST] + at * n,
                                          .line = true,
                                          .points = true};
        }
    return plot_write(&plot, path, err);
}

static Status cmd_coordinates(const Args *args, Err *err) {
    Config config;
    Coordinates all[N_KINDS] = {{0}};
    int width[COORDINATES_WIDTHS_MAX], n_widths = 0;
    int64_t steps = 4, seeds = 3;
    int threads;
    const char *widths = args_value(args, "widths"), *path = args_value(args, "out");
    TRY(parse_widths(widths ? widths : "32,64,128,256", width, &n_widths, err));
    TRY(args_int(args, "steps", 1, 1000, &steps, err));
    TRY(args_int(args, "seeds", 1, 100, &seeds, err));
    TRY(args_threads(args, &threads, err));
    TRY(args_config(args, &config, err));
    if (threads) config.train.threads = threads;
    if (path) TRY(output_check(path, "<svg", "an SVG picture", args_has(args, "force"), err));
    Status status = OK;
    for (int k = 0; k < N_KINDS; k++) {
        config.train.parametrization = KINDS[k];
        TRY_GOTO(coordinates_measure(&all[k], &config, width, n_widths, (int)steps, (int)seeds, err));
    }
    if (args_has(args, "json")) TRY_GOTO(print_json(all, err));
    else {
        print_table(all);
        print_verdicts(all, (int)steps);
    }
    if (path) TRY_GOTO(write_plot(path, all, err));
done:
    for (int k = 0; k < N_KINDS; k++) coordinates_free(&all[k]);
    return status;
}

static const Option coordinates_options[] = {
    OPTION("widths", "N,N,...", "values of n_embd (default: 32,64,128,256)"),
    OPTION("steps", "N", "number of steps (default: 4)"),
    OPTION("seeds", "N", "models per width, from train.seed on (default: 3)"),
    OPTION("out", "FILE.svg", "write a plot of the last block and the logits"),
    FORCE_ANY_OPTION,
    THREADS_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command coordinates_command = {
    .name = "coordinates",
    .words = "[CFG] [key=value...]",
    .max_words = ARGS_WORDS_MAX,
    .reads = "config file",
    .n_reads = 1,
    .summary = "checks whether activations change equally at all widths (train.parametrization)",
    .options = coordinates_options,
    .run = cmd_coordinates,
};
