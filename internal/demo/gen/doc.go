// Command gen writes the fictional school of package demo. Its numbers come from whole-number arithmetic on a fixed
// seed, so that every machine writes the same bytes.
//
//	go run ./internal/demo/gen
//
// writes internal/demo/school.csv again; a test proves that the committed file is what it writes.
package main
