// Package winres makes the version resource of a Windows program: what Explorer shows under Properties, Details, and what
// scanners read. Windows has no other place where a program says its name.
//
// The result is a COFF object with one section, .rsrc, which the Go linker takes from a file named *_windows_ARCH.syso in the
// folder of the program (Microsoft, "PE Format" and "VS_VERSIONINFO structure"). The objects are committed, and a test of
// the program proves them current:
//
//	go test ./cmd/cohort -run Resource -update-resource
package winres
