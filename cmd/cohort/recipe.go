package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// A recipe is a file of options: the keys are the names of the options, and a table [columns."Maths"] a column has kind,
// layout, order, coarsen and drop. What stands on the command line wins.

// columnKeys may stand in the table of a column.
var columnKeys = []string{"kind", "layout", "order", "coarsen", "drop"}

// recipeKinds are the values of kind in a recipe.
var recipeKinds = []string{"category", "ordered", "number", "date", "id", "text"}

// readRecipe sets the options of the recipe file that the command line does not set.
func (o *options) readRecipe(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return o.applyRecipe(path, string(b))
}

// applyRecipe is readRecipe on the text of the file.
func (o *options) applyRecipe(path, text string) error {
	o.recipeText = text
	var keys map[string]any
	meta, err := toml.Decode(text, &keys)
	if err != nil {
		p := fault("bad-recipe", path+" is not written as a recipe is.", "cohort help recipe")
		var syntax toml.ParseError
		if errors.As(err, &syntax) {
			p.line = int64(syntax.Position.Line)
			p.what = fmt.Sprintf("line %d of %s is not written as a recipe is: key = value, texts in double quotes.", p.line, path)
		}
		p.file = path
		return p
	}
	// The keys of the file in their order, so that the first mistake in the file is the one that is told.
	flags := *o
	for _, key := range meta.Keys() {
		switch {
		case key[0] == "columns" && len(key) == 2:
			err = o.recipeColumn(path, key[1], keys["columns"], &flags)
		case key[0] == "columns" || len(key) > 1:
			continue
		default:
			err = o.recipeOption(path, key[0], keys[key[0]], &flags)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// recipeOption sets one option from its value in the file.
func (o *options) recipeOption(path, key string, value any, flags *options) error {
	opt, ok := findOption(key)
	if !ok || !opt.recipe {
		return unknownKey(path, key, recipeKeys())
	}
	if flags.has(opt.name) {
		return nil
	}
	list, ok := value.([]any)
	if !ok || !opt.repeat {
		list = []any{value}
	}
	for _, item := range list {
		if item == false && opt.value == "" {
			continue
		}
		text, ok := recipeValue(item)
		if !ok || (item == true) != (opt.value == "") {
			return fault("bad-recipe", fmt.Sprintf("%s: the value of %s is not of the kind that it needs.", path, key), "cohort help recipe")
		}
		if err := opt.set(o, text); err != nil {
			return inFile(err, path)
		}
		o.given[opt.name] = append(o.given[opt.name], text)
	}
	return nil
}

// recipeValue gives a value of the file as it would stand on the command line.
func recipeValue(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case bool:
		return "", v
	}
	return "", false
}

// recipeColumn sets what the table of one column says.
func (o *options) recipeColumn(path, column string, columns any, flags *options) error {
	all, _ := columns.(map[string]any)
	keys, ok := all[column].(map[string]any)
	if !ok {
		return fault("bad-recipe", fmt.Sprintf("%s: a column is written as a table of its own.", path),
			fmt.Sprintf("[columns.%q]\nkind = \"number\"", column))
	}
	for _, key := range columnKeys {
		value, there := keys[key]
		if !there {
			continue
		}
		if err := o.recipeCell(path, column, key, value, flags); err != nil {
			return err
		}
		delete(keys, key)
	}
	if len(keys) > 0 {
		return unknownKey(path, slices.Min(slices.Collect(maps.Keys(keys))), columnKeys)
	}
	return nil
}

func (o *options) recipeCell(path, column, key string, value any, flags *options) error {
	text, isText := value.(string)
	if n, ok := value.(int64); ok {
		text, isText = strconv.FormatInt(n, 10), true
	}
	says := func(list []columnText) bool {
		return slices.ContainsFunc(list, func(c columnText) bool { return c.column == column })
	}
	switch {
	case key == "drop" && value == true:
		if !slices.Contains(flags.drop, column) {
			o.drop = append(o.drop, column)
		}
	case key == "drop" && value == false:
	case key == "kind" && isText && slices.Contains(recipeKinds, text):
		if !says(flags.kinds) {
			o.kinds = append(o.kinds, columnText{column, text})
		}
	case key == "layout" && isText && looksLikeLayout(text):
		if !says(flags.layouts) && !says(flags.kinds) {
			o.layouts = append(o.layouts, columnText{column, text})
		}
	case key == "coarsen" && isText:
		if !says(flags.coarsen) {
			return inFile(setCoarsen(o, column+"="+text), path)
		}
	case key == "kind" && isText:
		return fault("no-such-kind", fmt.Sprintf("%s: there is no kind %q, which column %q asks for.", path, text, column),
			"take one of "+strings.Join(recipeKinds, ", "))
	case key == "order" && len(texts(value)) > 1:
		if !says(flags.kinds) {
			o.kinds = append(o.kinds, columnText{column, "ordered"})
			o.orders = append(o.orders, columnTexts{column, texts(value)})
		}
	default:
		return fault("bad-recipe", fmt.Sprintf("%s: %s of column %q is not of the kind that it needs.", path, key, column), "cohort help recipe")
	}
	return nil
}

// texts gives the texts of a list, or nil if it holds anything else or one of them twice.
func texts(value any) []string {
	items, _ := value.([]any)
	var out []string
	for _, item := range items {
		text, ok := item.(string)
		if !ok || slices.Contains(out, text) {
			return nil
		}
		out = append(out, text)
	}
	return out
}

// inFile adds the name of the recipe to the error of a value.
func inFile(err error, path string) error {
	var p *problem
	if errors.As(err, &p) {
		in := *p
		in.what, in.file, in.exit = path+": "+p.what, path, exitError
		return &in
	}
	return err
}

// recipeKeys lists the options that may stand in a recipe.
func recipeKeys() []string {
	var names []string
	for _, opt := range optionTable() {
		if opt.recipe {
			names = append(names, opt.name)
		}
	}
	return append(names, "columns")
}

func unknownKey(path, key string, keys []string) error {
	p := fault("bad-recipe", fmt.Sprintf("%s: there is no option %q in a recipe.", path, key), "cohort help recipe")
	p.file = path
	if near := nearest(key, keys); near != "" {
		p.what += " Did you mean: " + near
		p.do = near
	}
	return p
}
