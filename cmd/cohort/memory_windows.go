package main

import "unsafe"

var globalMemoryStatusEx = kernel32.NewProc("GlobalMemoryStatusEx")

// memoryStatus is MEMORYSTATUSEX of the Windows API.
type memoryStatus struct {
	length, load                       uint32
	totalPhys, availPhys               uint64
	totalPage, availPage               uint64
	totalVirtual, availVirtual, extend uint64
}

// memory gives the bytes of main memory, all of it and what programs can still get; 0 is not known.
func memory() (total, free int64) {
	var m memoryStatus
	m.length = uint32(unsafe.Sizeof(m))
	if ok, _, _ := globalMemoryStatusEx.Call(uintptr(unsafe.Pointer(&m))); ok == 0 {
		return 0, 0
	}
	return int64(m.totalPhys), int64(m.availPhys)
}
