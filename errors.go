package cohort

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/draw"
	"example.org/cohort/table"
)

// What is wrong with a model file or with conditions, for errors.Is.
var (
	ErrDamaged = container.ErrDamaged // model file: truncated, altered, or no model at all
	ErrNewer   = container.ErrNewer   // model file: from a later version
	ErrNoRow   = draw.ErrNoRow        // no row can meet the conditions
)

// errNoModel is a whole file of another kind.
var errNoModel = fmt.Errorf("%w: it holds something else", ErrDamaged)

// callError puts package and verb before what went wrong beneath.
type callError struct {
	verb string
	err  error
}

func (e *callError) Error() string {
	return "cohort: " + e.verb + ": " + strings.TrimPrefix(e.err.Error(), "table: ")
}

func (e *callError) Unwrap() error { return e.err }

// during names the verb in err, instead of that of a call within the call, but hands on the error of a cancelled context as
// it is.
func during(ctx context.Context, verb string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if inner, ok := err.(*callError); ok {
		err = inner.err
	}
	return &callError{verb, err}
}

// impossible makes ErrNoRow of a condition that no value of a column meets.
func impossible(err error) error {
	var bad *table.Error
	if !errors.As(err, &bad) || bad.Code != "no-such-value" {
		return err
	}
	none := *bad
	none.Err = ErrNoRow
	return &none
}

// problem is an error without a place in the table.
func problem(code, reason, fix string) *table.Error {
	return &table.Error{Code: code, Reason: reason, Fix: fix}
}
