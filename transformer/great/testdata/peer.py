"""Writes peer.json: what be_great makes of rows, of start values and of generated text, by running the package itself.

usage: python peer.py > peer.json   (an environment with be_great==0.0.14)
"""
import contextlib
import io
import json
import random
from importlib.metadata import version

import be_great.great_dataset as dataset
import be_great.great_start as start
import pandas as pd
import torch
from be_great import GReaT
from be_great.great_utils import _get_column_distribution

FRAME = pd.DataFrame({
    "age": [17, 5, 20, -3],
    "half year": [5.0, None, 0.5, -12.5],
    "rate": [0.1, 0.3, 0.00001, 7.0],
    "sex": ["F", "M", None, "F"],
    "town": ["New York", "Aix, en Provence", " x ", "what is it"],
    "born": ["02.01.2006", "31.12.2005", "02.01.2006", "01.02.2004"],
    "late": ["3", "ABS", "12", "3"],
})
FLOATS = [0.0, 5.0, 0.1, 1 / 3, 100000.0, 123456789.125, 1e15, 9999999999999998.0, 1e16, 1.5e16, 1e22, 1e-4, 0.00012, 1e-5, 1.5e-7, -2.0, -1e-5, 5e-324, 1.7976931348623157e308]
NUMBERS = ["5", "5.0", "5.", ".5", "-0.5", "+5", "1e1", "1E1", "0x10", "1_0", "007", "nan", "NaN", "inf", "-inf", "infinity", "5 ", "5 kg", "", "1 2", "--1", "None", "none", "1e400", "٣"]
TAIL = ", rate is 0.3, sex is F, town is New York, born is 02.01.2006, late is 3"
TEXTS = [
    "age is 17, half year is 5.0" + TAIL,
    "age is 17, half year is None" + TAIL,
    "age is 17, half year is 5.0, rate is 0.3, sex is F, town is New York, born is 02.01.2006",
    "age is 17, age is 18, half year is 5.0" + TAIL,
    "age is, age is 18, half year is 5.0" + TAIL,
    "Age is 17, half year is 5.0" + TAIL,
    "  age is 17  ,half year is 5.0" + TAIL,
    "age is 17 is 18, half year is 5.0" + TAIL,
    "age is 17\n, half year\nis 5.0" + TAIL,
    "age is 17\r\n, half year is 5.0" + TAIL,
    "<|endoftext|><|endoftext|>age is 17, half<|endoftext|> year is 5.0" + TAIL,
    "age is 17, half year is 5.0" + TAIL + ", colour is red",
    "age is 17, half year is 5.0, rate is 0.3, sex is F, town is Aix, en Provence, born is 02.01.2006, late is 3",
    "age is 17, half year is 5.0, rate is 0.3, sex is F, town is what is it, born is 02.01.2006, late is ABS",
    "age is None, half year is None, rate is None, sex is None, town is None, born is None, late is None",
    "age is None, half year is None, rate is None, sex is F, town is None, born is None, late is None",
    "",
]


class Words:
    """A tokenizer that leaves text as it is."""
    pad_token_id, eos_token_id = 0, 0

    def __init__(self, texts=()):
        self.texts = texts

    def __call__(self, text, **_):
        return {"input_ids": [[t] for t in text]} if isinstance(text, list) else text

    def decode(self, ids):
        return self.texts[int(ids[0])]


class Once:
    """A model that writes one row, and then nothing more."""
    calls = 0

    def generate(self, **_):
        self.calls += 1
        if self.calls > 1:
            raise EOFError
        return torch.tensor([[0]])


class Start:
    def get_start_tokens(self, _):
        return [[0]]


def rows():
    data = dataset.GReaTDataset.from_pandas(FRAME, preserve_index=False)
    data.set_tokenizer(Words())
    random.shuffle = lambda x: None
    return [data._getitem(i) for i in range(len(FRAME))]


def parsed(text):
    """The row that the package's loop keeps, or None. Missing cells are None."""
    great = object.__new__(GReaT)
    great._update_column_information(FRAME)
    great.model, great.tokenizer, great.device = Once(), Words([text]), "cpu"
    great._resolve_device = lambda device: None
    great._get_start_sampler = lambda *_: Start()
    out = great.sample(1)
    return None if len(out) == 0 else {c: None if pd.isna(v) else v for c, v in out.iloc[0].items()}


def number(text):
    row = parsed(f"age is {text}, half year is 5.0" + TAIL)
    return [text, row is not None, None if row is None or row["age"] is None else repr(float(row["age"]))]


def starts():
    words, out = Words(), {}
    for name in FRAME:
        spread = _get_column_distribution(FRAME, name)
        made = start.ContinuousStart(words, name, spread) if isinstance(spread, list) else start.CategoricalStart(words, name, spread)
        out[name] = sorted({t[-1] for t in made.get_start_tokens(200)})
    return out


def main():
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        out = {
            "versions": {p: version(p) for p in ("be_great", "pandas", "pyarrow", "datasets")},
            "csv": FRAME.to_csv(index=False), "rows": rows(), "floats": [[repr(x), str(x)] for x in FLOATS], "numbers": [number(x) for x in NUMBERS],
            "parsed": [[t, parsed(t)] for t in TEXTS], "starts": starts(),
        }
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
