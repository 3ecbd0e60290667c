#include "eval/creativity/plane.h"

#include <math.h>
#include <stdbool.h>

/* The point of the largest coherence among those above a ratio; of equals the one of the largest ratio. -1: none. */
static int next_point(const PlanePoint *p, int n, double above) {
    int best = -1;
    for (int i = 0; i < n; i++) {
        if (!(p[i].ratio > above)) continue;
        if (best < 0 || p[i].coherence > p[best].coherence ||
            (p[i].coherence == p[best].coherence && p[i].ratio > p[best].ratio))
            best = i;
    }
    return best;
}

int plane_frontier(int *out, const PlanePoint *points, int n) {
    int found = 0;
    for (int at = next_point(points, n, -INFINITY); at >= 0; at = next_point(points, n, points[at].ratio))
        out[found++] = at;
    return found;
}

double plane_area(const PlanePoint *points, int n) {
    double area = 0, below = 0;
    for (int at = next_point(points, n, 0); at >= 0; at = next_point(points, n, below)) {
        area += points[at].coherence * (points[at].ratio - below);
        below = points[at].ratio;
    }
    return area;
}

static double between(double a, double b, double share) { return a + (b - a) * share; }

/* Whether `level` is from a to b, and where on the way. */
static bool crosses(double a, double b, double level, double *share) {
    if (!((a <= level && level <= b) || (b <= level && level <= a))) return false;
    *share = a == b ? 0 : (level - a) / (b - a);
    return true;
}

/* The better one; NAN loses. */
static PlanePoint better(PlanePoint a, PlanePoint b) { return isnan(a.ratio) || b.ratio > a.ratio ? b : a; }

/* On the line from a to b, share 0 .. 1. */
static PlanePoint on_line(const PlanePoint *a, const PlanePoint *b, double share) {
    return (PlanePoint){between(a->coherence, b->coherence, share), between(a->ratio, b->ratio, share),
                        between(a->entropy, b->entropy, share)};
}

/* The best one is a setting, or where a line crosses the level. */
double plane_at_coherence(const PlanePoint *points, int n, double coherence) {
    PlanePoint best = {NAN, NAN, NAN};
    double share;
    for (int i = 0; i < n; i++) {
        if (points[i].coherence >= coherence) best = better(best, points[i]);
        if (i + 1 < n && crosses(points[i].coherence, points[i + 1].coherence, coherence, &share))
            best = better(best, on_line(&points[i], &points[i + 1], share));
    }
    return best.ratio;
}

PlanePoint plane_at_entropy(const PlanePoint *points, int n, double entropy) {
    PlanePoint best = {NAN, NAN, NAN};
    double share;
    for (int i = 0; i < n; i++) {
        if (points[i].entropy == entropy) best = better(best, points[i]);
        if (i + 1 < n && crosses(points[i].entropy, points[i + 1].entropy, entropy, &share))
            best = better(best, on_line(&points[i], &points[i + 1], share));
    }
    return best;
}
