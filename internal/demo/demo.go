package demo

import _ "embed"

//go:generate go run ./gen -o school.csv

//go:embed school.csv
var school string

// CSV gives the table as the text of a file: a header and 600 rows, commas, UTF-8, dates as day/month/year.
func CSV() []byte { return []byte(school) }
