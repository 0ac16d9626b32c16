package tokenizer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// maxFile is the largest vocabulary file that is read: 30 times as large as GPT-2's.
const maxFile = 64 << 20

// pairNames are the names of the two files of a vocabulary: Hugging Face's and OpenAI's.
var pairNames = [][2]string{{"vocab.json", "merges.txt"}, {"encoder.json", "vocab.bpe"}}

// A source is what the files of a folder say: tokens are spelled as there, by characters of the byte alphabet.
type source struct {
	file   string           // that has the tokens
	tokens map[string]int32 // ids
	added  map[string]int32 // ids of tokens that are listed as special or added
	merges [][2]string
	place  func(merge int) string
}

// Open reads the tokenizer of a folder, such as os.DirFS(path), in the form of tokenizers and transformers: tokenizer.json, or
// vocab.json and merges.txt with added_tokens.json where there is one, or encoder.json and vocab.bpe as OpenAI named them. Of
// tokenizer.json only byte-level BPE that cuts and joins as GPT-2 does is taken. If a folder has both forms, they must agree.
//
// The error names the file, the line or key, and what can be done. If the folder has no such file, it wraps [fs.ErrNotExist].
func Open(folder fs.FS) (*Tokenizer, error) {
	whole, err := readWhole(folder)
	if err != nil {
		return nil, fmt.Errorf("tokenizer: %w", err)
	}
	parts, err := readParts(folder)
	if err != nil {
		return nil, fmt.Errorf("tokenizer: %w", err)
	}
	if err := checkConfig(folder); err != nil {
		return nil, fmt.Errorf("tokenizer: %w", err)
	}
	switch {
	case whole == nil && parts == nil:
		return nil, fmt.Errorf("tokenizer: the folder has neither tokenizer.json nor vocab.json and merges.txt: copy them from where the weights are from: %w",
			fs.ErrNotExist)
	case whole == nil:
		return parts.tokenizer()
	case parts != nil:
		if err := agree(whole, parts); err != nil {
			return nil, fmt.Errorf("tokenizer: %w: they are of two tokenizers; remove the file that does not belong to the weights", err)
		}
	}
	return whole.tokenizer()
}

// readParts reads the vocabulary that lies in two files; nil if the folder has neither.
func readParts(folder fs.FS) (*source, error) {
	for _, names := range pairNames {
		vocab, err := readFile(folder, names[0])
		if err != nil {
			return nil, err
		}
		merges, err := readFile(folder, names[1])
		if err != nil {
			return nil, err
		}
		if vocab == nil && merges == nil {
			continue
		}
		for i, data := range [][]byte{vocab, merges} {
			if data == nil {
				return nil, fmt.Errorf("the folder has %s and not %s: the two belong together; copy the other one, too", names[1-i], names[i])
			}
		}
		s := &source{file: names[0]}
		if s.tokens, err = parseVocab(names[0], vocab); err != nil {
			return nil, err
		}
		if err := s.parseMerges(names[1], string(merges)); err != nil {
			return nil, err
		}
		if err := s.readAdded(folder); err != nil {
			return nil, err
		}
		return s, nil
	}
	return nil, nil
}

// readFile returns the content of a file, nil if there is none.
func readFile(folder fs.FS, name string) ([]byte, error) {
	f, err := folder.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case len(data) > maxFile:
		return nil, fmt.Errorf("%s is larger than %d MB: it is not a vocabulary; copy the right file", name, maxFile>>20)
	case len(data) == 0:
		return nil, fmt.Errorf("%s is empty: copy it again", name)
	}
	return data, nil
}

// parseMerges reads a list of merges: a line "#version: ..." that may lack, then two tokens a line.
func (s *source) parseMerges(file, text string) error {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	first := 0
	if strings.HasPrefix(lines[0], "#version") {
		first = 1
	}
	s.place = func(merge int) string { return fmt.Sprintf("%s, line %d", file, first+merge+1) }
	s.merges = make([][2]string, 0, len(lines))
	for i, line := range lines[first:] {
		left, right, ok := strings.Cut(strings.TrimSuffix(line, "\r"), " ")
		if !ok || left == "" || right == "" || strings.Contains(right, " ") {
			return fmt.Errorf("%s: a merge is two tokens with one space between them: copy the file again", s.place(i))
		}
		s.merges = append(s.merges, [2]string{left, right})
	}
	return nil
}

// tokenizer builds what the files describe.
func (s *source) tokenizer() (*Tokenizer, error) {
	spelled, err := s.byID()
	if err != nil {
		return nil, fmt.Errorf("tokenizer: %w", err)
	}
	merges, made, err := s.mergeIDs()
	if err != nil {
		return nil, fmt.Errorf("tokenizer: %w", err)
	}
	tokens := make([]string, len(spelled)) // (V)
	for id, token := range spelled {
		if tokens[id], err = s.bytes(token, made[token]); err != nil {
			return nil, fmt.Errorf("tokenizer: %w", err)
		}
	}
	return build(tokens, merges, places{func(id int) string { return fmt.Sprintf("%s, key %.40q", s.file, spelled[id]) }, s.place})
}

// byID puts the tokens in the order of their ids: 0 to V-1, each once.
func (s *source) byID() ([]string, error) {
	size := len(s.tokens)
	for token := range s.added {
		if _, both := s.tokens[token]; !both {
			size++
		}
	}
	spelled := make([]string, size) // (V)
	for _, list := range []map[string]int32{s.tokens, s.added} {
		for token, id := range list {
			if id < 0 || int(id) >= size {
				return nil, fmt.Errorf("%s: key %.40q has id %d: %d tokens must have the ids 0 to %d; copy the file again", s.file, token, id, size, size-1)
			}
			if other := spelled[id]; other != "" && other != token {
				return nil, fmt.Errorf("%s: keys %.40q and %.40q have the same id %d: copy the file again", s.file, min(token, other), max(token, other), id)
			}
			spelled[id] = token
		}
	}
	if id := slices.Index(spelled, ""); id >= 0 {
		return nil, fmt.Errorf("%s: no key has id %d: copy the file again", s.file, id)
	}
	return spelled, nil
}

// mergeIDs looks the parts of the merges up; made are the tokens that they make.
func (s *source) mergeIDs() (merges [][2]int32, made map[string]bool, err error) {
	merges, made = make([][2]int32, len(s.merges)), make(map[string]bool, len(s.merges))
	for i, m := range s.merges {
		for side, token := range m {
			id, ok := s.tokens[token]
			if !ok {
				return nil, nil, fmt.Errorf("%s: the token %.40q is not in %s: the two files are of two tokenizers, or one was cut short; copy both again",
					s.place(i), token, s.file)
			}
			merges[i][side] = id
		}
		if len(m[0])+len(m[1]) <= 2*maxTokenBytes { // characters of the alphabet have at most two bytes; build refuses what is longer
			made[m[0]+m[1]] = true
		}
	}
	return merges, made, nil
}

// bytes are what a token of a file stands for. A special one stands for its name.
func (s *source) bytes(token string, made bool) (string, error) {
	if _, added := s.added[token]; added && !made {
		return token, nil
	}
	b, ok := unspell(token)
	switch {
	case made && !ok:
		return "", fmt.Errorf("%s: key %.40q has a character that stands for no byte: only byte-level vocabularies, such as GPT-2's, can be used", s.file, token)
	case made || ok && len(b) == 1:
		return b, nil
	case strings.HasPrefix(token, "<") && strings.HasSuffix(token, ">"), strings.HasPrefix(token, "[") && strings.HasSuffix(token, "]"):
		return token, nil
	}
	return "", fmt.Errorf("%s: no merge makes the token %.40q (%s is the last one): the list of merges was cut short, or is of another tokenizer; copy both again",
		s.file, token, s.place(len(s.merges)-1))
}

// agree tells whether two forms of a vocabulary give the same ids. Tokens that only one lists as added may differ.
func agree(a, b *source) error {
	for _, pair := range [][2]*source{{a, b}, {b, a}} {
		x, y := pair[0], pair[1]
		for _, token := range slices.Sorted(maps.Keys(x.tokens)) {
			id := x.tokens[token]
			other, ok := y.tokens[token]
			if !ok {
				other, ok = y.added[token]
			}
			if _, added := x.added[token]; !ok && !added {
				return fmt.Errorf("%s has the token %.40q, %s does not", x.file, token, y.file)
			}
			if ok && id != other {
				return fmt.Errorf("%s gives %.40q the id %d, %s gives it %d", x.file, token, id, y.file, other)
			}
		}
	}
	for i := range min(len(a.merges), len(b.merges)) {
		if a.merges[i] != b.merges[i] {
			return fmt.Errorf("%s and %s join different tokens", a.place(i), b.place(i))
		}
	}
	if len(a.merges) != len(b.merges) {
		return fmt.Errorf("%s and %s are the last merges: one list is longer", a.place(len(a.merges)-1), b.place(len(b.merges)-1))
	}
	return nil
}
