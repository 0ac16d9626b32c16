package great

import (
	"slices"
	"testing"
)

// BenchmarkFirstVisit computes the legal tokens of GPT-2's 50,257 at the start of a cell, where most are.
func BenchmarkFirstVisit(b *testing.B) {
	g := gpt2Grammar(b, encoder(b, hostile(b, 700), 5))
	for _, name := range []string{"separators", "whole", "cents", "nineteen digits", "day", "minute"} {
		col := slices.IndexFunc(g.fields, func(f *field) bool { return f != nil && f.name == name })
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				g.words.legal(g.begin(col, false, nil))
			}
		})
	}
	many := manyCategories(b)
	b.Run("10,000 categories", func(b *testing.B) {
		for b.Loop() {
			many.words.legal(many.begin(0, false, nil))
		}
	})
}

// BenchmarkAllowed asks for them again.
func BenchmarkAllowed(b *testing.B) {
	g := gpt2Grammar(b, encoder(b, hostile(b, 700), 5))
	var ids []int32
	for b.Loop() {
		ids = g.allowed(g.begin(0, false, nil), ids[:0])
	}
}

// BenchmarkCell reads a cell of about five tokens.
func BenchmarkCell(b *testing.B) {
	g := gpt2Grammar(b, encoder(b, hostile(b, 700), 5))
	col := slices.IndexFunc(g.fields, func(f *field) bool { return f != nil && f.name == "day" })
	ids := g.tokens(nil, col, 11000, false)
	for b.Loop() {
		p := g.begin(col, false, nil)
		for _, id := range ids {
			p, _ = g.step(p, id)
		}
	}
}

// BenchmarkNewGrammar describes a table, and puts the vocabulary in order.
func BenchmarkNewGrammar(b *testing.B) {
	enc := encoder(b, hostile(b, 700), 5)
	for b.Loop() {
		gpt2Grammar(b, enc)
	}
}
