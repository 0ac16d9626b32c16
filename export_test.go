package cohort

// ChunkRows is how many rows one worker draws at a time.
const ChunkRows = chunkRows
