package ctgan

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A fault is what a peer does and a preset copies.
type fault struct {
	section string // of the description of CTGAN's two packages
	sign    bool   // the description has a warning sign there
	name    string
	shown   string // how the test shows it, or why there is nothing of ours to show
	test    func(t *testing.T)
}

// faults has a row for every warning sign of the description's sections 1 and 3, and for what else the two packages do differently.
var faults = []fault{
	// Package ctgan: preset sdv.
	{"1.1", false, "sizes and rates", "the preset's values", sdvValues},
	{"1.2", false, "categories in the order in which they are met, the missing one last", "labels of a column", sdvLabels},
	{"1.2", true, "a loop over rows draws components",
		"the loop's time is the package's own; what it draws is shown: once, by responsibility, whatever the seed", sdvDrawsComponents},
	{"1.2", true, "no range: impossible negatives", "the ends of the components lie outside what was learned", sdvHasNoRange},
	{"1.2", false, "decimals are not rounded, whole numbers to the nearest",
		"cells off the table's grid; 2.5 and 3.5 become 2 and 4", sdvRounds},
	{"1.2", true, "SDV's wrapper puts gaps at random",
		"the preset is the package without its wrapper: numbers with gaps or marks are refused", peersRefuseGaps},
	{"1.2", true, "a spike's component is as wide as the column's variance by its rows",
		"Adult-like gains: width, and what becomes of a 0", sdvSpike},
	{"1.2", true, "no component is narrower than a thousandth", "a column of millionths is one width", sdvFloor},
	{"1.2", false, "components below 0.5 % have no place", "places of a column against its weights", sdvSlots},
	{"1.3", true, "a loop draws the rows of a step", "its time is the package's own: rows are drawn from an index by code", sdvRowsMatch},
	{"1.3", true, "small tables get one step a pass", "steps of the plan by rows", sdvSteps},
	{"1.3", true, "what is written is asked for by the logarithm of its frequency", "a column of 95 and 5 %: 60 and 40 %", sdvAsksByLogarithm},
	{"1.3", true, "codes without rows are dropped from the draw", "harmless: there are none", sdvEveryCodeIsMet},
	{"1.5", true, "packs of fakes and of real rows have other conditions", "the order of conditions in a batch", sdvOrders},
	{"1.5", true, "fakes are not detached", "of no effect: the critic's gradient is the same to the bit", detachedIsAttached},
	{"1.5", false, "one share a pack mixes real and fake", "number and range of the shares", sdvMixes},
	{"1.6", true, "BatchNorm in training mode: a row depends on its block", "one row's neighbours are changed", sdvRowsDepend},
	{"1.6", true, "BatchNorm in training mode: blocks of a batch", "parts of a sample against the whole", sdvBlocks},
	{"1.6", true, "BatchNorm takes a condition away", "the first block's output by condition", sdvLosesConditions},
	{"1.6", true, "a condition counts from the first column", "the place set, and what is written", peersMisplaceConditions},
	{"1.7", false, "the transformer has a seed of its own", "encoded rows by seed", sdvEncodingHasItsSeed},

	// synthcity's plugin: preset synthcity.
	{"3.1", false, "sizes and rates", "the preset's values", cityValues},
	{"3.1", true, "no dropout in the generator", "what it gives for the same noise; the option is not ours", cityHasNoDropout},
	{"3.1", true, "the weights' decay is 1e-3, also where another one is given", "both optimisers; we refuse another one", cityDecays},
	{"3.1", true, "networks and noise start from seed 0", "two seeds: equal networks, other rows", citySeeds},
	{"3.2", false, "categories are what has ten values at most", "kinds of columns, labels in order of text", cityClasses},
	{"3.2", true, "eleven categories and more are numbers", "a mixture over the labels' indices", cityLabelsAreNumbers},
	{"3.2", true, "whole numbers are cut off towards 0", "3.9 and -3.9; the mean of a round trip", cityTruncates},
	{"3.2", false, "the likeliest component, not one drawn", "codes of a column", cityLikeliest},
	{"3.2", false, "ten places for a column, dead components too", "places against weights", citySlots},
	{"3.2", false, "numbers are cut back to their range", "the ends of the components", cityHasRange},
	{"3.3", false, "numbers have no activation", "rows against logits", cityHeadIsIdentity},
	{"3.3", false, "gradients are clipped", "length after a step's clipping", cityClips},
	{"3.4", true, "51 % of the rows are used", "different rows among those drawn", cityUsesHalf},
	{"3.4", true, "conditions are stored by draw and looked up by row", "how often a row has what stands beside it", cityConditionsSayNothing},
	{"3.4", false, "the condition's loss is that of the real row, divided by the batch twice", "the loss written down plainly", cityLoss},
	{"3.4", true, "the place in the condition stays where no row asks",
		"the same for batches that ask for some columns only", cityLossMisplaced},
	{"3.4", false, "conditions are drawn by true frequency", "a column of 95 and 5 %", cityAsksByFrequency},
	{"3.5", false, "a pass is all rows that were drawn, in a new order, the last batch kept", "rows of the batches", cityPasses},
	{"3.6", false, "the first look that can end learning is after pass 300", "areas that never get better", cityEarliestStop},
	{"3.6", false, "rows held out are no teachers", "rows of both parts", cityHoldsOut},
	{"3.6", true, "the best weights are put back onto themselves", "weights with looks and without", cityKeepsTheLast},
	{"3.6", true, "the looking network draws noise when it is asked", "two answers; areas of equal and other halves", cityDetectorIsNoisy},
	{"3.7", true, "doubles are dropped within a round", "a table of four kinds of rows: all alike often", cityDropsDoubles},
	{"3.7", false, "after 500 rounds doubles stay", "a table of one kind of row, and the count", cityGivesUp},
	{"3.7", false, "a sample's parts", "parts of a sample against the whole", cityPages},
}

func TestFaultsOfPeers(t *testing.T) {
	for _, f := range faults {
		t.Run(f.section+" "+f.name, func(t *testing.T) {
			require.NotEmpty(t, f.shown)
			f.test(t)
		})
	}
}

// The description has 12 signs in section 1, of which that of BatchNorm has three rows and that of spikes two, and 9 in section 3, of which
// that of ignored arguments has three.
func TestEverySignHasARow(t *testing.T) {
	signs := map[byte]int{}
	for _, f := range faults {
		if f.sign {
			signs[f.section[0]]++
		}
	}
	require.Equal(t, map[byte]int{'1': 12 + 2 + 1, '3': 9 + 2}, signs)
}
