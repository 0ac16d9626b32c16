package main

import (
	"encoding/binary"
	"syscall"
)

// memory gives the bytes of main memory; what is free of it is not known.
func memory() (total, free int64) {
	// Sysctl takes the value for a text and cuts a zero byte at the end off.
	s, err := syscall.Sysctl("hw.memsize")
	if err != nil || len(s) > 8 {
		return 0, 0
	}
	var b [8]byte
	copy(b[:], s)
	return int64(binary.LittleEndian.Uint64(b[:])), 0
}
