#!/usr/bin/env python3
"""A GPT-2 with random float32 weights as a GGUF file, for llama.cpp's llama-bench (scripts/bench_peers.sh).

    peer_gguf.py V T d L H OUT

The file: magic, version, counts; the keys; name, shape (fastest axis first), type and offset of every tensor;
the tensors themselves, each from a multiple of 32 bytes on."""
import struct
import sys

import numpy

UINT32, FLOAT32, STRING = 4, 6, 8  # types of keys
TENSOR_F32 = 0
ALIGNMENT = 32


def text(s):
    return struct.pack("<Q", len(s)) + s.encode()


def key(name, kind, value):
    packed = text(value) if kind == STRING else struct.pack("<I" if kind == UINT32 else "<f", value)
    return text(name) + struct.pack("<I", kind) + packed


def main():
    V, T, d, L, H = map(int, sys.argv[1:6])
    keys = [key("general.architecture", STRING, "gpt2"),
            key("gpt2.vocab_size", UINT32, V),
            key("gpt2.context_length", UINT32, T),
            key("gpt2.embedding_length", UINT32, d),
            key("gpt2.feed_forward_length", UINT32, 4 * d),
            key("gpt2.block_count", UINT32, L),
            key("gpt2.attention.head_count", UINT32, H),
            key("gpt2.attention.layer_norm_epsilon", FLOAT32, 1e-5),
            key("tokenizer.ggml.model", STRING, "no_vocab")]
    shapes = {"token_embd.weight": (d, V), "position_embd.weight": (d, T), "output.weight": (d, V),
              "output_norm.weight": (d,), "output_norm.bias": (d,)}
    for layer in range(L):
        for name, shape in {"attn_norm": (d,), "attn_qkv": (d, 3 * d), "attn_output": (d, d),
                            "ffn_norm": (d,), "ffn_up": (d, 4 * d), "ffn_down": (4 * d, d)}.items():
            shapes[f"blk.{layer}.{name}.weight"] = shape
            shapes[f"blk.{layer}.{name}.bias"] = shape[-1:]

    table, offset, sizes = b"", 0, []
    for name, shape in shapes.items():
        table += text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape)
        table += struct.pack("<IQ", TENSOR_F32, offset)
        sizes.append(int(numpy.prod(shape)))
        offset += -(-4 * sizes[-1] // ALIGNMENT) * ALIGNMENT
    head = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(keys)) + b"".join(keys) + table

    draw = numpy.random.default_rng(1)
    with open(sys.argv[6], "wb") as out:
        out.write(head + bytes(-len(head) % ALIGNMENT))
        for size in sizes:
            values = (0.02 * draw.standard_normal(size)).astype("<f4").tobytes()
            out.write(values + bytes(-len(values) % ALIGNMENT))


main()
