// Package testutil reads the golden files of peers, for tests only: the numbers that a package gave, and the tables that it gave them
// for. What can't be read ends the test.
package testutil
