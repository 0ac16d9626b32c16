"""Writes the folders beside it, and golden.json: what torch, transformers and peft themselves say is in them.

usage: python make.py     (in an environment with torch==2.15.0 transformers==5.24.0 safetensors==0.8.0 peft==0.21.2; see golden.json)

Two models with random weights: "tiny" (L=2, E=32, V=300), whose logits are in golden.json too, and a smaller one (L=1, E=16, V=60) for
the ways in which a folder can be written. Weights are random, biases and norms too, so that no tensor can be taken for another one.
"""
import hashlib, json, os, platform, shutil
import huggingface_hub, peft, safetensors, torch, transformers
from transformers import GPT2Config, GPT2LMHeadModel

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = {"tensors": {}}


def folder(name):
    path = os.path.join(HERE, name)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def model(layers, width, vocab, positions, seed, **options):
    torch.manual_seed(seed)
    m = GPT2LMHeadModel(GPT2Config(n_layer=layers, n_embd=width, n_head=4, vocab_size=vocab, n_positions=positions,
                                   bos_token_id=vocab - 1, eos_token_id=vocab - 1, **options)).eval()
    with torch.no_grad():
        for p in m.parameters():
            p.copy_(torch.randn_like(p) * 0.2)
    return m


def remember(name, state, untied=False):
    """Sums of the float32 values, row by row, of what is saved."""
    sums = {}
    for key, v in state.items():
        key = key.removeprefix("transformer.")
        if key != "lm_head.weight" or untied:
            sums[key] = {"shape": list(v.shape), "sha256": hashlib.sha256(v.detach().float().contiguous().numpy().tobytes()).hexdigest()}
    GOLDEN["tensors"][name] = sums


def config(path, m):
    m.config.architectures = ["GPT2LMHeadModel"]
    m.config.save_pretrained(path)


def torch_save(name, m, saved, state, zipped, file="pytorch_model.bin"):
    path = folder(name)
    config(path, m)
    torch.save(saved, os.path.join(path, file), _use_new_zipfile_serialization=zipped)
    remember(name, state)


def containers():
    """The tiny model in each container."""
    m = model(2, 32, 300, 16, 1)
    ids = torch.tensor([[5, 250, 0, 17, 299, 42, 42, 131]])
    GOLDEN["logits"] = {"ids": ids[0].tolist(), "float32": [[float(f"{x:.9g}") for x in row] for row in m(ids).logits[0].tolist()]}
    m.save_pretrained(folder("safetensors-f32"))
    remember("safetensors-f32", m.state_dict())
    torch_save("zip-f32", m, m.state_dict(), m.state_dict(), True)
    # As GPT-2 was published in 2019: no prefix, no head, the masks saved along, the stream that torch wrote before 1.6.
    old = {k.removeprefix("transformer."): v for k, v in m.state_dict().items() if k.startswith("transformer.")}
    masks = {f"h.{i}.attn.bias": torch.tril(torch.ones(16, 16, dtype=torch.uint8)).view(1, 1, 16, 16) for i in range(2)}
    masks |= {f"h.{i}.attn.masked_bias": torch.tensor(-1e4) for i in range(2)}
    torch_save("legacy-f32", m, old | masks, old, False)
    for name, dtype in (("f16", torch.float16), ("bf16", torch.bfloat16)):
        half = model(2, 32, 300, 16, 1).to(dtype)
        half.save_pretrained(folder("safetensors-" + name))
        remember("safetensors-" + name, half.state_dict())


def views(state):
    """All tensors in one storage, a square and an oblong weight transposed, one weight a part of wider rows."""
    out, flat, at = {}, torch.cat([v.flatten() for v in state.values()]), 0
    for k, v in state.items():
        out[k] = flat[at:at + v.numel()].view(v.shape)
        at += v.numel()
        if k.endswith(("attn.c_proj.weight", "mlp.c_fc.weight")):
            out[k] = v.t().contiguous().t()
        if k.endswith("mlp.c_proj.weight"):
            out[k] = torch.cat([v, -v], dim=1)[:, :v.shape[1]]
    return out


def ways():
    """The smaller model in the ways in which a folder can be written."""
    m = model(1, 16, 60, 8, 2)
    state = m.state_dict()
    torch_save("zip-views", m, views(state), state, True)
    torch_save("legacy-views", m, views(state), state, False)
    half = {k: v.half() for k, v in state.items()}
    torch_save("legacy-half", m, half, half, False)
    bf16 = {k: v.bfloat16() for k, v in state.items()}
    torch_save("zip-bf16", m, bf16, bf16, True)
    parameters = {"module." + k: v for k, v in m.state_dict(keep_vars=True).items()}
    nested = {"epoch": 3, "loss": 0.5, "notes": [None, True, "a\u00fc", (1, 2, 3, -70000)], "state_dict": parameters}
    torch_save("nested", m, nested, state, True)
    m.save_pretrained(folder("shards"), max_shard_size="8KB")
    remember("shards", state)
    config(folder("shards-bin"), m)
    huggingface_hub.save_torch_state_dict({k: v for k, v in state.items() if k != "lm_head.weight"}, os.path.join(HERE, "shards-bin"),
                                          max_shard_size="8KB", safe_serialization=False)
    remember("shards-bin", state)
    double = model(1, 16, 60, 8, 2).double()
    double.save_pretrained(folder("safetensors-f64"))
    remember("safetensors-f64", double.state_dict())
    untied = model(1, 16, 60, 8, 3, tie_word_embeddings=False)
    untied.save_pretrained(folder("untied"))
    remember("untied", untied.state_dict(), untied=True)
    lora(m)


def lora(m):
    """An adapter of PEFT for the smaller model, with the targets that PEFT itself takes where none are named and c_proj besides."""
    adapted = peft.get_peft_model(m, peft.LoraConfig(r=4, lora_alpha=8, lora_dropout=0.05, target_modules=["c_attn", "c_proj"], fan_in_fan_out=True, task_type="CAUSAL_LM"))
    with torch.no_grad():
        for k, p in adapted.named_parameters():
            if "lora_" in k:
                p.copy_(torch.randn_like(p) * 0.2)
    path = folder("lora")
    adapted.save_pretrained(path)
    os.remove(os.path.join(path, "README.md"))
    state = {k.replace("base_model.model.transformer.", ""): v for k, v in peft.get_peft_model_state_dict(adapted).items()}
    remember("lora", {k.removesuffix(".weight"): v for k, v in state.items()})


if __name__ == "__main__":
    containers()
    ways()
    GOLDEN["versions"] = {p.__name__: p.__version__ for p in (torch, transformers, safetensors, peft, huggingface_hub)} | {"python": platform.python_version()}
    with open(os.path.join(HERE, "golden.json"), "w") as f:
        json.dump(GOLDEN, f, indent=0)
