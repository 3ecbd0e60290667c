#include "model/rope.h"

#include "base/exact.h"

#define TWO_PI 0x1.921fb54442d18p+2

double rope_plain_frequency(const ModelConfig *c, int i) {
    return exact_pow(c->rope_theta, -2.0 * i / head_size(c));
}

static double llama3_divisor(const ModelConfig *c, double frequency) {
    double per_wave = c->rope_original * frequency / TWO_PI; /* L / w */
    if (per_wave > c->rope_high_freq) return 1;
    if (per_wave < c->rope_low_freq) return c->rope_factor;
    double s = (per_wave - c->rope_low_freq) / (c->rope_high_freq - c->rope_low_freq);
    return 1 / ((1 - s) / c->rope_factor + s);
}

double rope_divisor(const ModelConfig *c, int i) {
    switch (c->rope_scaling) {
    case ROPE_LINEAR: return c->rope_factor;
    case ROPE_LLAMA3: return llama3_divisor(c, rope_plain_frequency(c, i));
    default: return 1;
    }
}

double rope_frequency(const ModelConfig *c, int i) { return rope_plain_frequency(c, i) / rope_divisor(c, i); }

/* ---- from divisors ---- */

/* Whether the scaling has these divisors, up to some roundings of float32. */
static bool fits(const ModelConfig *c, const float *divisor) {
    for (int i = 0; i < head_size(c) / 2; i++) {
        double ours = rope_divisor(c, i), miss = ours - (double)divisor[i];
        if (!(miss <= 1e-6 * ours && miss >= -1e-6 * ours)) return false;
    }
    return true;
}

/* s of the formula. */
static double smooth_of(double divisor, double factor) {
    return (1 / divisor - 1 / factor) / (1 - 1 / factor);
}

/* The nearest whole number, at least 1 and at most what the key allows. */
static int whole(double x) { return x < 1 ? 1 : x > 1e9 ? 1000000000 : (int)exact_nearest(x); }

/* high_freq for low_freq 1. With several pairs between the bounds s is a line of the frequency, a f + b, from the first
 * to the last of them. With one, it is 4, or lower where the pairs beside it would be between the bounds, too. */
static double high_of(const ModelConfig *c, const float *divisor, int first, int last) {
    double f = rope_plain_frequency(c, first), next = rope_plain_frequency(c, first + 1);
    double s = smooth_of((double)divisor[first], c->rope_factor), step = f / next;
    if (last > first) {
        double other = rope_plain_frequency(c, last);
        double a = (s - smooth_of((double)divisor[last], c->rope_factor)) / (f - other), b = s - a * f;
        return 1 - 1 / b;
    }
    double most = 1 + (step - 1) / s; /* L f / 2 pi is below `step`, and `step` times it above high_freq */
    if (s * step < 1 && step * (1 - s) / (1 - s * step) < most) most = step * (1 - s) / (1 - s * step);
    return most > 4 ? 4 : (1 + most) / 2;
}

/* L is a whole number, and high_freq then what gives the first pair its s: a multiple of 1/64 if one fits. */
static void guess(ModelConfig *c, const float *divisor, int first, int last) {
    double per_radian = rope_plain_frequency(c, first) / TWO_PI;
    double s = smooth_of((double)divisor[first], c->rope_factor);
    c->rope_original = whole((s * (high_of(c, divisor, first, last) - 1) + 1) / per_radian);
    double high = 1 + (c->rope_original * per_radian - 1) / s;
    c->rope_high_freq = exact_nearest(high * 64) / 64;
    if (!fits(c, divisor)) c->rope_high_freq = high;
}

/* No pair is between the bounds: L is between those at which pair `last_plain` and the next one would be. */
static void guess_step(ModelConfig *c, int last_plain) {
    double plain = TWO_PI / rope_plain_frequency(c, last_plain);
    double next = TWO_PI / rope_plain_frequency(c, last_plain + 1), most = next / plain;
    c->rope_high_freq = most > 4 ? 4 : (1 + most) / 2;
    c->rope_original = whole((c->rope_high_freq * plain + next) / 2);
}

bool rope_fit_llama3(ModelConfig *c, const float *divisor) {
    int pairs = head_size(c) / 2, plain = 0, scaled = pairs;
    ModelConfig fit = *c;
    for (int i = 0; i < pairs; i++)
        if (!(divisor[i] >= 1 && divisor[i] < 1e9F)) return false;
    while (plain < pairs && divisor[plain] == 1) plain++;
    if (plain == pairs) return true;
    while (scaled > plain && divisor[scaled - 1] == divisor[pairs - 1]) scaled--;
    fit.rope_scaling = ROPE_LLAMA3;
    fit.rope_factor = (double)divisor[pairs - 1];
    fit.rope_low_freq = 1;
    if (scaled > plain) guess(&fit, divisor, plain, scaled - 1);
    else if (plain > 0) guess_step(&fit, plain - 1);
    else fit.rope_high_freq = 4, fit.rope_original = 1; /* every wave is longer */
    if (!(fit.rope_high_freq > fit.rope_low_freq) || !fits(&fit, divisor)) return false;
    *c = fit;
    return true;
}
