package transformer

import (
	"fmt"
	"math"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// mostNew is how many tokens are computed together at most: their activations in all layers are there at a time.
const mostNew = 256

// A sampler is one call of Generate.
type sampler struct {
	m      *Model
	o      GenerateOptions
	filter filters
	tape   *autograd.Tape
	cache  *Cache
	table  kernels.Packed // of the head, [E, width]
	head   *head          // nil: the whole vocabulary
	width  int            // tokens that can be drawn

	active    []*growing
	slots     []int32 // free ones
	begun     int     // rows
	ended     map[int]*growing
	delivered int
	err       error

	ids, positions []int32
	news           []kernels.NewTokens
	last           []float32 // [rows that are ready, E]
	logits         []float32 // [rows that are ready, width]
}

// A growing row is one that is being generated.
type growing struct {
	Row
	slot    int32
	cached  int // tokens that the cache knows
	allowed []int32
	stream  rng.Stream
	hidden  []float32 // [E], what the blocks made of the last token
	picked  int32
	present []int32        // places in the logits of the tokens in the row, each once
	seen    map[int32]bool // those places; nil without a penalty
	narrow  []float32      // logits of what is allowed
	one     [1]int32       // for Pick
	uniform [1]float32
}

func (m *Model) newSampler(o GenerateOptions) (*sampler, error) {
	h, err := m.newHead(o.Head)
	if err != nil {
		return nil, err
	}
	s := &sampler{m: m, o: o, head: h, ended: map[int]*growing{}, tape: autograd.New(new(tensor.Arena)), width: m.Config.Vocab}
	s.filter = filters{float32(o.Temperature), o.TopK, o.TopP, float32(o.Penalty)}
	table, e := m.head.Data.Data, m.Config.Width
	if h != nil {
		s.width = len(h.ids)
		table = make([]float32, s.width*e)
		kernels.Gather(table, m.head.Data.Data, h.ids, e)
	}
	blocks := m.Blocks
	s.tape.UseBF16(o.BF16)
	switch {
	case o.BF16:
		s.table.PackBF16(kernels.NT, e, s.width, table, e)
	case o.Half:
		blocks = blocks.halved()
		s.table.PackHalf(kernels.NT, e, s.width, table, e)
	default:
		s.table.Pack(kernels.NT, e, s.width, table, e)
	}
	s.o.Batch = max(1, min(o.Batch, o.Rows))
	s.cache = NewCache(blocks, s.o.Batch+1, o.Most)
	for i := range s.o.Batch {
		s.slots = append(s.slots, int32(s.o.Batch-1-i))
	}
	s.logits = tensor.New(s.o.Batch * s.width).Data
	s.last = tensor.New(s.o.Batch * e).Data
	s.prefill()
	return s, nil
}

// prefill puts the prefix, but for its last token, into the slot behind those of the rows.
func (s *sampler) prefill() {
	if n := min(len(s.o.Prefix)-1, s.o.Most); n > 0 {
		r := &growing{Row: Row{IDs: s.o.Prefix[:n]}, slot: int32(s.o.Batch)}
		for r.cached < n {
			s.compute([]*growing{r})
		}
	}
}

// begin fills free slots with new rows, and tells whether there is anything to do.
func (s *sampler) begin() bool {
	for len(s.slots) > 0 && s.begun < s.o.Rows && s.err == nil {
		r := &growing{Row: Row{Number: s.o.First + s.begun}}
		s.begun++
		if s.err = s.start(r); s.err != nil {
			return false
		}
	}
	return s.err == nil && len(s.active) > 0
}

// start gives a row its first tokens and a slot.
func (s *sampler) start(r *growing) error {
	if s.o.Penalty != 1 {
		r.seen = map[int32]bool{}
	}
	var prompt []int32
	if s.o.Prompt != nil {
		prompt = s.o.Prompt(r.Number)
	}
	if err := s.m.mustKnow(fmt.Sprintf("the prompt of row %d", r.Number), prompt); err != nil {
		return err
	}
	if n := len(s.o.Prefix) + len(prompt); n >= s.o.Most {
		return fmt.Errorf("transformer: row %d begins with %d tokens, and may have %d at most; shorten it, or take a model with a longer context", r.Number, n, s.o.Most)
	}
	s.add(r, s.o.Prefix)
	s.add(r, prompt)
	r.Own = len(r.IDs)
	if r.stream = rng.New(s.o.Seed, rng.GPTToken, uint64(r.Number)); s.o.Stream != nil {
		r.stream = s.o.Stream(r.Number)
	}
	r.slot = s.slots[len(s.slots)-1]
	s.slots = s.slots[:len(s.slots)-1]
	s.active = append(s.active, r)
	if r.cached = max(0, len(s.o.Prefix)-1); r.cached > 0 {
		s.cache.share(int(r.slot), s.o.Batch, r.cached)
	}
	return s.follow(r)
}

// add puts tokens behind a row.
func (s *sampler) add(r *growing, ids []int32) {
	for _, id := range ids {
		r.IDs = append(r.IDs, id)
		place := s.place(id)
		if r.seen != nil && place >= 0 && !r.seen[place] {
			r.seen[place] = true
			r.present = append(r.present, place)
		}
	}
}

// place is where the logit of an id stands, -1 where it has none.
func (s *sampler) place(id int32) int32 {
	if s.head == nil {
		return id
	}
	return s.head.index[id]
}

// id is the token whose logit stands at a place.
func (s *sampler) id(place int32) int32 {
	if s.head == nil {
		return place
	}
	return s.head.ids[place]
}

// follow asks what comes behind a row, until it ends or a token must be drawn.
func (s *sampler) follow(r *growing) error {
	r.allowed = nil
	for len(r.IDs) < s.o.Most {
		if s.o.Next == nil {
			if n := len(r.IDs); n > r.Own && int(r.IDs[n-1]) == s.m.Config.EOS {
				break
			}
			return s.mayDraw(r)
		}
		next := s.o.Next(r.Row)
		forced := next.Forced
		switch {
		case next.Stop:
			s.end(r)
			return nil
		case len(forced) == 0 && len(next.Allowed) == 1:
			forced = next.Allowed
		case len(forced) == 0:
			r.allowed = next.Allowed
			return s.mayDraw(r)
		}
		if err := s.m.mustKnow(fmt.Sprintf("what is forced in row %d", r.Number), forced); err != nil {
			return err
		}
		s.add(r, forced[:min(len(forced), s.o.Most-len(r.IDs))])
	}
	s.end(r)
	return nil
}

// mayDraw sees to it that there is a token before the one that is drawn, and that what is allowed can be drawn.
func (s *sampler) mayDraw(r *growing) error {
	if len(r.IDs) == 0 {
		if s.m.Config.BOS < 0 || s.m.Config.BOS >= s.m.Config.Vocab {
			return fmt.Errorf("transformer: row %d has no first token and the model no BOS; give a prompt", r.Number)
		}
		s.add(r, []int32{int32(s.m.Config.BOS)})
		r.Own = 1
	}
	for i, id := range r.allowed {
		if id < 0 || int(id) >= s.m.Config.Vocab || s.place(id) < 0 || i > 0 && r.allowed[i-1] >= id {
			return fmt.Errorf("transformer: what is allowed in row %d is not ascending or not among the tokens that can be drawn", r.Number)
		}
	}
	if r.allowed != nil && len(r.allowed) == 0 {
		return fmt.Errorf("transformer: nothing is allowed behind %d tokens of row %d", len(r.IDs), r.Number)
	}
	return nil
}

// end takes a row out and frees its slot.
func (s *sampler) end(r *growing) {
	for i, a := range s.active {
		if a == r {
			s.active = append(s.active[:i], s.active[i+1:]...)
			break
		}
	}
	s.slots = append(s.slots, r.slot)
	s.ended[r.Number] = r
}

// advance computes the next tokens of every row, rows with many of them apart.
func (s *sampler) advance() {
	from, tokens := 0, 0
	for i, r := range s.active {
		n := min(len(r.IDs)-r.cached, mostNew)
		if tokens += n; tokens > mostNew {
			s.compute(s.active[from:i])
			from, tokens = i, n
		}
	}
	s.compute(s.active[from:])
}

// compute passes the tokens that the cache does not know yet, up to mostNew of each row, through the blocks.
func (s *sampler) compute(rows []*growing) {
	s.ids, s.positions, s.news = s.ids[:0], s.positions[:0], s.news[:0]
	for _, r := range rows {
		n := min(len(r.IDs)-r.cached, mostNew)
		s.news = append(s.news, kernels.NewTokens{Slot: r.slot, Start: int32(r.cached), Count: int32(n)})
		for k := r.cached; k < r.cached+n; k++ {
			s.ids = append(s.ids, r.IDs[k])
			s.positions = append(s.positions, int32(k))
		}
		r.cached += n
	}
	if len(s.ids) == 0 {
		return
	}
	s.tape.Reset()
	h := s.cache.Forward(s.tape, s.m.embed(s.tape, s.ids, s.positions, nil), s.news)
	e, at := s.m.Config.Width, 0
	for i, r := range rows {
		at += int(s.news[i].Count)
		r.hidden = append(r.hidden[:0], h.Data()[(at-1)*e:at*e]...)
	}
}

// ready gives the rows whose tokens have all been computed.
func (s *sampler) ready() []*growing {
	var out []*growing
	for _, r := range s.active {
		if r.cached == len(r.IDs) {
			out = append(out, r)
		}
	}
	return out
}

// computeLogits sets a row of logits for each of the rows.
func (s *sampler) computeLogits(rows []*growing) {
	e := s.m.Config.Width
	for i, r := range rows {
		copy(s.last[i*e:(i+1)*e], r.hidden)
	}
	kernels.GemmPacked(kernels.NN, len(rows), s.last[:len(rows)*e], e, &s.table, s.logits, s.width, nil)
}

// pick draws the token that follows, from logits x, which it changes.
func (s *sampler) pick(r *growing, x []float32) {
	if s.o.Mass {
		r.Mass += s.mass(r, x)
	}
	s.filter.penalise(x, r.present)
	if r.allowed != nil {
		r.narrow = r.narrow[:0]
		for _, id := range r.allowed {
			r.narrow = append(r.narrow, x[s.place(id)])
		}
		x = r.narrow
	}
	s.filter.narrow(x)
	r.uniform[0] = float32(r.stream.Uint32()>>8) * 0x1p-24
	kernels.Pick(r.one[:], x, 1, len(x), r.uniform[:])
	r.picked = r.one[0]
	switch {
	case r.picked < 0:
	case r.allowed != nil:
		r.picked = r.allowed[r.picked]
	default:
		r.picked = s.id(r.picked)
	}
}

// mass is the probability of what is allowed.
func (s *sampler) mass(r *growing, x []float32) float64 {
	if r.allowed == nil {
		return 1
	}
	top, all, some := kernels.Max(x), 0.0, 0.0
	for _, v := range x {
		all += math.Exp(float64(v - top))
	}
	for _, id := range r.allowed {
		some += math.Exp(float64(x[s.place(id)] - top))
	}
	return some / all
}
