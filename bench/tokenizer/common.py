"""The peers, made from the files of github.com/openai/gpt-2, and the texts that both scripts use."""
import csv
import glob
import json
import os
import random
import struct
import subprocess
import sys

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("RAYON_NUM_THREADS", "1")
import tiktoken
import tokenizers
from tiktoken.load import data_gym_to_mergeable_bpe_ranks
from tiktoken_ext.openai_public import r50k_pat_str

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
VERSIONS = {"tokenizers": tokenizers.__version__, "tiktoken": tiktoken.__version__}
EOT = "<|endoftext|>"


def peer_tiktoken(folder):
    os.environ["TIKTOKEN_CACHE_DIR"] = ""
    ranks = data_gym_to_mergeable_bpe_ranks(os.path.join(folder, "vocab.bpe"), os.path.join(folder, "encoder.json"))
    return tiktoken.Encoding("gpt2", pat_str=r50k_pat_str, mergeable_ranks=ranks, special_tokens={EOT: 50256}, explicit_n_vocab=50257)


def peer_tokenizers(folder):
    with open(os.path.join(folder, "encoder.json"), encoding="utf-8") as f:
        vocab = json.load(f)
    with open(os.path.join(folder, "vocab.bpe"), encoding="utf-8") as f:
        merges = [tuple(line.split(" ")) for line in f.read().split("\n")[1:] if line]
    t = tokenizers.Tokenizer(tokenizers.models.BPE(vocab, merges))
    t.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = tokenizers.decoders.ByteLevel()
    t.add_special_tokens([EOT])
    t.encode_special_tokens = True
    return t


def table_text(folder, size, seed=1):
    """Rows of the CSV files of a folder as be_great writes them, "column is value" in random order; the files take turns."""
    draw = random.Random(seed)
    tables = []
    for path in sorted(glob.glob(os.path.join(folder, "*.csv"))):
        with open(path, encoding="utf-8", newline="") as f:
            dialect = csv.Sniffer().sniff(f.read(4096), ",;\t")
            f.seek(0)
            rows = list(csv.reader(f, dialect))
        tables.append((rows[0], rows[1:]))
    texts, total, i = [], 0, 0
    while total < size:
        for names, rows in tables:
            cells = [f"{n} is {v.strip()}" for n, v in zip(names, rows[i % len(rows)])]
            draw.shuffle(cells)
            texts.append(", ".join(cells))
            total += len(texts[-1].encode())
        i += 1
    return texts


def written_text(size, seed=1):
    """Half language, half code: Django's translations into some hundred languages, and the sources of Python's and Go's libraries."""
    import django
    draw = random.Random(seed)
    goroot = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    language = glob.glob(os.path.join(os.path.dirname(django.__file__), "**", "*.po"), recursive=True)
    code = glob.glob(os.path.join(goroot, "src", "**", "*.go"), recursive=True) + glob.glob(os.path.join(os.path.dirname(os.__file__), "**", "*.py"), recursive=True)
    texts, total = [], 0
    for i, files in enumerate((language, code)):
        draw.shuffle(files)
        for path in sorted(files[:1]) + files[1:]:
            if total >= size * (i + 1) / 2:
                break
            try:
                with open(path, encoding="utf-8", newline="") as f:
                    text = f.read()
            except UnicodeDecodeError:
                continue
            texts += [text[j:j + 50000] for j in range(0, len(text), 50000)]
            total += len(text.encode())
    return texts


def write_records(path, texts):
    with open(path, "wb") as f:
        for t in texts:
            b = t if isinstance(t, bytes) else t.encode()
            f.write(struct.pack("<I", len(b)) + b)


def read_records(path):
    """Lists of ids, one for each text."""
    with open(path, "rb") as f:
        data = f.read()
    at = 0
    while at < len(data):
        n, = struct.unpack_from("<I", data, at)
        yield list(struct.unpack_from(f"<{n}i", data, at + 4))
        at += 4 + 4 * n


def build(folder):
    """The test program of package tokenizer: its tests and benchmarks "File" read what COHORT_TOKENIZER_* names."""
    binary = os.path.join(folder, "tokenizer.test")
    subprocess.run(["go", "test", "-c", "-o", binary, "./tokenizer"], cwd=ROOT, check=True)
    return binary


def run(binary, *args, **env):
    r = subprocess.run([binary, *args], env=os.environ | env, capture_output=True, text=True, cwd=os.path.join(ROOT, "tokenizer"))
    if r.returncode:
        sys.exit(r.stdout + r.stderr)
    return r.stdout
