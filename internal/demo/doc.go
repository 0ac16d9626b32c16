// Package demo holds a fictional school: a table of 600 pupils and 14 columns for people to try the program on.
//
// Nobody in it exists. It has what real tables have: a number and a name, dates, an ordered year group, a category
// with values that fewer than five pupils share, gaps, marks such as ABS among numbers, skewed counts, one exact rule
// (Total = Maths + English + Science) and one column that depends on others strongly (Passed). The file is made by
// the program in gen, which "go generate" runs; a test there proves that the two belong together.
package demo
