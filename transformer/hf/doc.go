// Package hf reads and writes model folders of Hugging Face's transformers for the GPT-2 family (GPT-2, DistilGPT2, DialoGPT, and any
// other with the same model_type): config.json and the weights as safetensors or as what torch.save wrote, in its zip format and in
// the stream of torch before 1.6, whole or in shards. It also reads and writes LoRA adapters as PEFT has them.
//
// [Open] reads config.json and where each tensor lies, and compares the two; values are read one tensor at a time into memory of the
// caller, so that memory never holds the file beside the model. [Inspect] describes a folder, sound or not. [Write] writes a
// folder that transformers loads.
//
// Tensors have the names that GPT2Model gives them ("h.0.attn.c_attn.weight"), without the prefixes that wrappers add, and
// "lm_head.weight" where the output layer has weights of its own. Weights of Conv1D layers are [in, out]: y = xW + b. Values
// are float32, row-major, whatever the file has (F16, BF16, F32, F64).
//
// A pytorch_model.bin is a pickle, a program for a small machine. The machine here builds strings, numbers, lists, dictionaries and
// descriptions of tensors, knows the few names that a dictionary of tensors needs, refuses every other name, and never calls
// anything. Sizes are believed only when the file is long enough for them.
//
// Formats: safetensors 0.4 to 0.8 (github.com/huggingface/safetensors, README), torch 0.1.10 to 2.15 (torch/serialization.py),
// transformers 4 and 5, PEFT 0.5 to 0.21. The folders in testdata were written by those programs.
//
// Dimension letters: L layers, H heads, E width, F inner width (4E unless n_inner says otherwise), P positions, V vocabulary, R rank.
package hf
