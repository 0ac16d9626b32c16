package asmgen

// Files are all files of assembly in package kernels.
func Files() []*File {
	return []*File{gemmAMD64(), ceilingAMD64(), packAMD64(), bf16AMD64(), sparseAMD64(), halfAMD64(), logisticAMD64(), gemmARM64(), vecAMD64(), sumsAMD64(), vecARM64()}
}
