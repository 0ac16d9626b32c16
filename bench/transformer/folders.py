"""Folders that transformers and PEFT wrote, written anew by package hf, and read by transformers and PEFT again.

usage: python folders.py
"""
import os, subprocess, tempfile
import peft, torch, transformers

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FOLDERS = os.path.join(ROOT, "transformer", "hf", "testdata")


def anew(to, name, *more):
    subprocess.run(["go", "test", "-count=1", "-run", "^TestExport$", "./transformer/hf", "-from", os.path.abspath(os.path.join(FOLDERS, name)), "-to", to, *more],
                   cwd=ROOT, check=True)


def logits(path, adapter=None):
    m = transformers.GPT2LMHeadModel.from_pretrained(path)
    if adapter:
        m = peft.PeftModel.from_pretrained(m, adapter)
    return m.eval()(torch.tensor([[3, 59, 0, 17, 42]])).logits


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name in ("safetensors-f32", "untied", "shards"):
            to = os.path.join(folder, name)
            anew(to, name)
            assert torch.equal(logits(os.path.join(FOLDERS, name)), logits(to)), name
            print(f"{name}: equal logits")
        base = os.path.join(FOLDERS, "shards")
        to = os.path.join(folder, "lora")
        anew(to, "lora", "-base", os.path.abspath(base))
        assert torch.equal(logits(base, os.path.join(FOLDERS, "lora")), logits(base, to)), "lora"
        print("lora: equal logits")


if __name__ == "__main__":
    main()
