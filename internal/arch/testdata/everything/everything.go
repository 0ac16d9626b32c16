// Package everything declares one of each thing that a package can export.
package everything

import (
	"iter"
	"strings"
)

type Colour int

const (
	Red Colour = iota + 1
	Blue
	hidden
)

func (c Colour) String() string { return [...]string{"red", "blue", ""}[c-Red] }
func (c Colour) hidden() bool   { return c == hidden }

type Point struct {
	X, Y   float64
	hidden int
}

func (p *Point) Move(dx, dy float64) { p.X, p.Y, p.hidden = p.X+dx, p.Y+dy, 1 }

type Shape interface{ Area() float64 }

type Alias = strings.Builder

var Origin Point

func Each(v []int) (iter.Seq[int], error) {
	return func(yield func(int) bool) { yield(v[0]) }, nil
}

func Distance(a Point, b *Point) (float64, error) { return a.X - b.X, nil }

func Map[T any](v []T, f func(T) T) []T { return append(v, f(v[0])) }
