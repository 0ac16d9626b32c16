//go:build !windows

package main

// doubleClicked is false: other systems open no console for a program.
func doubleClicked() bool { return false }

func openFolder(string) {}
