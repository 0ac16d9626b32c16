package eval

// Every number that decides, as the table "What decides" of the command's documentation has it. Nothing else in this
// package may decide a status.
const (
	lookLevel = 0.05 // error that a check may make when it asks for a look, Holm-adjusted over all privacy tests
	stopLevel = 0.01 // error that a check may make when it stops, Holm-adjusted over the tests of the check

	likenessLoss = 5    // points of 100 below other real people: single columns and pairs ask for a look
	repeatedRows = 0.01 // share of people, beyond that among as many real rows, whose rows others have: repeated rows ask for a look
	usefulShare  = 0.95 // of the real rows' score above guessing: usefulness below it asks for a look
	guessPoints  = 10   // points by which learned people are guessed better than others: the lower limit above it stops

	fewestLikeness = 20  // people set aside, for single columns and pairs
	fewestPrivate  = 40  // people set aside, for copied rows, look-alikes and one of a kind
	fewestGuess    = 100 // people set aside, for guessing a column

	nearestShare  = 0.02 // of the rows: the part nearest to real people that look-alikes take
	nearestRows   = 40   // rows that look-alikes take at least
	fewestNearest = 5    // people left after ties, below which look-alikes can't tell

	guessWithin = 0.05 // of the range: a guess so near to a number is right

	commonPersons = 10   // people who have a value, at least, for it to count by itself in combinations
	commonShare   = 0.05 // of the people, the same
	singledShare  = 0.1  // of the people, who may be met by combinations of fewer columns in all

	usefulLeast = 0.1 // score above guessing that real rows must reach for a column to count as one they can predict
	fewestClass = 10  // rows of a class, to be predicted at all

	likenessDraws = 5      // samples that a larger table is cut down to, for single columns and pairs
	leastBins     = 3      // coarse codes of numbers in pairs of columns; the cube root of the rows between these two
	mostBins      = 8      //
	pairChance    = 2      // times the dependence that chance gives, beyond which a pair counts
	mostPairRows  = 20_000 // rows that pairs of columns are counted on
	mostPairs     = 20_000 // pairs of columns looked at, drawn at random of more
	worstPairs    = 20     // pairs of columns that the report names

	rarePersons = 5    // k for counting rare values where none is given
	fewBroken   = 0.01 // share of people, beyond that of other real ones, whose broken rules, kinds and ranges are let pass

	leastShared = 5 // persons with one value, without whom a column that a table of unknown making has as text may have been filled

	fewestOwn    = 20   // values of a closed set, from which on it can be what tells people apart
	ownShare     = 0.95 // of these values: a part that belongs to one person each, above which the set is no category
	renamedShare = 0.5  // of a further column's values: a part that is real ids, above which the column is the real one renamed
	sameIDs      = 0.05 // of the people set aside: a part with ids of people learned, above which they are not unseen

	copyAUC     = 0.45 // a detector's AUC against the people learned, below which the verdict has a note;
	copyErrors  = 3    // where it is not so many standard errors below one half, it may be chance
	copiedTable = 0.5  // share of full copies above which a table is stopped also without people set aside
)

// normal95 is half the width of a 95 % interval in standard errors.
const normal95 = 1.959963984540054
