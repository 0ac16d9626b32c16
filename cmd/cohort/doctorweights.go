package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strings"

	"example.org/cohort/tokenizer"
	"example.org/cohort/transformer"
	"example.org/cohort/transformer/hf"
)

// runDoctorWeights explains a folder of Hugging Face, and tries it.
func (a *app) runDoctorWeights(folder string) error {
	files := os.DirFS(folder)
	r := hf.Inspect(files)
	a.say("%s", wrap("Folder     ", folder, a.width))
	for line := range strings.SplitSeq(strings.TrimRight(r.String(), "\n"), "\n") {
		key, text, ok := strings.Cut(line, " ")
		switch {
		case !ok || key == "": // a tensor
			a.say("%s", line)
		case key != "problem": // those are told all at once, at the end
			a.say("%s", wrap(padded(strings.ToUpper(key[:1])+key[1:], 11), strings.TrimSpace(text), a.width))
		}
	}
	if err := weightsProblem(folder, r); err != nil {
		return err
	}
	said, err := tokenizerText(files, r.Config.Vocab)
	if err != nil {
		return tokenizerProblem(folder, err)
	}
	a.say("%s", wrap("Tokenizer  ", said, a.width))
	m := a.start("Self-test", "test", 0)
	text, err := weightsTest(files)
	m.stop()
	if err != nil {
		p := fault("weights-unusable", "the self-test of "+folder+" failed: "+fullStop(err.Error()), "copy the folder again from where it came")
		p.file = folder
		return p
	}
	a.say("%s", wrap("Self-test  ", a.status(true)+" "+text, a.width))
	a.say("%s", a.text("Next       cohort make TABLE --model great --weights "+quoteArg(folder)))
	return nil
}

// tokenizerText says with which tokenizer the weights will be used.
func tokenizerText(files fs.FS, vocab int) (string, error) {
	t, err := tokenizer.Open(files)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if vocab < gpt2Vocab {
			return "", fmt.Errorf("the folder has no tokenizer files, and %s are too few for that of GPT-2", count(vocab, "id", "ids"))
		}
		return "none in the folder: that of GPT-2 is used, " + count(gpt2Vocab, "id", "ids"), nil
	case err != nil:
		return "", err
	case t.Size() > vocab:
		return "", fmt.Errorf("it has %s, and the weights have %s", count(t.Size(), "id", "ids"), grouped(int64(vocab)))
	}
	return "the folder's own, " + count(t.Size(), "id", "ids"), nil
}

// gpt2Vocab is the number of ids of GPT-2, DistilGPT2 and DialoGPT.
const gpt2Vocab = 50257

// weightsTest opens the model and asks it what follows a few tokens.
func weightsTest(files fs.FS) (string, error) {
	m, _, err := transformer.Open(files)
	if err != nil {
		return "", err
	}
	ids := make([]int32, min(8, m.Config.Positions))
	for i := range ids {
		ids[i] = int32(i * 31 % m.Config.Vocab)
	}
	logits, err := m.Logits(ids)
	if err != nil {
		return "", err
	}
	for _, x := range logits {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return "", errors.New("what the model says is not a number")
		}
	}
	// The mean -ln probability of the tokens that were shown: about ln V for a model that knows nothing.
	nll, v := 0.0, m.Config.Vocab
	for t := 1; t < len(ids); t++ {
		row := logits[(t-1)*v : t*v]
		most, sum := float64(row[0]), 0.0
		for _, x := range row {
			most = max(most, float64(x))
		}
		for _, x := range row {
			sum += math.Exp(float64(x) - most)
		}
		nll += most + math.Log(sum) - float64(row[ids[t]])
	}
	return fmt.Sprintf("opened; the logits of %d tokens are numbers (mean loss %.2f; knowing nothing is %.2f)", len(ids),
		nll/float64(max(len(ids)-1, 1)), math.Log(float64(v))), nil
}
