package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// runAlone is run in a window of its own: the program's icon was double-clicked, or a file was dropped on it. The window
// stays until Enter, so that nothing disappears unread; then the folder of the result is opened.
func runAlone(args []string, in io.Reader, out, err io.Writer, open func(folder string)) int {
	a := newApp(args, in, out, err)
	rest := args[min(1, len(args)):]
	if len(rest) == 1 && rest[0] != "-" {
		// Results go into the current folder, which is the program's or the system's; the file's own is where they are sought.
		if folder := filepath.Dir(rest[0]); os.Chdir(folder) == nil {
			rest = []string{filepath.Base(rest[0])}
		}
	}
	code := a.run(rest)
	fmt.Fprint(out, "\nPress Enter to close this window. ")
	bufio.NewReader(in).ReadString('\n')
	if a.handOver != "" {
		open(filepath.Dir(a.handOver))
	}
	return code
}
