package transformer

import (
	"context"
	"flag"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/kernels"
)

var long = flag.Bool("long", false, "models as large as GPT-2: parity with transformers, and benchmarks")

// gpt2 and distilgpt2 are the published sizes.
var (
	gpt2       = Config{Layers: 12, Heads: 12, Width: 768, Positions: 1024, Vocab: 50257, Tied: true, BOS: 50256, EOS: 50256, EmbedDropout: .1, AttnDropout: .1, ResidDropout: .1}
	distilgpt2 = Config{Layers: 6, Heads: 12, Width: 768, Positions: 1024, Vocab: 50257, Tied: true, BOS: 50256, EOS: 50256, EmbedDropout: .1, AttnDropout: .1, ResidDropout: .1}
	small      = Config{Layers: 4, Heads: 4, Width: 128, Positions: 256, Vocab: 2000, Tied: true, BOS: 0, EOS: 0, EmbedDropout: .1, AttnDropout: .1, ResidDropout: .1}
)

// benchmarked are the models that are measured, the large ones with -long.
func benchmarked() map[string]Config {
	if *long {
		return map[string]Config{"124M": gpt2, "DistilGPT2": distilgpt2, "small": small}
	}
	return map[string]Config{"small": small}
}

// randomData are sequences of the same length.
func randomData(c Config, n, time int) Data {
	return Data{Len: n, At: func(_, i int) Sequence {
		ids := make([]int32, time)
		for k := range ids {
			ids[k] = int32((k*7919 + i*104729) % c.Vocab)
		}
		return Sequence{IDs: ids}
	}}
}

func BenchmarkStep(b *testing.B) {
	for name, c := range benchmarked() {
		for _, size := range [][2]int{{4, 64}, {8, 128}} {
			for _, label := range []string{"exact", "restricted", "bf16"} {
				headed := label == "restricted"
				o := TrainOptions{Batch: size[0], Epochs: 1 << 20, BF16: label == "bf16"}
				if o.BF16 && kernels.CheckBF16() != nil {
					continue
				}
				for id := 0; headed && id < c.Vocab; id += 20 {
					o.Head = append(o.Head, int32(id))
				}
				b.Run(fmt.Sprintf("%s/B%d/T%d/%s", name, size[0], size[1], label), func(b *testing.B) {
					m, err := New(c, 1)
					require.NoError(b, err)
					data := randomData(c, size[0], size[1])
					if headed {
						whole := data.At
						data.At = func(epoch, i int) Sequence {
							s := whole(epoch, i)
							for k := range s.IDs {
								s.IDs[k] = s.IDs[k] / 20 * 20
							}
							return s
						}
					}
					steps := 0
					stop := make(chan struct{})
					o.Stop = stop
					o.Trace = func(Step) {
						if steps++; steps == 2 { // the memory is there
							b.ResetTimer()
						}
						if steps == b.N+2 {
							close(stop)
						}
					}
					r, err := Train(context.Background(), m, data, o)
					require.NoError(b, err)
					b.ReportMetric(float64(size[0]*size[1]*b.N)/b.Elapsed().Seconds(), "tokens/s")
					b.ReportMetric(float64(r.Bytes)/1e6, "MB")
				})
			}
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	for name, c := range benchmarked() {
		for _, weights := range []string{"f32", "half", "bf16"} {
			if weights == "bf16" && kernels.CheckBF16() != nil {
				continue
			}
			for _, batch := range []int{1, 16, 64} {
				b.Run(fmt.Sprintf("%s/batch%d/%s", name, batch, weights), func(b *testing.B) {
					m, err := New(c, 1)
					require.NoError(b, err)
					m.Config.EOS = -1
					tokens := 0
					o := GenerateOptions{Rows: batch, Batch: batch, Most: 8 + 64, Half: weights == "half", BF16: weights == "bf16", Prompt: func(row int) []int32 {
						return []int32{1, 2, 3, 4, 5, 6, 7, int32(row)}
					}}
					b.ResetTimer()
					for range b.N {
						require.NoError(b, m.Generate(context.Background(), o, func(r Row) error { tokens += r.Drawn; return nil }))
					}
					b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tokens/s")
				})
			}
		}
	}
}
