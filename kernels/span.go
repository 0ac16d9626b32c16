package kernels

import "fmt"

// A SpanKind says what happens to the columns of a span.
type SpanKind uint8

// The kinds of spans.
const (
	SpanLinear  SpanKind = iota // stays as it is
	SpanTanh                    // tanh of each number
	SpanSoftmax                 // softmax over the span, with Gumbel noise and temperature
)

// A Span is some neighbouring columns of a matrix that belong together: a number, or the categories of a column.
type Span struct {
	Offset, Width int
	Kind          SpanKind
}

// Noise is the Gumbel noise of [SpanForward]: element i*cols+j of a stream of random numbers goes to row i and column j, as
// [GumbelFill] makes it, or, where Given is not nil, number i*cols+j of Given.
type Noise struct {
	Seed   uint64
	Stream uint32
	Step   uint64
	Given  []float32 // [rows, cols]
}

// checkSpans panics where a span leaves the matrix.
func checkSpans(op string, spans []Span, rows, cols int) {
	for _, s := range spans {
		if s.Offset < 0 || s.Width < 0 || s.Offset+s.Width > cols {
			panic(fmt.Sprintf("kernels: %s of [%d %d] with a span of %d columns from %d", op, rows, cols, s.Width, s.Offset))
		}
	}
}

// spanRows does the rows from lo to hi.
func (t *rowTask) spanRows(lo, hi int) {
	b := getTiles(t.cols)
	for i := lo; i < hi; i += tileRows {
		n := min(tileRows, hi-i)
		switch t.op {
		case rowSpanForward:
			t.spanForward(b, i, n)
		case rowSpanGrad:
			t.spanGrad(b, i, n)
		case rowSpanCrossEntropy:
			t.spanCrossEntropy(b, i, n)
		}
	}
	tileLists.put(b)
}

// spanForward does n rows from row i.
func (t *rowTask) spanForward(b *rowTiles, i, n int) {
	c := t.cols
	lo, hi := i*c, (i+n)*c
	tileIn(b.x, t.x[lo:hi], n, c)
	if t.noisy {
		given := b.rows[:n*c]
		if t.noise.Given != nil {
			given = t.noise.Given[lo:hi]
		} else {
			r := randTask{op: opGumbel, d: draw{t.noise.Seed, t.noise.Stream, t.noise.Step}}
			r.fill(given, nil, uint64(lo))
		}
		tileIn(b.z, given, n, c)
	}
	for _, s := range t.spans {
		from, to := s.Offset*tileRows, (s.Offset+s.Width)*tileRows
		x := b.x[from:to]
		switch s.Kind {
		case SpanTanh:
			lanes(opTanh, x, x, nil, nil, 0, 0)
		case SpanSoftmax:
			var g []float32
			if t.noisy {
				g = b.z[from:to]
			}
			tileExp(x, x, g, t.scale, &b.stats)
			b.softmax(x, x)
		}
	}
	tileOut(t.dst[lo:hi], b.x, n, c)
}

// spanGrad does n rows from row i.
func (t *rowTask) spanGrad(b *rowTiles, i, n int) {
	c := t.cols
	lo, hi := i*c, (i+n)*c
	tileIn(b.x, t.y[lo:hi], n, c)
	tileIn(b.y, t.z[lo:hi], n, c)
	for _, s := range t.spans {
		from, to := s.Offset*tileRows, (s.Offset+s.Width)*tileRows
		dy, y := b.x[from:to], b.y[from:to]
		switch s.Kind {
		case SpanTanh:
			lanes(opTanhGrad, dy, dy, y, nil, 0, 0)
		case SpanSoftmax:
			tileGrad(dy, dy, y, t.scale)
		}
	}
	tileOut(t.dst[lo:hi], b.x, n, c)
}

// spanCrossEntropy does n rows from row i. Each lane holds the span of its row, filled up with -Inf, whose exponential is 0.
func (t *rowTask) spanCrossEntropy(b *rowTiles, i, n int) {
	width := 0
	for _, w := range t.which[i : i+n] {
		if w >= 0 {
			width = max(width, t.spans[w].Width)
		}
	}
	x, e := b.x[:width*tileRows], b.y[:width*tileRows]
	for l := range tileRows {
		var own []float32
		fill := float32(0)
		if l < n && t.which[i+l] >= 0 {
			s := t.spans[t.which[i+l]]
			own, fill = t.at(t.x, i+l)[s.Offset:s.Offset+s.Width], -inf
		}
		for j := range width {
			v := fill
			if j < len(own) {
				v = own[j]
			}
			x[j*tileRows+l] = v
		}
	}
	tileExp(e, x, nil, 1, &b.stats)
	var logs [tileRows]float32
	lanes(opLog, logs[:], b.stats.sum[:], nil, nil, 0, 0)
	if t.dst != nil {
		b.softmax(e, e)
	}
	for l := range n {
		t.spanLoss(b, i+l, l, logs[l])
	}
}

// spanLoss writes loss and gradient of row i, which lies in lane l.
func (t *rowTask) spanLoss(b *rowTiles, i, l int, log float32) {
	t.u[i] = 0
	if t.dst != nil {
		clear(t.at(t.dst, i))
	}
	if t.which[i] < 0 {
		return
	}
	label := int(t.label[i])
	t.u[i] = log - (b.x[label*tileRows+l] - b.stats.max[l])
	if t.dst == nil {
		return
	}
	s := t.spans[t.which[i]]
	row := t.at(t.dst, i)[s.Offset : s.Offset+s.Width]
	for j := range row {
		row[j] = b.y[j*tileRows+l]
	}
	row[label]--
}

// SpanForward sets dst [rows, cols] to what the spans say of x [rows, cols]: tanh, or softmax((x + noise)/tau) over the
// span; other columns stay. noise nil is none. dst may be x. It panics where a length does not fit or a span leaves the
// matrix.
func SpanForward(dst, x []float32, rows, cols int, spans []Span, tau float32, noise *Noise) {
	const op = "SpanForward"
	check1(op, dst, x)
	checkMatrix(op, x, rows, cols)
	checkSpans(op, spans, rows, cols)
	t := rowTask{op: rowSpanForward, rows: rows, cols: cols, dst: dst, x: x, spans: spans, scale: 1 / tau}
	if noise != nil {
		t.noise, t.noisy = *noise, true
		if noise.Given != nil {
			checkSide(op, "noise", len(noise.Given), rows*cols, rows, cols)
		}
	}
	forRows(t, 20)
}

// SpanGrad sets dx [rows, cols] to the gradient of [SpanForward] given dy and its output y. dx may be dy. It panics where a
// length does not fit or a span leaves the matrix.
func SpanGrad(dx, dy, y []float32, rows, cols int, spans []Span, tau float32) {
	const op = "SpanGrad"
	check2(op, dx, dy, y)
	checkMatrix(op, y, rows, cols)
	checkSpans(op, spans, rows, cols)
	forRows(rowTask{op: rowSpanGrad, rows: rows, cols: cols, dst: dx, y: dy, z: y, spans: spans, scale: 1 / tau}, 6)
}

// SpanCrossEntropy sets losses [rows] to the cross-entropy within one span of each row: row i of x [rows, cols] is judged
// in span which[i], where label[i] counts from the start of the span. A row with which -1 has loss and gradient 0. dx
// [rows, cols], where it is not nil, is set to the gradients, 0 outside the span. dx may be x. It panics where a length does not
// fit, a span leaves the matrix, or a label its span.
func SpanCrossEntropy(x []float32, rows, cols int, spans []Span, which, label []int32, losses, dx []float32) {
	const op = "SpanCrossEntropy"
	checkMatrix(op, x, rows, cols)
	checkSpans(op, spans, rows, cols)
	checkSide(op, "which", len(which), rows, rows, cols)
	checkSide(op, "label", len(label), rows, rows, cols)
	checkSide(op, "losses", len(losses), rows, rows, cols)
	if dx != nil {
		check1(op, dx, x)
	}
	for i, w := range which {
		if w < -1 || int(w) >= len(spans) || w >= 0 && (label[i] < 0 || int(label[i]) >= spans[w].Width) {
			panic(fmt.Sprintf("kernels: SpanCrossEntropy of [%d %d] with span %d and label %d in row %d", rows, cols, w, label[i], i))
		}
	}
	forRows(rowTask{
		op: rowSpanCrossEntropy, rows: rows, cols: cols, dst: dx, x: x, spans: spans, which: which, label: label, u: losses,
	}, 2)
}
