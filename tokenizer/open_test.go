package tokenizer

import (
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// smallJSON is small as tokenizers writes it, with merges as lines or as arrays.
func smallJSON(t testing.TB, arrays bool, change func(j map[string]any)) []byte {
	t.Helper()
	vocab, _ := small().Files()
	var ids map[string]int
	require.NoError(t, json.Unmarshal(vocab, &ids))
	end, pad := ids["<end>"], ids["<pad>"]
	delete(ids, "<end>")
	delete(ids, "<pad>")
	var merges []any
	for _, m := range small().merges {
		left, right := small().spelled(m[0]), small().spelled(m[1])
		if arrays {
			merges = append(merges, []string{left, right})
		} else {
			merges = append(merges, left+" "+right)
		}
	}
	j := map[string]any{
		"version":       "1.0",
		"added_tokens":  []any{map[string]any{"id": end, "content": "<end>", "special": true}, map[string]any{"id": pad, "content": "<pad>", "special": true}},
		"normalizer":    nil,
		"pre_tokenizer": map[string]any{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
		"decoder":       map[string]any{"type": "ByteLevel"},
		"model": map[string]any{
			"type": "BPE", "dropout": nil, "unk_token": nil, "continuing_subword_prefix": nil, "end_of_word_suffix": "", "vocab": ids, "merges": merges,
		},
	}
	if change != nil {
		change(j)
	}
	data, err := json.Marshal(j)
	require.NoError(t, err)
	return data
}

func requireSmall(t *testing.T, folder fs.FS) {
	t.Helper()
	tok, err := Open(folder)
	require.NoError(t, err)
	require.Equal(t, small().tokens, tok.tokens)
	require.Equal(t, small().merges, tok.merges)
	require.Equal(t, small().special, tok.special)
}

func TestOpenReadsEveryForm(t *testing.T) {
	vocab, merges := small().Files()
	requireSmall(t, fstest.MapFS{"vocab.json": {Data: vocab}, "merges.txt": {Data: merges}})
	requireSmall(t, fstest.MapFS{"encoder.json": {Data: vocab}, "vocab.bpe": {Data: merges}})
	requireSmall(t, fstest.MapFS{"tokenizer.json": {Data: smallJSON(t, false, nil)}})
	requireSmall(t, fstest.MapFS{"tokenizer.json": {Data: smallJSON(t, true, nil)}})
	requireSmall(t, fstest.MapFS{"tokenizer.json": {Data: smallJSON(t, true, nil)}, "vocab.json": {Data: vocab}, "merges.txt": {Data: merges}})
	windows := strings.ReplaceAll(strings.TrimPrefix(string(merges), "#version: 0.2\n"), "\n", "\r\n")
	requireSmall(t, fstest.MapFS{"vocab.json": {Data: vocab}, "merges.txt": {Data: []byte(windows)}})

	tok, err := Open(fstest.MapFS{"vocab.json": {Data: vocab}, "merges.txt": {Data: merges}, "added_tokens.json": {Data: []byte(`{"[MASK]": 400, "<end>": 398}`)}})
	require.NoError(t, err)
	id, ok := tok.Special("[MASK]")
	require.True(t, ok)
	require.EqualValues(t, 400, id)
}

func TestOpenReadsTheReleasedFiles(t *testing.T) {
	const folder = "../../shared/gpt2"
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the released files of GPT-2 are not here")
	}
	tok, err := Open(os.DirFS(folder))
	require.NoError(t, err)
	_, merges := tok.Files()
	released, err := os.ReadFile(folder + "/vocab.bpe")
	require.NoError(t, err)
	require.Equal(t, string(released), string(merges))
	require.Equal(t, 50257, tok.Size())
	require.Equal(t, map[string]int32{"<|endoftext|>": 50256}, tok.special)
}

func TestOpenNamesWhatIsWrong(t *testing.T) {
	sound := map[string]string{}
	vocab, merges := small().Files()
	sound["vocab.json"], sound["merges.txt"] = string(vocab), string(merges)
	line := strings.SplitAfter(sound["merges.txt"], "\n")
	whole := func(change func(j map[string]any)) string { return string(smallJSON(t, true, change)) }
	model := func(key string, to any) string {
		return whole(func(j map[string]any) { j["model"].(map[string]any)[key] = to })
	}
	const absent = "absent"
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no merges":         {map[string]string{"merges.txt": absent}, "the folder has vocab.json and not merges.txt"},
		"no vocabulary":     {map[string]string{"vocab.json": absent}, "the folder has merges.txt and not vocab.json"},
		"empty":             {map[string]string{"vocab.json": ""}, "vocab.json is empty: copy it again"},
		"cut vocabulary":    {map[string]string{"vocab.json": sound["vocab.json"][:500]}, "vocab.json, line 1: the JSON is broken"},
		"a list":            {map[string]string{"vocab.json": "[1]"}, "vocab.json: ids by token are expected"},
		"twice":             {map[string]string{"vocab.json": `{"a": 0, "b": 1, "a": 2}`}, `vocab.json: key "a" comes twice`},
		"half an id":        {map[string]string{"vocab.json": `{"a": 0.5}`}, `vocab.json: key "a": its id is not a whole number`},
		"same id":           {map[string]string{"vocab.json": strings.Replace(sound["vocab.json"], `"#": 2`, `"#": 1`, 1)}, `vocab.json: keys "\"" and "#" have the same id 1`},
		"far id":            {map[string]string{"vocab.json": strings.Replace(sound["vocab.json"], `"#": 2`, `"#": 5000`, 1)}, `vocab.json: key "#" has id 5000: 400 tokens must have the ids 0 to 399`},
		"no byte":           {map[string]string{"vocab.json": strings.Replace(sound["vocab.json"], `"#": 2`, `"<#>": 2`, 1)}, `no token stands for the byte 0x23 alone ('#' in a vocabulary file)`},
		"cut merges":        {map[string]string{"merges.txt": strings.Join(line[:50], "")}, "(merges.txt, line 50 is the last one): the list of merges was cut short"},
		"three parts":       {map[string]string{"merges.txt": sound["merges.txt"] + "a b c\n"}, "merges.txt, line 144: a merge is two tokens with one space"},
		"empty line":        {map[string]string{"merges.txt": line[0] + line[1] + "\n" + line[2]}, "merges.txt, line 3: a merge is two tokens"},
		"unknown part":      {map[string]string{"merges.txt": sound["merges.txt"] + "zz q\n"}, `merges.txt, line 144: the token "zz" is not in vocab.json`},
		"unknown result":    {map[string]string{"merges.txt": sound["merges.txt"] + "q #\n"}, "merges.txt, line 144 makes a text that no token stands for"},
		"same merge":        {map[string]string{"merges.txt": sound["merges.txt"] + line[1]}, "merges.txt, line 144 joins the same tokens as an earlier one"},
		"other added":       {map[string]string{"added_tokens.json": `{"<end>": 7}`}, `added_tokens.json gives "<end>" the id 7, vocab.json gives it 398`},
		"prefix space":      {map[string]string{"tokenizer_config.json": `{"add_prefix_space": true}`}, "tokenizer_config.json: add_prefix_space is true"},
		"config kind":       {map[string]string{"tokenizer_config.json": "{\n\"add_prefix_space\": 5}"}, `tokenizer_config.json, line 2: key "add_prefix_space" is not of the kind`},
		"another kind":      {map[string]string{"tokenizer.json": model("type", "WordPiece")}, `tokenizer.json: key "model.type"`},
		"dropout":           {map[string]string{"tokenizer.json": model("dropout", 0.1)}, `tokenizer.json: key "model.dropout"`},
		"ignore_merges":     {map[string]string{"tokenizer.json": model("ignore_merges", true)}, `tokenizer.json: key "model.ignore_merges"`},
		"suffix":            {map[string]string{"tokenizer.json": model("end_of_word_suffix", "</w>")}, `tokenizer.json: key "model.end_of_word_suffix"`},
		"normalizer":        {map[string]string{"tokenizer.json": whole(func(j map[string]any) { j["normalizer"] = map[string]any{"type": "NFC"} })}, `tokenizer.json: key "normalizer"`},
		"no pre_tokenizer":  {map[string]string{"tokenizer.json": whole(func(j map[string]any) { delete(j, "pre_tokenizer") })}, `tokenizer.json: key "pre_tokenizer"`},
		"merge of one":      {map[string]string{"tokenizer.json": model("merges", []any{"ab"})}, `tokenizer.json: key "model.merges": a merge is two tokens`},
		"disagreeing ids":   {map[string]string{"tokenizer.json": whole(nil), "vocab.json": strings.NewReplacer(`"#": 2`, `"#": 3`, `"$": 3`, `"$": 2`).Replace(sound["vocab.json"])}, `tokenizer.json gives "#" the id 2, vocab.json gives it 3: they are of two tokenizers`},
		"disagreeing lists": {map[string]string{"tokenizer.json": whole(nil), "merges.txt": line[0] + line[2] + line[1] + strings.Join(line[3:], "")}, "tokenizer.json, merge 1 and merges.txt, line 2 join different tokens"},
		"longer list":       {map[string]string{"tokenizer.json": whole(nil), "merges.txt": strings.Join(line[:99], "")}, "tokenizer.json, merge 142 and merges.txt, line 99 are the last merges"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := fstest.MapFS{}
			for file, text := range sound {
				folder[file] = &fstest.MapFile{Data: []byte(text)}
			}
			for file, text := range c.files {
				folder[file] = &fstest.MapFile{Data: []byte(text)}
				if text == absent {
					delete(folder, file)
				}
			}
			_, err := Open(folder)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "tokenizer: ")
		})
	}
}

func TestOpenOfAnEmptyFolder(t *testing.T) {
	_, err := Open(fstest.MapFS{})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "neither tokenizer.json nor vocab.json and merges.txt")
}
