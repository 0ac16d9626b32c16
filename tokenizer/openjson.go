package tokenizer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
)

// A vocabJSON is an object of ids by token. A key that comes twice is an error, where encoding/json would take the last.
type vocabJSON map[string]int32

func (v *vocabJSON) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return fmt.Errorf("ids by token are expected, as {\"a\": 0}")
	}
	*v = vocabJSON{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		token := key.(string) // the decoder lets nothing else pass as a key
		var id float64
		if err := d.Decode(&id); err != nil || id != math.Trunc(id) || math.Abs(id) > math.MaxInt32 {
			return fmt.Errorf("key %.40q: its id is not a whole number", token)
		}
		if _, twice := (*v)[token]; twice {
			return fmt.Errorf("key %.40q comes twice: remove one", token)
		}
		(*v)[token] = int32(id)
	}
	return nil
}

func parseVocab(file string, data []byte) (map[string]int32, error) {
	var v vocabJSON
	if err := parseJSON(file, data, &v); err != nil {
		return nil, err
	}
	return v, nil
}

// parseJSON reads a file; the error says in which line it is broken.
func parseJSON(file string, data []byte, to any) error {
	err := json.Unmarshal(data, to)
	if err == nil {
		return nil
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s, line %d: the JSON is broken (%w): copy the file again", file, lineAt(data, syntax.Offset), err)
	case errors.As(err, &kind):
		return fmt.Errorf("%s, line %d: key %q is not of the kind that is expected there", file, lineAt(data, kind.Offset), kind.Field)
	}
	return fmt.Errorf("%s: %w", file, err)
}

func lineAt(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(int(offset), len(data))], []byte("\n"))
}

// readAdded reads added_tokens.json, which need not be there.
func (s *source) readAdded(folder fs.FS) error {
	const file = "added_tokens.json"
	data, err := readFile(folder, file)
	if err != nil || data == nil {
		return err
	}
	if s.added, err = parseVocab(file, data); err != nil {
		return err
	}
	return s.checkAdded(file)
}

func (s *source) checkAdded(file string) error {
	for token, id := range s.added {
		if other, ok := s.tokens[token]; ok && other != id {
			return fmt.Errorf("%s gives %.40q the id %d, %s gives it %d: correct the wrong one", file, token, id, s.file, other)
		}
	}
	return nil
}

// checkConfig refuses what tokenizer_config.json may ask for and is not done here.
func checkConfig(folder fs.FS) error {
	const file = "tokenizer_config.json"
	data, err := readFile(folder, file)
	if err != nil || data == nil {
		return err
	}
	var c struct {
		AddPrefixSpace bool `json:"add_prefix_space"`
	}
	if err := parseJSON(file, data, &c); err != nil {
		return err
	}
	if c.AddPrefixSpace {
		return fmt.Errorf("%s: add_prefix_space is true: a text is never given a space before it here, so the ids would differ; only false can be used", file)
	}
	return nil
}

// A tokenizerJSON is the part of tokenizer.json that decides ids (tokenizers 0.10 to 0.23).
type tokenizerJSON struct {
	Added []struct {
		ID      int32  `json:"id"`
		Content string `json:"content"`
	} `json:"added_tokens"`
	Normalizer   *struct{ Type string } `json:"normalizer"`
	PreTokenizer *struct {
		Type           string
		AddPrefixSpace bool  `json:"add_prefix_space"`
		UseRegex       *bool `json:"use_regex"`
	} `json:"pre_tokenizer"`
	Model struct {
		Type         string
		Dropout      *float64
		Prefix       string `json:"continuing_subword_prefix"`
		Suffix       string `json:"end_of_word_suffix"`
		ByteFallback bool   `json:"byte_fallback"`
		IgnoreMerges bool   `json:"ignore_merges"`
		Vocab        vocabJSON
		Merges       []mergeJSON
	} `json:"model"`
}

// A mergeJSON is "a b", or ["a", "b"] since tokenizers 0.20.
type mergeJSON [2]string

func (m *mergeJSON) UnmarshalJSON(data []byte) error {
	var two []string
	if json.Unmarshal(data, &two) != nil {
		var line string
		if err := json.Unmarshal(data, &line); err != nil {
			return err
		}
		left, right, _ := bytes.Cut([]byte(line), []byte(" "))
		two = []string{string(left), string(right)}
	}
	if len(two) != 2 || two[0] == "" || two[1] == "" {
		return errors.New("key \"model.merges\": a merge is two tokens")
	}
	*m = mergeJSON(two)
	return nil
}

// readWhole reads tokenizer.json; nil if there is none.
func readWhole(folder fs.FS) (*source, error) {
	const file = "tokenizer.json"
	data, err := readFile(folder, file)
	if err != nil || data == nil {
		return nil, err
	}
	var j tokenizerJSON
	if err := parseJSON(file, data, &j); err != nil {
		return nil, err
	}
	if key := j.unlike(); key != "" {
		return nil, fmt.Errorf("%s: key %q: only byte-level BPE that cuts and joins as GPT-2 does can be used; take a model of that family", file, key)
	}
	s := &source{
		file: file, tokens: j.Model.Vocab, added: map[string]int32{}, merges: make([][2]string, len(j.Model.Merges)),
		place: func(merge int) string { return fmt.Sprintf("%s, merge %d", file, merge+1) },
	}
	for i, m := range j.Model.Merges {
		s.merges[i] = m
	}
	for _, a := range j.Added {
		if first, twice := s.added[a.Content]; twice && first != a.ID {
			return nil, fmt.Errorf("%s: key \"added_tokens\" gives %.40q the ids %d and %d: remove one", file, a.Content, first, a.ID)
		}
		s.added[a.Content] = a.ID
	}
	return s, s.checkAdded(file + ", key \"added_tokens\",")
}

// unlike names the key by which ids would differ from those that GPT-2's way gives; "" if there is none.
func (j *tokenizerJSON) unlike() string {
	m := &j.Model
	switch p := j.PreTokenizer; {
	case m.Type != "BPE" && m.Type != "": // absent in files of tokenizers before 0.10
		return "model.type"
	case m.Dropout != nil && *m.Dropout != 0:
		return "model.dropout"
	case m.Prefix != "":
		return "model.continuing_subword_prefix"
	case m.Suffix != "":
		return "model.end_of_word_suffix"
	case m.ByteFallback:
		return "model.byte_fallback"
	case m.IgnoreMerges:
		return "model.ignore_merges"
	case j.Normalizer != nil:
		return "normalizer"
	case p == nil || p.Type != "ByteLevel":
		return "pre_tokenizer"
	case p.AddPrefixSpace:
		return "pre_tokenizer.add_prefix_space"
	case p.UseRegex != nil && !*p.UseRegex:
		return "pre_tokenizer.use_regex"
	}
	return ""
}
