package tokenizer

import (
	"cmp"
	"container/heap"
	"fmt"
	"iter"
	"maps"
	"slices"
	"unicode/utf8"
)

// TrainOptions says what [Train] makes.
type TrainOptions struct {
	Size     int      // ids at most, the 256 bytes and special tokens included; 0 means 1,024
	MinCount int      // a pair that comes fewer times is not joined; 0 means 2
	Digits   bool     // each of 0 to 9 stays a token by itself, so that a number is written digit by digit
	Specials []string // names of special tokens; they get the last ids
}

// Train makes a byte-level BPE from texts: ids 0 to 255 are the bytes in GPT-2's order, then one token for each merge, then the
// special tokens. Again and again the two neighbours that come most often in the pieces of all texts are joined; of equally
// frequent pairs the one that is smaller in bytes, the left token first. It ends early when no pair comes MinCount times. The
// order of the texts changes nothing. Memory grows with the number of different pieces.
//
// Tokens are parts of what the texts hold: with MinCount k, none is made that comes fewer than k times.
//
// Source: R. Sennrich et al., Neural Machine Translation of Rare Words with Subword Units, 2016, algorithm 1.
func Train(texts iter.Seq[string], opt TrainOptions) (*Tokenizer, error) {
	opt.Size, opt.MinCount = cmp.Or(opt.Size, 1024), cmp.Or(opt.MinCount, 2)
	if err := opt.check(); err != nil {
		return nil, fmt.Errorf("tokenizer: train: %w", err)
	}
	tr := newTrainer(countPieces(texts), opt)
	for len(tr.tokens) < opt.Size-len(opt.Specials) {
		pair, ok := tr.best()
		if !ok {
			break
		}
		tr.join(pair)
	}
	return New(append(tr.tokens, opt.Specials...), tr.merges)
}

func (o TrainOptions) check() error {
	if least := 256 + len(o.Specials); o.Size < least || o.Size > maxTokens {
		return fmt.Errorf("option Size is %d: %d to %d can be used, 256 for the bytes and %d for special tokens", o.Size, least, maxTokens, len(o.Specials))
	}
	if o.MinCount < 1 {
		return fmt.Errorf("option MinCount is %d: give 1 or more, or 0 for 2", o.MinCount)
	}
	for i, name := range o.Specials {
		if len(name) < 2 || !utf8.ValidString(name) || slices.Contains(o.Specials[:i], name) {
			return fmt.Errorf("option Specials[%d] is %q: each needs a name of its own, UTF-8 of at least two bytes", i, name)
		}
	}
	return nil
}

// countPieces cuts the texts and counts the pieces.
func countPieces(texts iter.Seq[string]) map[string]int {
	classes := unicodeClasses()
	counts := map[string]int{}
	for text := range texts {
		for i := 0; i < len(text); {
			end := classes.cut(text, i)
			counts[text[i:end]]++
			i = end
		}
	}
	return counts
}

// A pairCount is how often two neighbours come, counted when it was put into the queue.
type pairCount struct {
	pair        [2]int32
	count       int
	left, right string // the tokens' bytes
}

// before is the order of joining.
func (a pairCount) before(b pairCount) bool {
	return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.left, b.left), cmp.Compare(a.right, b.right)) < 0
}

// A trainer holds the pieces as they are joined so far, and for every pair how often it comes and in which pieces.
type trainer struct {
	opt    TrainOptions
	tokens []string         // bytes of each id so far
	ids    map[string]int32 // ids by bytes
	merges [][2]int32       // (M) so far
	done   map[[2]int32]bool
	words  [][]int32 // each piece as it is joined so far
	times  []int     // that each piece comes
	counts map[[2]int32]int
	inside map[[2]int32][]int32 // words that have the pair, or had it
	queue  pairQueue            // every pair with its count, and counts that are out of date
}

func newTrainer(pieces map[string]int, opt TrainOptions) *trainer {
	tr := &trainer{
		opt: opt, tokens: ByteTokens(), ids: map[string]int32{}, done: map[[2]int32]bool{}, counts: map[[2]int32]int{},
		inside: map[[2]int32][]int32{},
	}
	for id, token := range tr.tokens {
		tr.ids[token] = int32(id)
	}
	// In order, so that the lists of words are the same each time.
	for _, piece := range slices.Sorted(maps.Keys(pieces)) {
		word := make([]int32, len(piece))
		for i := range word {
			word[i] = tr.ids[piece[i:i+1]]
		}
		w := int32(len(tr.words))
		tr.words, tr.times = append(tr.words, word), append(tr.times, pieces[piece])
		tr.count(w, 1, everyID)
	}
	for pair, count := range tr.counts {
		tr.queue = append(tr.queue, tr.entry(pair, count))
	}
	heap.Init(&tr.queue)
	return tr
}

// ByteTokens returns the tokens 0 to 255 of GPT-2, one byte each: those that print in Latin-1 first, in order, then the others. [Train]
// gives bytes the same ids.
func ByteTokens() []string {
	order := make([]int, 256)
	for b := range order {
		order[b] = b
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(byteRunes[a], byteRunes[b]) })
	tokens := make([]string, 256)
	for id, b := range order {
		tokens[id] = string([]byte{byte(b)})
	}
	return tokens
}

func (tr *trainer) entry(pair [2]int32, count int) pairCount {
	return pairCount{pair, count, tr.tokens[pair[0]], tr.tokens[pair[1]]}
}

const everyID = -1

// count adds the pairs of a word to the counts (sign 1) or takes them out (-1). The word goes on the lists of those that have the
// token fresh: on the others it is already.
func (tr *trainer) count(w int32, sign int, fresh int32) {
	word := tr.words[w]
	for i := range len(word) - 1 {
		pair := [2]int32{word[i], word[i+1]}
		if !tr.joinable(pair) {
			continue
		}
		tr.counts[pair] += sign * tr.times[w]
		if list := tr.inside[pair]; sign > 0 && (fresh == everyID || pair[0] == fresh || pair[1] == fresh) && (len(list) == 0 || list[len(list)-1] != w) {
			tr.inside[pair] = append(list, w)
		}
	}
}

// joinable tells whether a pair may become a token: it is no digit, not too long, and no special token's name.
func (tr *trainer) joinable(pair [2]int32) bool {
	left, right := tr.tokens[pair[0]], tr.tokens[pair[1]]
	if tr.opt.Digits && (isDigit(left) || isDigit(right)) || len(left)+len(right) > maxTokenBytes {
		return false
	}
	return !slices.ContainsFunc(tr.opt.Specials, func(name string) bool {
		return len(name) == len(left)+len(right) && name[:len(left)] == left && name[len(left):] == right
	})
}

func isDigit(token string) bool { return len(token) == 1 && '0' <= token[0] && token[0] <= '9' }

// best takes the pair to be joined next from the queue; false if none comes often enough. The count of a pair only falls while
// it is in the queue, or it is put there again: so an entry that is out of date goes back with the true count.
func (tr *trainer) best() ([2]int32, bool) {
	for len(tr.queue) > 0 {
		top := tr.queue[0]
		switch now := tr.counts[top.pair]; {
		case now < tr.opt.MinCount:
			heap.Pop(&tr.queue)
		case now != top.count:
			tr.queue[0].count = now
			heap.Fix(&tr.queue, 0)
		default:
			heap.Pop(&tr.queue)
			return top.pair, true
		}
	}
	return [2]int32{}, false
}

// join makes a token of a pair, in all words. Two pairs may make the same text, such as a+bc and ab+c: they share the id. So a
// token may come up again, and with it a pair that has its merge.
func (tr *trainer) join(pair [2]int32) {
	text := tr.tokens[pair[0]] + tr.tokens[pair[1]]
	id, ok := tr.ids[text]
	if !ok {
		id = int32(len(tr.tokens))
		tr.ids[text] = id
		tr.tokens = append(tr.tokens, text)
	}
	if !tr.done[pair] {
		tr.done[pair] = true
		tr.merges = append(tr.merges, pair)
	}
	words := tr.inside[pair]
	delete(tr.inside, pair)
	for _, w := range words {
		tr.count(w, -1, id)
		tr.words[w] = replace(tr.words[w], pair, id)
		tr.count(w, 1, id)
	}
	delete(tr.counts, pair)
	tr.enqueue(words, id)
}

// enqueue puts the pairs that a new token has part in into the queue.
func (tr *trainer) enqueue(words []int32, id int32) {
	seen := map[[2]int32]bool{}
	for _, w := range words {
		word := tr.words[w]
		for i := range len(word) - 1 {
			pair := [2]int32{word[i], word[i+1]}
			if (pair[0] == id || pair[1] == id) && tr.counts[pair] > 0 && !seen[pair] {
				seen[pair] = true
				heap.Push(&tr.queue, tr.entry(pair, tr.counts[pair]))
			}
		}
	}
}

// replace joins a pair in a word, from left to right, in place.
func replace(word []int32, pair [2]int32, id int32) []int32 {
	out := word[:0]
	for i := 0; i < len(word); i++ {
		if i+1 < len(word) && word[i] == pair[0] && word[i+1] == pair[1] {
			out = append(out, id)
			i++
			continue
		}
		out = append(out, word[i])
	}
	return out
}

// A pairQueue is a heap of pairs, the next one to be joined on top.
type pairQueue []pairCount

func (q pairQueue) Len() int           { return len(q) }
func (q pairQueue) Less(i, j int) bool { return q[i].before(q[j]) }
func (q pairQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *pairQueue) Push(x any)        { *q = append(*q, x.(pairCount)) }
func (q *pairQueue) Pop() any {
	last := len(*q) - 1
	x := (*q)[last]
	*q = (*q)[:last]
	return x
}
