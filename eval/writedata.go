package eval

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"strconv"
)

// The names that programs read. They are stable.
type (
	reportData struct {
		Version string       `json:"version"`
		Verdict string       `json:"verdict"`
		Checks  []checkData  `json:"checks"`
		Metrics []metricData `json:"metrics"`
		Notes   []string     `json:"notes"`
		Reasons []Reason     `json:"reasons,omitempty"`
		About   *About       `json:"about,omitempty"`
	}
	checkData struct {
		Group    string       `json:"group"`
		Name     string       `json:"name"`
		Status   string       `json:"status"`
		Shown    string       `json:"shown"`
		Beside   string       `json:"beside"`
		Sentence string       `json:"sentence"`
		Remedy   string       `json:"remedy"`
		Metrics  []metricData `json:"metrics"`
	}
	metricData struct {
		Name    string   `json:"name"`
		Columns []string `json:"columns"`
		Value   *float64 `json:"value"`
		Low     *float64 `json:"low"`
		High    *float64 `json:"high"`
		Real    *float64 `json:"real"`
		Best    *float64 `json:"best"`
		Better  int      `json:"better"`
		Status  string   `json:"status"`
		Reason  string   `json:"reason"`
	}
)

// WriteJSON writes the whole report as one object, indented, with a line end. A number that there is not is null.
func (r *Report) WriteJSON(w io.Writer) error {
	verdict, _ := r.Verdict.MarshalText()
	data := reportData{Version: r.Version, Verdict: string(verdict), Metrics: metricsData(r.Metrics),
		Checks: make([]checkData, len(r.Checks)), Notes: append([]string{}, r.Notes...)}
	for i, c := range r.Checks {
		data.Checks[i] = checkData{c.Group, c.Name, c.Status.String(), c.Shown, c.Beside, c.Sentence, c.Remedy, metricsData(c.Metrics)}
	}
	data.Reasons = r.Reasons
	if r.About.Columns > 0 { // a report of Compare
		data.About = &r.About
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(data)
}

func metricsData(metrics []Metric) []metricData {
	out := make([]metricData, len(metrics))
	for i, m := range metrics {
		out[i] = metricData{m.Name, append([]string{}, m.Columns...), finite(m.Value), finite(m.Low), finite(m.High), finite(m.Real),
			finite(m.Best), m.Better, m.Status.String(), m.Reason}
	}
	return out
}

// finite is nil for what is no number.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// WriteCSV writes all metrics, a line each under a header, as RFC 4180 has it. A number that there is not is empty.
func (r *Report) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	records := [][]string{{"name", "column1", "column2", "value", "low", "high", "real", "best", "better", "status", "reason"}}
	for _, m := range r.Metrics {
		var columns [2]string
		copy(columns[:], m.Columns)
		records = append(records, []string{m.Name, columns[0], columns[1], decimal(m.Value), decimal(m.Low), decimal(m.High),
			decimal(m.Real), decimal(m.Best), strconv.Itoa(m.Better), m.Status.String(), m.Reason})
	}
	return out.WriteAll(records)
}

func decimal(x float64) string {
	if finite(x) == nil {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
