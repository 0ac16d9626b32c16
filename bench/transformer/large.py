"""Logits of a GPT-2 of 124 million weights that come from one integer hash, by transformers and by package transformer.

usage: python large.py     writes ../../transformer/testdata/large.json, then runs the Go test, which prints both
"""
import json, os, platform, subprocess
import numpy as np, torch, transformers

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")


def hashed(tensor, n):
    """As in transformer/peer_test.go: uniform in [-0.5, 0.5)."""
    x = np.arange(n, dtype=np.uint32) + np.uint32(tensor * 0x9E3779B1 % 2**32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float32) * np.float32(2**-24) - np.float32(0.5)


def main():
    torch.set_num_threads(2)
    m = transformers.GPT2LMHeadModel(transformers.GPT2Config()).eval()
    with torch.no_grad():
        for k, (name, p) in enumerate(m.named_parameters()):
            middle = np.float32(1 if p.dim() == 1 and name.endswith("weight") else 0)
            p.copy_(torch.from_numpy(middle + hashed(k, p.numel()) * np.float32(0.125)).view(p.shape))
        ids = [int((k * 7919 + 11) % 50257) for k in range(24)]
        logits = m(torch.tensor([ids])).logits[0]
    golden = {"ids": ids, "top": logits.abs().max().item(), "logits": [[float(f"{v:.9g}") for v in row] for row in logits[-4:, ::500].tolist()],
              "versions": {"torch": torch.__version__, "transformers": transformers.__version__, "numpy": np.__version__, "python": platform.python_version()}}
    with open(os.path.join(ROOT, "transformer", "testdata", "large.json"), "w") as f:
        json.dump(golden, f)
        f.write("\n")
    subprocess.run(["go", "test", "-count=1", "-run", "^TestLargeModelOfThePeer$", "-v", "./transformer", "-long"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
