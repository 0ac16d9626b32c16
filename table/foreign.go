package table

import "bytes"

// A foreign format is a file that is no table of text, known by its first bytes.
type foreign struct {
	code, name, fix string
}

const (
	saveCSV     = `open it in the spreadsheet, choose File, Save As, "CSV UTF-8 (Comma delimited) (*.csv)", and read that file`
	exportCSV   = `open it in the program that made it and export the table as CSV`
	unpackFirst = "unpack it and read the CSV file in it"
)

// magics are the beginnings of files that say at once what they are.
var magics = []struct {
	magic string
	foreign
}{
	{"%PDF", foreign{"pdf", "a PDF document", "ask for the table itself as CSV or Excel file; a PDF only pictures it"}},
	{"{\\rtf", foreign{"word", "a text document", "copy the table into a spreadsheet and save it as CSV"}},
	{"PAR1", foreign{"parquet", "a Parquet file", `convert it first, for example in Python: pandas.read_parquet(name).to_csv(newname, index=False)`}},
	{"\x1f\x8b", foreign{"compressed", "a gzip archive", unpackFirst}},
	{"\x28\xb5\x2f\xfd", foreign{"compressed", "a zstd archive", unpackFirst}},
	{"7z\xbc\xaf\x27\x1c", foreign{"compressed", "a 7z archive", unpackFirst}},
	{"BZh", foreign{"compressed", "a bzip2 archive", unpackFirst}},
	{"SQLite format 3\x00", foreign{"database", "an SQLite database", exportCSV}},
	{"$FL2", foreign{"spss", "an SPSS file", "in SPSS choose File, Export, CSV, and read that file"}},
	{"<stata_dta>", foreign{"stata", "a Stata file", "in Stata: export delimited, and read that file"}},
}

// sniffForeign recognises other formats by content, never by name.
func sniffForeign(head []byte) (foreign, bool) {
	// A header may begin with PAR1, too; a table of text has no NUL byte.
	binary := bytes.IndexByte(head, 0) >= 0
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.magic)) && (binary || m.magic[0] == '%' || m.magic[0] == '{') {
			return m.foreign, true
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return sniffOLE(head), true
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return sniffZip(head), true
	}
	text := bytes.ToLower(bytes.TrimLeft(head[:min(len(head), 512)], "\ufeff \t\r\n"))
	for _, tag := range []string{"<!doctype html", "<html", "<table"} {
		if bytes.HasPrefix(text, []byte(tag)) {
			return foreign{"html", "a web page, whatever its name says", saveCSV}, true
		}
	}
	switch {
	case bytes.HasPrefix(text, []byte("<?xml")):
		return foreign{"xml", "an XML file", saveCSV}, true
	case bytes.HasPrefix(text, []byte("{\"")), bytes.HasPrefix(text, []byte("[{")):
		return foreign{"json", "a JSON file", "convert it to CSV with one line a person"}, true
	}
	return foreign{}, false
}

// sniffOLE parts the formats that share Microsoft's old container. The names of its streams are UTF-16.
func sniffOLE(head []byte) foreign {
	has := func(name string) bool {
		var wide []byte
		for _, c := range []byte(name) {
			wide = append(wide, c, 0)
		}
		return bytes.Contains(head, wide)
	}
	switch {
	case has("EncryptedPackage"):
		return foreign{"excel-locked", "an Excel workbook with a password", "open it with the password, then: " + saveCSV}
	case has("WordDocument"):
		return foreign{"word", "a Word document", "copy the table into a spreadsheet and save it as CSV"}
	}
	return foreign{"excel-old", "an old Excel workbook", saveCSV}
}

// sniffZip parts the formats that are zip archives inside.
func sniffZip(head []byte) foreign {
	has := func(s string) bool { return bytes.Contains(head, []byte(s)) }
	switch {
	case has("opendocument.spreadsheet"):
		return foreign{"ods", "an OpenDocument spreadsheet", saveCSV}
	case has("opendocument.text"), has("word/"):
		return foreign{"word", "a text document", "copy the table into a spreadsheet and save it as CSV"}
	case has("Index/") && has(".iwa"):
		return foreign{"numbers", "a Numbers document", "in Numbers choose File, Export To, CSV, and read that file"}
	case has("xl/"), has("[Content_Types].xml"):
		return foreign{"excel-xlsx", "an Excel workbook", saveCSV}
	}
	return foreign{"compressed", "a zip archive", unpackFirst}
}
