"""Writes golden.json beside it: what transformers and PEFT say of the models in ../hf/testdata.

usage: python golden.py     (in an environment with torch==2.15.0 transformers==5.24.0 safetensors==0.8.0 peft==0.21.2; see golden.json)
"""
import json, math, os, platform
import peft, torch, transformers
from transformers import GenerationConfig, GPT2LMHeadModel
from transformers.generation.logits_process import LogitsProcessorList

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDERS = os.path.join(HERE, "..", "hf", "testdata")
torch.manual_seed(7)


def digits(x):
    return [digits(v) for v in x] if isinstance(x, list) else float(f"{x:.9g}")


def model(name):
    return GPT2LMHeadModel.from_pretrained(os.path.join(FOLDERS, name), attn_implementation="eager").eval()


def padded(seqs, fill):
    longest = max(map(len, seqs))
    return torch.tensor([s + [fill] * (longest - len(s)) for s in seqs])


def batch(seqs):
    """Right padding; positions from the mask."""
    mask = padded([[1] * len(s) for s in seqs], 0)
    return {"input_ids": padded(seqs, 0), "attention_mask": mask, "position_ids": (mask.cumsum(1) - 1).clamp(min=0)}


IDS = [torch.randint(0, 300, (n,)).tolist() for n in (12, 7, 16)]
LABELS = [list(s) for s in IDS]
LABELS[0][3:6] = [-100] * 3
LABELS[2][0:8] = [-100] * 8


def parity():
    m = model("safetensors-f32")
    out = m(**batch(IDS), labels=padded(LABELS, -100))
    out.loss.backward()
    head = sorted(set(sum(IDS, [])) | {1, 2, 3})
    place = {v: i for i, v in enumerate(head)}
    narrow = torch.nn.functional.cross_entropy(out.logits[:, :-1][..., head].flatten(0, 1),
                                               padded([[place.get(v, -100) for v in s] for s in LABELS], -100)[:, 1:].flatten())
    return {
        "ids": IDS, "labels": LABELS, "loss": out.loss.item(), "head": head, "headLoss": narrow.item(),
        "logits": [digits(out.logits[i, :len(s), ::10].tolist()) for i, s in enumerate(IDS)],
        "gradients": {k.removeprefix("transformer."): p.grad.double().norm().item() for k, p in m.named_parameters()},
    }


def steps():
    """Ten steps of AdamW as transformers.Trainer does them, without dropout."""
    m = model("safetensors-f32")
    matrices, others = [p for p in m.parameters() if p.dim() == 2], [p for p in m.parameters() if p.dim() != 2]
    adam = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}], lr=1e-2)
    rate = transformers.get_linear_schedule_with_warmup(adam, 0, 10)
    losses = []
    for _ in range(10):
        loss = m(**batch(IDS), labels=padded(LABELS, -100)).loss
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0)
        adam.step()
        rate.step()
        losses.append(loss.item())
    return losses


def lora():
    base = model("shards")
    ids = [[3, 59, 0, 17, 42]]
    out = peft.PeftModel.from_pretrained(base, os.path.join(FOLDERS, "lora"), is_trainable=True).eval()
    got = out(torch.tensor(ids), labels=torch.tensor(ids))
    got.loss.backward()
    grads = {k.replace("base_model.model.transformer.", "").replace(".default.weight", ""): p.grad.double().norm().item() for k, p in out.named_parameters() if p.requires_grad}
    return {"ids": ids[0], "logits": digits(got.logits[0].tolist()), "gradients": grads}


def filtered():
    """What is left of fixed logits: the processors that generate() itself makes, in its order."""
    m = model("safetensors-f32")
    logits = torch.randn(3, 64) * 3
    logits[1, 5] = logits[1, 9] = logits[1, 30]  # ties at the k-th place
    present = torch.tensor([[1, 4, 4, 20, 33], [7, 7, 7, 8, 63], [0, 2, 40, 41, 42]])
    order = logits[1].argsort(descending=True).tolist()
    cases = []
    for o in ({"temperature": 0.7}, {"top_k": 5}, {"top_k": order.index(5) + 1}, {"top_p": 0.9}, {"top_p": 0.3}, {"top_p": 1e-6}, {"repetition_penalty": 1.3},
              {"temperature": 1.4, "top_k": 20, "top_p": 0.8, "repetition_penalty": 1.2}, {"temperature": 0.5, "top_p": 0.95, "allowed": list(range(0, 64, 3))},
              {"top_k": 7, "repetition_penalty": 0.8, "allowed": [1, 2, 4, 8, 16, 20, 32, 33, 40, 60]}):
        allowed = o.get("allowed")
        config = GenerationConfig(do_sample=True, **({"top_k": 0, "top_p": 1.0} | {k: v for k, v in o.items() if k != "allowed"}))
        config.num_beams = config.num_return_sequences = 1
        processors = m._get_logits_processor(generation_config=config, input_ids_seq_length=5, encoder_input_ids=present,
                                             prefix_allowed_tokens_fn=(lambda _, __: allowed) if allowed else None, logits_processor=LogitsProcessorList(), device="cpu")
        p = processors(present, logits.clone()).softmax(-1)
        cases.append({"options": o, "order": [type(x).__name__ for x in processors], "probabilities": [[[i, float(f"{v:.7g}")] for i, v in enumerate(row) if v > 0] for row in p.tolist()]})
    return {"logits": digits(logits.tolist()), "present": present.tolist(), "cases": cases}


def greedy():
    m = model("safetensors-f32")
    rows = []
    for prompt in ([5], [250, 0, 17], [299, 42, 42, 131, 8]):
        for penalty in (1.0, 1.5):
            out = m.generate(torch.tensor([prompt]), do_sample=False, max_length=15, repetition_penalty=penalty, pad_token_id=0, attention_mask=torch.ones(1, len(prompt), dtype=torch.long))
            rows.append({"prompt": prompt, "penalty": penalty, "ids": out[0].tolist()})
    return rows


if __name__ == "__main__":
    golden = {"parity": parity(), "steps": steps(), "lora": lora(), "filters": filtered(), "greedy": greedy(),
              "versions": {p.__name__: p.__version__ for p in (torch, transformers, peft)} | {"python": platform.python_version()}}
    with open(os.path.join(HERE, "golden.json"), "w") as f:
        json.dump(golden, f)
        f.write("\n")
