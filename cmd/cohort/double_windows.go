package main

import (
	"os/exec"
	"unsafe"
)

var getConsoleProcessList = kernel32.NewProc("GetConsoleProcessList")

// doubleClicked tells whether this program is the only one in its console: Windows opened the window for it alone.
func doubleClicked() bool {
	var ids [2]uint32
	n, _, _ := getConsoleProcessList.Call(uintptr(unsafe.Pointer(&ids[0])), uintptr(len(ids)))
	return n == 1
}

// openFolder shows a folder in the Explorer.
func openFolder(folder string) { exec.Command("explorer.exe", folder).Start() }
