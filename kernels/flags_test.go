package kernels

import "flag"

var long = flag.Bool("long", false, "also run the tests that take minutes: all 2^32 inputs of each function")
