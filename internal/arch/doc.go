// Package arch holds the rules of this repository that a machine can check: who may import whom, which modules are used,
// what is exported, how long files and functions are, what every package brings along, and what the program is linked
// from. They are tests; the only code is [Surface], which lists what a package exports.
//
//	go test ./internal/arch            checks
//	go test ./internal/arch -update    writes api.txt anew
package arch
