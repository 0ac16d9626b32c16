package great

import (
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/run"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
	"example.org/cohort/tokenizer"
	"example.org/cohort/transformer"
)

// A Model writes rows. It holds weights, a vocabulary and shares of codes, no row of the table that it learned.
type Model struct {
	set     settings
	enc     *encode.Encoder
	tok     *tokenizer.Tokenizer // nil for preset realtabformer
	net     *transformer.Model
	s       *speller
	plan    *draw.Plan
	rows    int     // learned
	held    float64 // see Held
	longest int     // tokens of a row at most, as it is learned
	widest  int     // and as it is generated
	report  run.Report
}

// Schema describes the rows that Sample writes. Callers must not change it.
func (m *Model) Schema() *table.Schema { return m.enc.Schema() }

// Kind is "great", and its preset in brackets where it is not plus.
func (m *Model) Kind() string {
	if m.set.Preset == plus {
		return "great"
	}
	return "great (" + m.set.Preset + ")"
}

// Report tells how far learning came. A model that was loaded does not know what stopped it.
func (m *Model) Report() run.Report { return m.report }

// Held is the mean -ln probability of a cell of the rows held out, in nats, before the grammar; 0 where none was.
func (m *Model) Held() float64 { return m.held }

// Config gives the sizes of the GPT-2.
func (m *Model) Config() transformer.Config { return m.net.Config }

// arrange makes what follows from the encoder and the vocabulary. end is the id that ends a row.
func (m *Model) arrange(end int32) error {
	rules, err := draw.NewRules(m.enc)
	if err != nil {
		return err
	}
	if m.plan, err = draw.NewPlan(m.enc, rules.Order(nil)); err != nil {
		return err
	}
	cols := m.written(rules)
	if len(cols) == 0 {
		return &table.Error{Code: "nothing-to-learn", Reason: "no column is learned: all are ids or text", Fix: "read one as a number or category"}
	}
	if m.s, err = newSpeller(m.enc, m.tok, end, cols); err != nil {
		return err
	}
	if m.set.Preset == beGreat {
		m.s.peer = newPeerText(m.enc.Schema(), m.s.g.fields)
	}
	m.longest, m.widest = m.s.longest()
	return nil
}

// gap is the missing cell of a column.
func (m *Model) gap(col int) int64 { return m.s.g.fields[col].gap(-1) }

// written are the columns that are written as text: learned, and not computed by a rule. Preset be_great knows no rules.
func (m *Model) written(rules *draw.Rules) (cols []int) {
	for c := range m.enc.Schema().Columns {
		if !m.enc.Filled(c) && (m.set.Preset == beGreat || !rules.Computes(c)) {
			cols = append(cols, c)
		}
	}
	return cols
}
