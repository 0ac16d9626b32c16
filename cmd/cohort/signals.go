package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// interrupts turns signals into the library's two ways to end. The first Ctrl-C closes stop: finish with the best so far.
// The second, or SIGTERM, ends ctx: stop at once. notice is called at the first. release gives the signals back.
func interrupts(notice func()) (ctx context.Context, stop *stopper, release func()) {
	ctx, cancel := context.WithCancel(context.Background())
	stop = &stopper{c: make(chan struct{})}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		for first := true; ; first = false {
			select {
			case <-done:
				return
			case s := <-signals:
				if s == syscall.SIGTERM || !first {
					cancel()
					continue
				}
				stop.close()
				notice()
			}
		}
	}()
	return ctx, stop, func() {
		signal.Stop(signals)
		close(done)
		cancel()
	}
}

// stopper is a channel that may be closed more than once.
type stopper struct {
	c    chan struct{}
	once sync.Once
}

func (s *stopper) close() { s.once.Do(func() { close(s.c) }) }

// closeAt closes the channel at a time, unless it is cancelled before.
func (s *stopper) closeAt(t time.Time) (cancel func() bool) {
	return time.AfterFunc(time.Until(t), s.close).Stop
}

// aside writes a line above the progress line. It may be called from any goroutine.
func (m *meter) aside(text string) { m.a.note("%s", text) }

// contextReader ends with the context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}

// contextWriter ends with the context.
type contextWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c contextWriter) Write(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(b)
}
