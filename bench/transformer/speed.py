"""Times package transformer beside transformers: each case alternately, every run printed, medians at the end.

usage: python speed.py [--rounds 5] [--threads 2] [--only REGEXP] [--small]

--small takes a model of 1 million weights, to see that everything works. Training steps are whole: forward, backward, clipping,
AdamW, dropout 0.1. Generation draws 64 tokens behind 8 for each row of a batch, from the whole vocabulary. Cases that end in bf16
multiply bfloat16, the peer by autocast, or in generation with a model of bfloat16. The others are float32; weights are stored as
bfloat16 where they end in half.
"""
import argparse, json, os, re, resource, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
SIZES = {"124M": {"n_layer": 12}, "DistilGPT2": {"n_layer": 6},
         "small": {"n_layer": 4, "n_head": 4, "n_embd": 128, "n_positions": 256, "vocab_size": 2000, "bos_token_id": 0, "eos_token_id": 0}}


def cases(small):
    """Name of the Go benchmark, and what the peer is asked."""
    if small:
        return [("BenchmarkStep/small/B4/T64/exact", "step small 4 64"), ("BenchmarkStep/small/B4/T64/restricted", None),
                ("BenchmarkStep/small/B4/T64/bf16", "step small 4 64 bfloat16"), ("BenchmarkGenerate/small/batch16/f32", "generate small 16"),
                ("BenchmarkGenerate/small/batch16/bf16", "generate small 16 bfloat16")]
    out = []
    for model, b, t in (("124M", 4, 64), ("124M", 8, 128), ("DistilGPT2", 4, 64)):
        out.append((f"BenchmarkStep/{model}/B{b}/T{t}/exact", f"step {model} {b} {t}"))
        out.append((f"BenchmarkStep/{model}/B{b}/T{t}/restricted", None))
        out.append((f"BenchmarkStep/{model}/B{b}/T{t}/bf16", f"step {model} {b} {t} bfloat16"))
    for b in (1, 16, 64):
        out.append((f"BenchmarkGenerate/124M/batch{b}/f32", f"generate 124M {b}"))
        out.append((f"BenchmarkGenerate/124M/batch{b}/half", None))
        out.append((f"BenchmarkGenerate/124M/batch{b}/bf16", f"generate 124M {b} bfloat16"))
    return out


def peer(kind, size, *numbers):
    """Runs in a process of its own: prints seconds and peak memory."""
    import torch, transformers
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    m = transformers.GPT2LMHeadModel(transformers.GPT2Config(**SIZES[size]))
    vocab = m.config.vocab_size
    half = numbers[-1] == "bfloat16"
    if half:
        numbers = numbers[:-1]
    if kind == "generate":
        m.eval()
        m = m.to(torch.bfloat16) if half else m
        m.generation_config.eos_token_id = None
        ids = torch.arange(1, 9).repeat(int(numbers[0]), 1)
        def once():
            with torch.no_grad():
                m.generate(ids, do_sample=True, top_k=0, max_new_tokens=64, pad_token_id=0, attention_mask=torch.ones_like(ids))
    else:
        m.train()
        b, t = map(int, numbers)
        ids = (torch.arange(t) * 7919 + torch.arange(b)[:, None] * 104729) % vocab
        adam = torch.optim.AdamW(m.parameters(), lr=5e-5, weight_decay=0.0)
        def once():
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
                loss = m(ids, labels=ids).loss
            adam.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0)
            adam.step()
    once()
    once()
    times = []
    for _ in range(3):
        began = time.perf_counter()
        once()
        times.append(time.perf_counter() - began)
    print(json.dumps({"seconds": statistics.median(times), "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))


def ours(binary, name, env):
    pattern = "/".join(f"^{part}$" for part in name.split("/"))
    process = subprocess.Popen([binary, "-test.run", "^$", "-test.bench", pattern, "-test.benchtime", "3x", "-long"], cwd=os.path.join(ROOT, "transformer"),
                               env=env, stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    found = re.search(r"\s([\d.]+) ns/op", out)
    if status or not found:
        sys.exit(f"{name}: no time in {out!r}")
    return {"seconds": float(found[1]) / 1e9, "peak": usage.ru_maxrss / 1e6}


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--rounds", type=int, default=5)
    a.add_argument("--threads", type=int, default=2)
    a.add_argument("--only", default="")
    a.add_argument("--small", action="store_true")
    a = a.parse_args()
    env = os.environ | {"OMP_NUM_THREADS": str(a.threads), "MKL_NUM_THREADS": str(a.threads), "GOMAXPROCS": str(a.threads)}
    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "transformer.test")
        subprocess.run(["go", "test", "-c", "-o", binary, "./transformer"], cwd=ROOT, check=True)
        summary = []
        for name, asked in cases(a.small):
            if not re.search(a.only, name):
                continue
            runs = {"ours": [], "transformers": []}
            for i in range(a.rounds):
                got = {"ours": ours(binary, name, env)}
                if asked:
                    out = subprocess.run([sys.executable, os.path.abspath(__file__), "--peer", *asked.split()], env=env, check=True, capture_output=True, text=True).stdout
                    got["transformers"] = json.loads(out.splitlines()[-1])
                for who, r in got.items():
                    runs[who].append(r)
                    print(f"{name}\t{i}\t{who}\t{r['seconds']:.4f} s\t{r['peak']:.2f} GB", flush=True)
            middle = {who: {k: statistics.median(r[k] for r in rs) for k in rs[0]} for who, rs in runs.items() if rs}
            summary.append((name, middle))
        print("\ncase\tours s\ttransformers s\tratio\tours GB\ttransformers GB")
        for name, m in summary:
            o, p = m["ours"], m.get("transformers")
            print(name, f"{o['seconds']:.4f}", f"{p['seconds']:.4f}" if p else "-", f"{p['seconds'] / o['seconds']:.2f}" if p else "-",
                  f"{o['peak']:.2f}", f"{p['peak']:.2f}" if p else "-", sep="\t")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        peer(*sys.argv[2:])
    else:
        main()
