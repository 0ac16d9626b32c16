package ref

import "math"

// A Span is some neighbouring columns: with Tanh, or with Softmax over them, or as they are.
type Span struct {
	Offset, Width int
	Tanh, Softmax bool
}

// SpanHead is tanh(x) on the one kind of spans, and softmax((x + noise)/tau) on the other.
func SpanHead(x, noise Matrix, spans []Span, tau float64) Matrix {
	y := New(x.Rows, x.Cols)
	copy(y.Data, x.Data)
	for i := range x.Rows {
		for _, s := range spans {
			part := y.Row(i)[s.Offset : s.Offset+s.Width]
			for j, v := range part {
				if s.Tanh {
					part[j] = math.Tanh(v)
				} else if s.Softmax {
					part[j] = (v + noise.At(i, s.Offset+j)) / tau
				}
			}
			if s.Softmax {
				softmax(part, part)
			}
		}
	}
	return y
}

// SpanHeadGrad is g (1 - y^2) on spans with tanh, and y (g - sum of g y)/tau on those with softmax.
func SpanHeadGrad(x, noise Matrix, spans []Span, tau float64, g Matrix) Matrix {
	y, d := SpanHead(x, noise, spans, tau), New(x.Rows, x.Cols)
	copy(d.Data, g.Data)
	for i := range x.Rows {
		for _, s := range spans {
			yp, gp, dp := y.Row(i)[s.Offset:][:s.Width], g.Row(i)[s.Offset:][:s.Width], d.Row(i)[s.Offset:][:s.Width]
			if s.Softmax {
				softmaxGrad(dp, yp, gp)
			}
			for j, v := range yp {
				if s.Tanh {
					dp[j] = gp[j] * (1 - v*v)
				} else if s.Softmax {
					dp[j] /= tau
				}
			}
		}
	}
	return d
}

// SpanCrossEntropy is -ln softmax(x in span which[i])[label[i]] of each row, [N, 1]; 0 where which is -1.
func SpanCrossEntropy(x Matrix, spans []Span, which, label []int32) Matrix {
	l := New(x.Rows, 1)
	for i, w := range which {
		if w >= 0 {
			s := spans[w]
			l.Data[i] = CrossEntropy(Matrix{1, s.Width, x.Row(i)[s.Offset:][:s.Width]}, label[i:i+1]).Data[0]
		}
	}
	return l
}

// SpanCrossEntropyGrad is g (softmax - onehot) within the span, and 0 elsewhere.
func SpanCrossEntropyGrad(x Matrix, spans []Span, which, label []int32, g Matrix) Matrix {
	d := New(x.Rows, x.Cols)
	for i, w := range which {
		if w >= 0 {
			s := spans[w]
			part := Matrix{1, s.Width, x.Row(i)[s.Offset:][:s.Width]}
			copy(d.Row(i)[s.Offset:], CrossEntropyGrad(part, label[i:i+1], Matrix{1, 1, g.Data[i : i+1]}).Data)
		}
	}
	return d
}
