// Package run is the one loop in which every model learns: [Train] goes through a plan in waves and looks, between two
// waves, at the clock, at Stop, at the context and at the checkpoint.
//
// The plan, its steps and its waves, is made from the table and the budget before anything is learned. The clock may
// only cut it short, between two waves, so that a cut run can be repeated exactly by its number of steps.
package run
