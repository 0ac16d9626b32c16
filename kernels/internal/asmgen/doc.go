// Package asmgen writes the assembly of package kernels, which is committed beside it.
//
// A generator is plain Go that emits one instruction after the other into a [Func]. Each instruction is looked up in a
// table that knows which extension of the processor it needs, and a function that needs more than its family has is
// refused: a function whose name ends in AVX2 cannot hold an AVX-512 instruction.
//
//	go test ./kernels/internal/asmgen            the committed files are what the generator writes
//	go test ./kernels/internal/asmgen -generate  writes them
package asmgen
