package main

import (
	"bytes"
	"fmt"
)

func Example() {
	header, _, _ := bytes.Cut(school(), []byte("\n"))
	fmt.Println(string(header))
	// Output:
	// Student No,Name,Born,Year group,Language,SEN,Absences,Reading,Mock,Maths,English,Science,Total,Passed
}
