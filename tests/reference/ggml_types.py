"""The CRC-32 of random blocks as float32, by gguf-py and by ggml: the golden numbers of tests/test_gguf.c.

ggml_types.py: needs gguf and NumPy. With llama-cpp-python ggml's own functions must give the same bits."""
import ctypes
import glob
import os
import zlib

import numpy as np
from gguf import GGMLQuantizationType, quants

BLOCKS = 512
# name, numbers of a block, its bytes, places of float16 scales (made finite: their exponent's upper bit is cleared)
TYPES = [("F16", 1, 2, [0]), ("BF16", 1, 2, [0]), ("Q4_0", 32, 18, [0]), ("Q4_1", 32, 20, [0, 2]),
         ("Q5_0", 32, 22, [0]), ("Q5_1", 32, 24, [0, 2]), ("Q8_0", 32, 34, [0]), ("Q2_K", 256, 84, [80, 82]),
         ("Q3_K", 256, 110, [108]), ("Q4_K", 256, 144, [0, 2]), ("Q5_K", 256, 176, [0, 2]), ("Q6_K", 256, 210, [208])]


def random_bytes(n):
    out, x = bytearray(n), 12345
    for i in range(n):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        out[i] = x >> 24
    return out


def libraries():
    try:
        import llama_cpp
    except ImportError:
        return None
    folder = os.path.join(os.path.dirname(llama_cpp.__file__), "lib")
    return ctypes.CDLL(glob.glob(folder + "/libggml-base.so*")[0])


ggml = libraries()
for name, block, size, scales in TYPES:
    data = random_bytes(BLOCKS * size)
    for at in range(0, len(data), size):
        for s in scales:
            data[at + s + 1] &= 0xBF
    number = getattr(GGMLQuantizationType, name)
    rows = np.frombuffer(bytes(data), dtype=np.uint8).reshape(BLOCKS, size)
    values = quants.dequantize(rows, number).astype("<f4").ravel()
    assert len(values) == BLOCKS * block
    function = "dequantize_row_" + name.lower().replace("_k", "_K")
    if ggml and hasattr(ggml, function):
        out = np.zeros_like(values)
        getattr(ggml, function)(
            rows.ctypes.data_as(ctypes.c_void_p), out.ctypes.data_as(ctypes.c_void_p), ctypes.c_int64(len(out)))
        assert (out.view(np.uint32) == values.view(np.uint32)).all(), name
        seen = "  /* and ggml's */"
    else:
        seen = ""
    print('{"%s", %d, 0x%08x},%s' % (name, number.value, zlib.crc32(values.tobytes()), seen))
