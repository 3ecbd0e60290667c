/* Numbers of 16 bits. */
#ifndef ROTE_BASE_HALF_H
#define ROTE_BASE_HALF_H

/* x rounded to the nearest float16 or bfloat16, ties to even; larger numbers become the largest finite one. */
double quantize_fp16(double x);
double quantize_bf16(double x);

#endif
