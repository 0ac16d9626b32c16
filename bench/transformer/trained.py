"""Reads, with transformers and PEFT, what package transformer wrote: a model, a LoRA adapter that was trained, and both merged.

usage: python trained.py
"""
import json, os, subprocess, tempfile
import peft, torch, transformers

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["go", "test", "-count=1", "-run", "^TestFoldersForThePeer$", "./transformer", "-peer", folder], cwd=ROOT, check=True)
        with open(os.path.join(folder, "logits.json")) as f:
            ours = json.load(f)
        ids, want = torch.tensor([ours["ids"]]), torch.tensor(ours["logits"])
        base = transformers.GPT2LMHeadModel.from_pretrained(os.path.join(folder, "base")).eval()
        plain = base(ids).logits.flatten()
        merged = transformers.GPT2LMHeadModel.from_pretrained(os.path.join(folder, "merged")).eval()(ids).logits.flatten()
        adapted = peft.PeftModel.from_pretrained(base, os.path.join(folder, "adapter")).eval()(ids).logits.flatten()
        print(f"transformers {transformers.__version__}, peft {peft.__version__}, torch {torch.__version__}; largest logit {want.abs().max():.4f}")
        print(f"without the adapter: {(plain - want).abs().max():.3g} apart")
        for name, got in (("adapter read by PEFT", adapted), ("merged weights read by transformers", merged)):
            apart = (got - want).abs().max().item()
            print(f"{name}: {apart:.3g} apart")
            assert apart <= 1e-4 * want.abs().max(), name
        assert (plain - want).abs().max() > 1e-2, "the adapter changes nothing"


if __name__ == "__main__":
    main()
