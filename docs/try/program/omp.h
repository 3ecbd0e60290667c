/* OpenMP for a compiler that has none: one thread. The pragmas are ignored; a result has the same bits with any number
 * of threads. */
#ifndef ROTE_ONE_THREAD_OMP_H
#define ROTE_ONE_THREAD_OMP_H

static inline int omp_get_num_procs(void) { return 1; }
static inline int omp_get_thread_limit(void) { return 1; }
static inline int omp_get_num_threads(void) { return 1; }
static inline int omp_get_thread_num(void) { return 0; }
static inline void omp_set_num_threads(int threads) { (void)threads; }
static inline void omp_set_dynamic(int on) { (void)on; }

#endif
