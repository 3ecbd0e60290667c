/* rote coordinates: whether activations change alike at all widths, for both parametrizations side by side */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "eval/plot.h"
#include "train/coordinates.h"

static const Parametrization KINDS[] = {PARAM_STANDARD, PARAM_MUP};
enum { N_KINDS = sizeof KINDS / sizeof *KINDS };

/* "32,64,128": rising numbers. */
static Status parse_widths(const char *text, int *width, int *n, Err *err) {
    *n = 0;
    for (const char *at = text;; at++) {
        char *end;
        long value = strtol(at, &end, 10);
        if (end == at || value < 1 || value > 65536 || (*end && *end != ',') ||
            (*n > 0 && value <= width[*n - 1]) || *n == COORDINATES_WIDTHS_MAX)
            break;
        width[(*n)++] = (int)value;
        at = end;
        if (!*at && *n >= 2) return OK;
        if (!*at) break;
    }
    return err_set(err, ERR_INPUT,
                   "coordinates: --widths '%.60s': wants 2 to %d rising numbers with commas, as in 32,64,128",
                   text, COORDINATES_WIDTHS_MAX);
}

static const char *name_of(Parametrization kind) { return config_choice("train.parametrization", (int)kind); }

static void print_table(const Coordinates all[N_KINDS]) {
    printf("%-16s %-10s", "parametrization", "place");
    for (int w = 0; w < all[0].n_widths; w++) printf(" %9d", all[0].width[w]);
    printf(" %7s\n", "slope");
    for (int k = 0; k < N_KINDS; k++)
        for (int i = 0; i < all[k].n_places; i++) {
            char place[32];
            printf("%-16s %-10s", name_of(KINDS[k]), coordinates_place(place, &all[k], i));
            for (int w = 0; w < all[k].n_widths; w++)
                printf(" %9.4g", all[k].change[i * all[k].n_widths + w]);
            printf(" %7.2f\n", all[k].slope[i]);
        }
}

static bool is_flat(const Coordinates *c) {
    return fabs(c->slope[coordinates_steepest(c)]) <= COORDINATES_FLAT;
}

static void print_verdicts(const Coordinates all[N_KINDS]) {
    printf("\nHow far the outputs move in the first steps. Flat over widths (slope 0) is right; growing with "
           "the width, the\n"
           "parametrization is wrong for one learning rate: what suits a narrow model is too much for a wide "
           "one.\n");
    for (int k = 0; k < N_KINDS; k++) {
        const Coordinates *c = &all[k];
        char text[32];
        int at = coordinates_steepest(c), from = c->width[0], to = c->width[c->n_widths - 1];
        double slope = c->slope[at];
        const char *place = coordinates_place(text, c, at);
        if (is_flat(c))
            printf("%s: flat (steepest: %s, %.2f): one learning rate serves widths %d to %d\n",
                   name_of(KINDS[k]), place, slope, from, to);
        else if (isnan(slope))
            printf("%s: nothing to say: %s does not change at some width\n", name_of(KINDS[k]), place);
        else
            printf("%s: not flat: the change of %s %s with the width (slope %.2f): one learning rate does "
                   "not serve widths "
                   "%d to %d\n",
                   name_of(KINDS[k]), place, slope > 0 ? "grows" : "shrinks", slope, from, to);
    }
}

static Status print_json(const Coordinates all[N_KINDS], Err *err) {
    json_t *rows = json_array(), *widths = json_array(), *flat = json_object();
    for (int k = 0; k < N_KINDS; k++)
        json_object_set_new(flat, name_of(KINDS[k]), json_boolean(is_flat(&all[k])));
    for (int w = 0; w < all[0].n_widths; w++) json_array_append_new(widths, json_integer(all[0].width[w]));
    for (int k = 0; k < N_KINDS; k++)
        for (int i = 0; i < all[k].n_places; i++) {
            char place[32];
            json_t *change = json_array();
            for (int w = 0; w < all[k].n_widths; w++)
                json_array_append_new(change, json_number(all[k].change[i * all[k].n_widths + w]));
            json_array_append_new(rows, json_pack("{ss ss so so}", "parametrization", name_of(KINDS[k]),
                                                  "place", coordinates_place(place, &all[k], i), "change",
                                                  change, "slope", json_number(all[k].slope[i])));
        }
    return json_out(json_pack("{so so so}", "widths", widths, "flat", flat, "rows", rows), err);
}

/* The last block and the logits, under both. */
static Status write_plot(const char *path, const Coordinates all[N_KINDS], Err *err) {
    char name[2 * N_KINDS][48], *text = NULL;
    double x[COORDINATES_WIDTHS_MAX];
    size_t size = 0;
    int n = all[0].n_widths;
    for (int w = 0; w < n; w++) x[w] = all[0].width[w];
    Plot plot = {.title = "Change in the first steps: flat is right",
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
            plot.series[s] = (PlotSeries){
                .name = name[s], .n = n, .x = x, .y = all[k].change + at * n, .line = true, .points = true};
        }
    FILE *out = open_memstream(&text, &size);
    if (!out) return err_set(err, ERR_NOMEM, "no memory for the plot");
    plot_svg(out, &plot);
    bool whole = fclose(out) == 0;
    Status status =
        whole ? file_write_atomic(path, text, size, err) : err_set(err, ERR_NOMEM, "no memory for the plot");
    free(text);
    return status;
}

Status cmd_coordinates(const Args *args, Err *err) {
    Config config;
    Coordinates all[N_KINDS] = {{0}};
    int width[COORDINATES_WIDTHS_MAX], n_widths = 0;
    int64_t steps = 4, threads = 0;
    const char *widths = args_value(args, "widths"), *path = args_value(args, "out");
    TRY(parse_widths(widths ? widths : "32,64,128,256", width, &n_widths, err));
    TRY(args_int(args, "steps", 1, 1000, &steps, err));
    TRY(args_int(args, "threads", 1, 4096, &threads, err));
    TRY(args_config(args, &config, err));
    if (threads) config.train.threads = (int)threads;
    if (path) TRY(output_check(path, "<svg", "an SVG picture", args_has(args, "force"), err));
    Status status = OK;
    for (int k = 0; k < N_KINDS; k++) {
        config.train.parametrization = KINDS[k];
        TRY_GOTO(coordinates_measure(&all[k], &config, width, n_widths, (int)steps, err));
    }
    if (args_has(args, "json")) TRY_GOTO(print_json(all, err));
    else {
        print_table(all);
        print_verdicts(all);
    }
    if (path) TRY_GOTO(write_plot(path, all, err));
done:
    for (int k = 0; k < N_KINDS; k++) coordinates_free(&all[k]);
    return status;
}
