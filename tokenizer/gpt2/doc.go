// Package gpt2 carries the vocabulary of GPT-2, which DistilGPT2 and DialoGPT share: 50,257 ids, of which 50256 is the special token
// <|endoftext|>. It weighs 155 KB, so only what needs it imports it; a folder of weights that has a vocabulary of its own is read with
// [tokenizer.Open].
//
// The file merges.zlib holds the 50,000 merges as pairs of ids, compressed (bench/tokenizer/pack.py made it from vocab.bpe); the
// tokens follow from them. Vocabulary: Copyright 2019 OpenAI, see LICENSE.
//
// Source: A. Radford et al., Language Models are Unsupervised Multitask Learners, 2019; github.com/openai/gpt-2, models/124M.
//
// Dimension letters: M merges.
package gpt2
