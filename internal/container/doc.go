// Package container holds model files and checkpoints: one versioned file with a JSON header and named blobs.
//
// The format is data only. All numbers are little endian.
//
//	magic      8 bytes   89 'C' 'O' 'H' 'O' 'R' 'T' 0A
//	version    uint32    2026 files have 1
//	check      uint32    CRC-32 (IEEE) of the 12 bytes before; magic, version and check stay so in every version
//	length     uint64    bytes of the directory
//	directory  section   JSON: {"kind": "...", "header": bytes, "blobs": [{"name": "...", "size": bytes}, ...]}
//	header     section   JSON, as the writer gave it; absent if its length is 0
//	blobs      sections  in the order of the directory; absent if empty
//
// A section is cut into chunks of 1 MiB, of which the last may be shorter. A chunk is
//
//	packed     uint32    bytes that follow; equal to the chunk's length if it is stored as it is, else smaller
//	data       packed    raw DEFLATE (RFC 1951), or the bytes themselves
//	sum        32 bytes  SHA-256 of the whole file up to here, sums included
//
// so that nothing is believed before its sum was right, and memory grows with the chunks that were read and checked, never
// with a declared size. The file ends with the last chunk.
package container
