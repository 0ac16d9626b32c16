package rng

// Streams. Each use of random numbers has its own, so that no two uses share numbers. A number is never given to another
// use, also after the first has gone: a new stream takes the next free number of its group. What "row" means stands beside
// each.
const (
	// table and the rows made without a model
	Split uint32 = 0x0100 // shuffle of the persons of one stratum; row: the stratum
	Mock  uint32 = 0x0101 // a cell of a table written from the schema alone; row: the row
	Demo  uint32 = 0x0102 // the fictional school; row: the row

	// table/encode
	EncodeRare  uint32 = 0x0200 // code drawn for a value that protection keeps out; row: the row that is encoded
	FillID      uint32 = 0x0201 // new ids: a permutation of the persons or rows, and the places that it leaves open
	FillRepeats uint32 = 0x0204 // how many rows a new person has: a permutation of the persons

	// baseline; SampleCell and SampleTry are of internal/draw
	TreeRows    uint32 = 0x0300 // which persons a tree sees; row: the tree
	TreeColumns uint32 = 0x0301 // which columns a split may ask; row: the tree
	SampleCell  uint32 = 0x0304 // the cells of a row, one after the other; row: the row
	SampleTry   uint32 = 0x0305 // further tries at a row with conditions; row: the row
	TreeTune    uint32 = 0x0307 // which persons are held out while settings are compared; row: variable, fold and tree
	LineFolds   uint32 = 0x0308 // the order in which persons are dealt to the folds of a line; row: variable
	LineCells   uint32 = 0x0309 // where in its cell a number lies from which a line is learned; row: variable

	// eval/ml
	ForestRows    uint32 = 0x0400 // which persons a tree of a forest sees; row: fold and tree
	ForestColumns uint32 = 0x0401 // which columns a split may ask; row: fold and tree
	FoldPersons   uint32 = 0x0402 // the order in which persons are dealt to folds
	MLPHeld       uint32 = 0x0404 // which rows a network is not taught, so that they say when to stop
	MLPOrder      uint32 = 0x0405 // the order in which it is shown the others; row: the pass, and the network from bit 32 on
	BoostRows     uint32 = 0x0403 // which rows the trees of a round see; row: the round

	// eval
	EvalUseful     uint32 = 0x0410 // which rows teach and examine; row: 0 real, 1 synthetic, 2 set aside
	EvalDetect     uint32 = 0x0411 // which rows are told apart; row: 0 the one table, 1 the other
	EvalDownstream uint32 = 0x0412 // which rows teach and examine in the downstream table; row: as of EvalUseful
	EvalBootstrap  uint32 = 0x0413 // which people examine in a draw of the bootstrap; row: the draw
	EvalExplain    uint32 = 0x0414 // which rows find and which measure what tells tables apart; row: 0 real, 1 synthetic, and 2 and 3 their persons
	EvalShape      uint32 = 0x0420 // which rows single columns are measured on; row: 0 set aside, 1 trial
	EvalPairs      uint32 = 0x0421 // which rows and pairs pairs of columns are measured on; row: 0 set aside, 1 trial, 2 learned, 3 pairs
	EvalClosest    uint32 = 0x0430 // which of the rows that are equally near to real people come first; row: the row
	EvalSubsets    uint32 = 0x0431 // which columns are known together; row: the combination
	EvalGuess      uint32 = 0x0432 // which people and rows are asked about; row: 0 learned, 1 set aside, 2 trial, 3 trial for look-alikes
	EvalHalves     uint32 = 0x0422 // which persons are in a half of a table that likeness is measured on again; row: the half, or 1<<32 on: learned; 2, 3 and 4<<32 on: of joint
	EvalRepeats    uint32 = 0x0423 // which rows of the larger table are searched for repeated ones; row: 0 real, 1 synthetic
	EvalJoint      uint32 = 0x0424 // which rows are compared as wholes; row: 0 set aside, 1 trial, 2 learned
	EvalSuite      uint32 = 0x0433 // which rows a peer's suite is shown of a large table; row: 0 real, 1 synthetic, 2 set aside

	// eval/sdmetrics
	SuiteRandom uint32 = 0x0440 // rows without any memory, to measure distances against; row: the column

	// nn
	NNInit    uint32 = 0x0500 // first values of a parameter; row: hash of its name
	NNDropout uint32 = 0x0501 // what a dropout layer drops; row: the step, and in its low 16 bits the draw
	NNNoise   uint32 = 0x0502 // noise that a generator starts from, and of its span heads; row: as of NNDropout

	// internal/draw
	DrawCandidate uint32 = 0x0600 // the cells of a row that may be picked; row: the row, and in its low 20 bits the candidate
	DrawPick      uint32 = 0x0601 // which candidate is picked; row: the row
	DrawEven      uint32 = 0x0602 // the targets of a block of rows, row: its first; the cell of one, row: 2^63 and the row

	// ctgan
	GANComponent uint32 = 0x0700 // which component of the mixture a number belongs to; row: column, and row in its low 40 bits
	GANBatch     uint32 = 0x0701 // conditions and rows of a batch; row: 3 times the step or pass, and which of them
	GANMix       uint32 = 0x0702 // where between real and fake the penalty is taken; row: the step
	GANSplit     uint32 = 0x0703 // which rows are held out
	GANBlock     uint32 = 0x0704 // noise, conditions and codes of rows that a peer's preset writes; row: 3 times page, part and round, and which of them
	GANRow       uint32 = 0x0705 // noise and condition of a row; row: the row
	GANJudge     uint32 = 0x0706 // what the judge that weighs rows learns from; row: the step
	VAEOrder     uint32 = 0x0709 // the order in which a TVAE is shown rows; row: the pass
	VAELook      uint32 = 0x070b // noise with which it looks at rows held out; row: the batch of the look
	GANMixture   uint32 = 0x070a // the start of a mixture; row: 0, as columns differ by their seeds
	GANProbe     uint32 = 0x0707 // rows that are written while the model learns, to be scored; row: the step
	GANStop      uint32 = 0x0708 // folds and noise of the small network that ends learning; row: what is shuffled, or from 1<<32 on the draw

	// transformer
	GPTOrder uint32 = 0x0800 // the order in which sequences are learned; row: the epoch
	GPTToken uint32 = 0x0801 // which tokens are drawn; row: the row

	// transformer/column
	ColumnRows  uint32 = 0x0810 // the order in which rows are learned; row: the epoch
	ColumnOrder uint32 = 0x0811 // the orders of the columns of a batch; row: the step
	ColumnSplit uint32 = 0x0812 // which persons are held out
	ColumnFill  uint32 = 0x0813 // cells of a row that is completed; row: the row

	// the root package
	JudgeRows uint32 = 0x0a00 // rows that a judge of rows is shown: their seed
	JudgeHeld uint32 = 0x0a01 // which people and rows are held out while settings are compared; row: what it is shown, by number

	// transformer/great
	GreatShow  uint32 = 0x0900 // order of the columns and values of a row that is learned; row: the epoch, and the row in its low 40 bits
	GreatSplit uint32 = 0x0901 // which persons are held out
	GreatShots uint32 = 0x0902 // which examples are shown, and how
	GreatToken uint32 = 0x0904 // tokens of a row that is written; row: of preset be_great the row, the round and what is drawn, else 0, as rows differ by their seeds
	GreatFill  uint32 = 0x0903 // order of the columns and tokens of a row that is filled; row: the row
)
