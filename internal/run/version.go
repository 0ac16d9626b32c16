package run

// Version is that of the program: a checkpoint of another version is refused.
const Version = "0.1.0-dev"
