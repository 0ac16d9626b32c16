// Package tokenizer is the byte-level BPE (byte pair encoding) of GPT-2: it turns text into ids and ids into text.
//
// [Open] reads the files of a Hugging Face folder, [Train] makes a vocabulary from texts, and the package tokenizer/gpt2 has the
// one that GPT-2, DistilGPT2 and DialoGPT share. A text is cut into pieces (a word with the space before it, a run of digits, a
// run of other characters, white space); a piece begins as one token for each byte, and of all neighbours that the list of
// merges names the best pair is joined until none is left. Pieces that were seen lately are looked up.
//
// # Special tokens
//
// A vocabulary may have tokens that stand for no text, such as <|endoftext|>, id 50256 of GPT-2. No text ever gives them:
// [Tokenizer.Encode] writes a cell that holds "<|endoftext|>" as the seven tokens that spell it. Who builds a prompt asks
// [Tokenizer.Special] for the id.
//
// # Bytes that are not UTF-8
//
// Every text can be encoded and comes back byte for byte. The peers see U+FFFD where a text is not UTF-8; here such a byte is a
// character that is neither letter, number nor white space, and is kept.
//
// # Unicode
//
// What is a letter (category L), a number (N) or white space (White_Space) is read from the Unicode tables of the Go release: a
// character that is new in a later Unicode is cut differently by programs of different age, with other ids. bench/tokenizer
// prints the characters of which this is true.
//
// Source: A. Radford et al., Language Models are Unsupervised Multitask Learners, 2019, section 2.2, and its released vocabulary;
// the ids are those of tokenizers 0.23 (encode_special_tokens on) and tiktoken 0.14 (disallowed_special=()).
//
// Dimension letters: V ids of the vocabulary, M merges, L bytes of a text, T tokens of a text.
package tokenizer
