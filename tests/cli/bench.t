# The modes of the bench: what they print, not how fast it was.

$ rote bench --phases --ladder
2> rote: bench: --phases and --ladder exclude each other
[2]
$ rote bench --steps 1 --muon --config i
2> rote: bench: --steps and --muon exclude each other
[2]
$ rote bench --steps 1
2> rote: bench: --steps needs --config
[2]
$ rote bench --batch 8
2> rote: bench: --batch needs --config
[2]
$ rote bench --ladder --config i
2> rote: bench: --ladder has its own shapes; leave --config out
[2]
$ rote bench --config vi
2> rote: bench: --config vi, allowed: i, ii, iii, iv, v
[2]
$ rote bench --gemm mkl
2> rote: bench: --gemm mkl, allowed: exact, openblas
[2]
$ rote bench --rounds 0
2> rote: bench: --rounds '0' is not a whole number from 1 to 99
[2]
$ rote bench --config i --steps 1 --threads 3

# Products of config i: 1,963 MFLOP a step as docs/speed.md counts, and the masked halves of the diagonal blocks.
# (Regular expressions: --update would replace them.)
$ rote bench --phases --config i --rounds 1 --threads 2 | sed -n '/^phase/p; /^rest /p; /^all products/p'
phase                        calls      MFLOP       MiB         ms  of step  GFLOP/s  of peak
rest +-?[0-9.]+ +-?[0-9.]+ % + (re)
all products +[0-9,]+ +20[0-9][0-9]\.[0-9] +[0-9.]+ +[0-9.]+ +[0-9.]+ % +[0-9.]+ +[0-9.]+ % (re)
$ numbers() { sed -E 's/ +-?[0-9][0-9.,]*/ N/g; s/"(avx2|avx512|neon|portable)"/ISA/'; }
> rote bench --phases --config i --batch 8 --rounds 1 --threads 2 --json | numbers | head -n 11
> rote bench --ladder --rounds 1 --threads 2 | tail -n +2 | numbers
> rote bench --scaling --config i --batch 8 --rounds 1 --threads 2 | tail -n +2 | numbers
> rote bench --scaling --config i --batch 8 --rounds 1 --threads 3 --json | numbers
> rote bench --muon --config i --batch 8 --rounds 1 --threads 2 | tail -n +2 | numbers
> rote bench --muon --config i --batch 8 --rounds 1 --threads 2 --json | numbers
> rote bench --config i --batch 8 --rounds 1 --threads 2 | tail -n +2 | numbers
> rote bench --config i --batch 8 --rounds 1 --threads 2 --json | numbers
{
  "isa": ISA,
  "threads": N
  "configs": [
    {
      "config": "i",
      "ms": N
      "counted_ms": N
      "share_of_peak": N
      "peak_gflops": N
      "rounds": N
config               ms/step    tokens/s share of peak N thread ms share of peak speed-up
d8 L1 V64 B64 N N N % N N % N
d8 L4 V64 B1024 N N N % N N % N
d16 L1 V64 B64 N N N % N N % N
d16 L2 V128 B256 N N N % N N % N
d16 L4 V64 B1024 N N N % N N % N
d32 L1 V256 B128 N N N % N N % N
d32 L2 V128 B256 N N N % N N % N
d32 L4 V64 B1024 N N N % N N % N
d48 L2 V256 B64 N N N % N N % N
d48 L4 V128 B1024 N N N % N N % N
config N thread tok/s threads tok/s speed-up    min    max processes tok/s of threads      min      max
i N N N N N N N % N % N %
{
  "isa": ISA,
  "threads": N
  "scaling": [
    {
      "config": "i",
      "one_thread_tokens_per_s": N
      "threads_tokens_per_s": N
      "speedup": N
      "speedup_min": N
      "speedup_max": N
      "processes_tokens_per_s": N
      "processes_to_threads": N
      "processes_to_threads_min": N
      "processes_to_threads_max": N
      "rounds": N
    }
  ]
}
Newton-Schulz: its products, mean over threads; share of peak: of their own time.
config AdamW ms/step Muon ms/step update ms Newton-Schulz ms  of step    GFLOP share of peak
i N N N N N % N N %
{
  "isa": ISA,
  "threads": N
  "muon": [
    {
      "config": "i",
      "adamw_ms": N
      "ms": N
      "update_ms": N
      "newton_schulz_ms": N
      "newton_schulz_share": N
      "newton_schulz_gflop": N
      "newton_schulz_share_of_peak": N
      "rounds": N
    }
  ]
}
config   ms/step   tokens/s   GFLOP/s share of peak   MiB forward share decode tok/s of read limit
i N N N N % N N % N N %
{
  "isa": ISA,
  "threads": N
  "peak_gflops": N
  "steps": [
    {
      "config": "i",
      "ms": N
      "tokens_per_s": N
      "gflops": N
      "share_of_peak": N
      "peak_gflops": N
      "rss_mib": N
      "rounds": N
      "forward_share_of_peak": N
      "decode_tokens_per_s": N
      "decode_share_of_read_limit": N
    }
  ]
}
