# Writes v1.cohort, a file of version 1, from the description in doc.go and without our code: python3 v1.py
import hashlib, json, struct, zlib

blobs = [("stored", b"\x01\x02\x03"), ("packed", b"leaf" * 500_000), ("empty", b"")]
header = '{"rows": 600, "city": "Zürich"}'.encode()
directory = json.dumps({"kind": "trees", "header": len(header), "blobs": [{"name": n, "size": len(b)} for n, b in blobs]}).encode()

out = b"\x89COHORT\n" + struct.pack("<I", 1)
out += struct.pack("<I", zlib.crc32(out)) + struct.pack("<Q", len(directory))


def section(b):
    global out
    for i in range(0, len(b), 1 << 20):
        chunk = b[i : i + (1 << 20)]
        c = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = c.compress(chunk) + c.flush()
        if len(packed) >= len(chunk):
            packed = chunk
        out += struct.pack("<I", len(packed)) + packed
        out += hashlib.sha256(out).digest()


section(directory)
section(header)
for _, b in blobs:
    section(b)
open("v1.cohort", "wb").write(out)
