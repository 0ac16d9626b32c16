package tokenizer_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"example.org/cohort/tokenizer"
	"example.org/cohort/tokenizer/gpt2"
)

// rows are n rows of a made-up table as text: categories that come again, and numbers that do not.
func rows(n int) (texts []string, size int64) {
	r := rand.New(rand.NewPCG(1, 1))
	for range n {
		text := fmt.Sprintf("Age is %d, Workclass is %s, Education is %s, Score is %.4f, Hours is %d, Income is %s", 17+r.IntN(60),
			[]string{"Private", "State-gov", "Self-emp-not-inc"}[r.IntN(3)], []string{"HS-grad", "Bachelors", "Some-college"}[r.IntN(3)], r.Float64(), r.IntN(99),
			[]string{">50K", "<=50K"}[r.IntN(2)])
		texts = append(texts, text)
		size += int64(len(text))
	}
	return texts, size
}

func BenchmarkEncode(b *testing.B) {
	table, _ := rows(1000)
	for _, c := range []struct {
		name  string
		texts []string
	}{
		{"rows", table},
		{"language", []string{strings.Repeat("The quick brown fox doesn't jump over 13 lazy dogs, naïve as they are. Привет, мир! 你好，世界。 ", 100)}},
		{"letters", []string{strings.Repeat("abcdefghijklmnopqrstuvwxyz", 400)}},
	} {
		b.Run(c.name, func(b *testing.B) {
			tok := gpt2.Tokenizer()
			var size, tokens int
			for _, text := range c.texts {
				size += len(text)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			var ids []int32
			for b.Loop() {
				for _, text := range c.texts {
					ids = tok.AppendEncode(ids[:0], text)
					tokens += len(ids)
				}
			}
			b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	texts, size := rows(1000)
	tok := gpt2.Tokenizer()
	ids := tok.Encode(strings.Join(texts, "\n"))
	b.SetBytes(size)
	var text []byte
	for b.Loop() {
		text, _ = tok.AppendDecode(text[:0], ids)
	}
}

func BenchmarkTrain(b *testing.B) {
	texts, size := rows(10_000)
	b.SetBytes(size)
	for b.Loop() {
		if _, err := tokenizer.Train(slices.Values(texts), tokenizer.TrainOptions{Size: 4096}); err != nil {
			b.Fatal(err)
		}
	}
}
