package main

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"example.org/cohort/table"
	"example.org/cohort/transformer/great"
	"example.org/cohort/transformer/hf"
)

// writerOptionNames are the options of the models that write rows as text, beside those that they share with networks. One of them alone
// means great.
const writerOptionNames = "weights lora temperature bf16"

var (
	writerNames   = []string{"great", "gpt2", "distilgpt2", "dialogpt"}
	writerPresets = []string{"be_great", "realtabformer"}
)

func setTemperature(o *options, v string) error {
	t, err := strconv.ParseFloat(v, 64)
	if err != nil || !(t > 0 && t <= 100) {
		return badValue("temperature", "a number above 0; 1 is what was learned", "0.7")
	}
	o.temperature = t
	return nil
}

func setWeightsFolder(o *options, v string) error {
	if v == "" || v == "-" {
		return badValue("weights", "a folder", "models/gpt2")
	}
	o.weightsFolder = v
	return nil
}

// isWriter tells whether a GPT-2 will learn rows as text.
func (o *options) isWriter() bool {
	if o.model != "" {
		return slices.Contains(writerNames, o.model)
	}
	return o.firstOf(writerOptionNames) != "" || slices.Contains(writerPresets, o.preset)
}

// firstOf gives the first of some options that was given, or "".
func (o *options) firstOf(names string) string {
	for name := range strings.FieldsSeq(names) {
		if o.has(name) {
			return name
		}
	}
	return ""
}

// writer are the options of the library's GPT-2, or nil for another model.
func (o *options) writer() *great.Options {
	if !o.isWriter() {
		return nil
	}
	w := &great.Options{Preset: o.preset, Epochs: o.epochs, Batch: o.batch, LR: o.lr, LoRA: o.lora, Temperature: o.temperature, BF16: o.bf16}
	if o.weightsFolder != "" {
		w.Weights = os.DirFS(o.weightsFolder)
	}
	return w
}

// libraryModel is the library's name of the model: the GPT-2s differ in their weights alone.
func (o *options) libraryModel() string {
	if o.isWriter() {
		return "great"
	}
	return o.model
}

// checkWriter refuses options that do not fit a GPT-2.
func (o *options) checkWriter() error {
	switch {
	case o.has("pac"):
		return o.notHere("pac", "the model ctgan")
	case o.preset == "sdv" || o.preset == "synthcity":
		return o.notHere("preset "+o.preset, "the models ctgan and tvae")
	case o.model != "" && o.model != "great" && o.weightsFolder == "":
		return usage("weights-needed", "the model "+o.model+" begins with weights that were trained on text, and none were given.",
			"cohort help weights     (where they come from)\n"+o.command(o.file(), "--weights models/"+o.model)+"     (the folder with config.json)")
	case o.lora > 0 && o.weightsFolder == "":
		return usage("weights-needed", "--lora trains an adapter beside weights, and none were given.",
			"cohort help weights     (where they come from)\n"+o.without("lora").command(o.file(), ""))
	}
	o.noRules = o.noRules || o.isPeer()
	return nil
}

// notHere says to which models an option belongs.
func (o *options) notHere(name, belongs string) error {
	model := o.model
	if model == "" && o.isWriter() {
		model = "great"
	} else if model == "" {
		model = "ctgan"
	}
	example := "--model ctgan"
	if strings.Contains(belongs, "great") && !strings.Contains(belongs, "ctgan") {
		example = "--model great"
	}
	return usage("option-not-here", dashed(name)+" belongs to "+belongs+", and the model is "+model+".", o.command(o.file(), example))
}

// checkWeights looks at the folder before the table is read.
func (a *app) checkWeights(o *options) error {
	if o.weightsFolder == "" || o.verb == "doctor" {
		return nil
	}
	r := hf.Inspect(os.DirFS(o.weightsFolder))
	if err := weightsProblem(o.weightsFolder, r); err != nil {
		return err
	}
	// What is wrong with the tokenizer would come to light after the table is read.
	if _, err := tokenizerText(os.DirFS(o.weightsFolder), r.Config.Vocab); err != nil {
		return tokenizerProblem(o.weightsFolder, err)
	}
	if text := otherSize(o.model, r.Config); text != "" {
		a.warn(&table.Error{Code: "other-weights", Reason: o.weightsFolder + " has " + text})
	}
	return nil
}

// tokenizerProblem says that the folder's tokenizer is none, or is not that of the weights.
func tokenizerProblem(folder string, err error) error {
	p := fault("weights-unusable", "the tokenizer of "+folder+" can't be used: "+fullStop(err.Error()), "cohort help weights     (which files a folder has)")
	p.file, p.err = folder, err
	return p
}

// writerSizes are layers, heads and width of the models that --model names, by the config.json of openai-community/gpt2 (to -xl),
// distilbert/distilgpt2 and microsoft/DialoGPT-small, -medium and -large.
var writerSizes = map[string][][3]int{
	"gpt2":       {{12, 12, 768}, {24, 16, 1024}, {36, 20, 1280}, {48, 25, 1600}},
	"distilgpt2": {{6, 12, 768}},
	"dialogpt":   {{12, 12, 768}, {24, 16, 1024}, {36, 20, 1280}},
}

// otherSize says how a folder differs from the model that --model names, or nothing.
func otherSize(model string, c *hf.Config) string {
	sizes := writerSizes[model]
	if sizes == nil || c.Vocab == gpt2Vocab && slices.Contains(sizes, [3]int{c.Layers, c.Heads, c.Width}) {
		return ""
	}
	var layers []string
	for _, s := range sizes {
		layers = append(layers, strconv.Itoa(s[0]))
	}
	return fmt.Sprintf("%s of width %s and %s tokens, and %s has %s layers and 50,257 tokens; it is learned as it is",
		count(c.Layers, "layer", "layers"), grouped(int64(c.Width)), grouped(int64(c.Vocab)), model, strings.Join(layers, ", "))
}

// weightsProblem says why a folder can't be used, or gives nil.
func weightsProblem(folder string, r *hf.Report) error {
	if len(r.Problems) == 0 {
		return nil
	}
	if info, err := fs.Stat(os.DirFS(folder), "."); err != nil || !info.IsDir() {
		p := fault("weights-unusable", folder+" is no folder that can be read.", "cohort help weights     (which files a folder has)")
		p.file = folder
		return p
	}
	what := fmt.Sprintf("the weights in %s can't be used: %s", folder, fullStop(strings.Join(r.Problems, "; ")))
	do := "cohort doctor --weights " + quoteArg(folder) + "     (explains the folder)\ncohort help weights     (which files a folder has)"
	p := fault("weights-unusable", what, do)
	if slices.ContainsFunc(r.Problems, func(s string) bool { return strings.Contains(s, "missing") }) {
		p = fault("weights-incomplete", what, do)
	}
	p.file = folder
	return p
}

// fullStop ends a text with a full stop.
func fullStop(text string) string { return strings.TrimSuffix(text, ".") + "." }
