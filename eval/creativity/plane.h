/* Samplers as curves in the plane of coherence and creativity: what a setting gains in one is compared at an equal
 * value of the other, or at equal entropy, never at equal settings. */
#ifndef ROTE_EVAL_CREATIVITY_PLANE_H
#define ROTE_EVAL_CREATIVITY_PLANE_H

/* One setting. */
typedef struct PlanePoint {
    double coherence, ratio; /* 0 .. 1; cr / cr*, about 0 .. 1. (1, 1) is the ideal corner */
    double entropy;          /* of what is sampled, bits; NAN: not known */
} PlanePoint;

/* The points that no other one exceeds in both figures, by falling coherence. out: room for n. Returns how many. */
int plane_frontier(int *out, const PlanePoint *points, int n);
/* The area of what the points exceed: of all (c, r) in the first quadrant with a point of coherence >= c and ratio >=
 * r. 1: the ideal corner. */
double plane_area(const PlanePoint *points, int n);

/* The points are settings in their order, joined by straight lines. The best ratio where the curve has at least this
 * coherence; NAN: nowhere. */
double plane_at_coherence(const PlanePoint *points, int n, double coherence);
/* The point with the best ratio where it has this entropy; a setting whose entropy is not known ends the curve and
 * begins another. All NAN: nowhere. */
PlanePoint plane_at_entropy(const PlanePoint *points, int n, double entropy);

#endif
