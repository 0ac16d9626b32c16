// Package transformer has the decoder of GPT-2 (Radford, Wu, Child, Luan, Amodei and Sutskever, "Language models are unsupervised
// multitask learners", 2019): the model, its training and its generation. Ids of tokens go in and come out; it knows no
// tokenizer and no table.
//
// In the order of reading:
//
//	config.go     the sizes of a model
//	block.go      layer norm, attention and perceptron, as often as there are layers: [Blocks]
//	model.go      embeddings below, head above: [Model], from scratch or from a folder of Hugging Face
//	batch.go      sequences of different lengths in one matrix
//	loss.go       how likely a model finds the next token
//	train.go      what is asked of a training: [Train]
//	trainer.go    its steps
//	health.go     looks at sequences held out, the way back when a number is not finite, and checkpoints
//	recompute.go  less memory: activations are computed twice
//	lora.go       an adapter is trained in place of the weights
//	cache.go      keys and values of the tokens so far: [Cache]
//	generate.go   rows of new tokens: [Model.Generate]
//	filter.go     which tokens may be drawn, and with which probability
//
// Everything is a function of the seed: a row that is generated of the model, the seed and the row's number, whatever
// rows are computed beside it, and a training of the data, the options and the seed. Both are so for any number of threads.
//
// Sequences are padded on the right, so that a token's position is the number of tokens before it. Padding is never looked at,
// learned or generated.
//
// What transformers 5.24 on torch 2.15 and PEFT 0.21 do, this package does alike to float32's precision; testdata/golden.py makes the
// numbers that say so.
//
// With BF16 in the options of training or generation the products are those of bfloat16, where the processor gains by it
// ([kernels.CheckBF16]): a training's weights, gradients and moments stay float32, a generation's weights take half the memory. Bits are then
// those of one kind of processor.
//
// Dimension letters: B sequences, T positions of the longest, N rows of a matrix (B*T, or the new tokens of a step), E width, H heads,
// F inner width, L layers, P positions, V vocabulary, R rank of an adapter.
package transformer
