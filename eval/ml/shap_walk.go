package ml

// A walker goes down a tree on all ways at once (algorithm 2 of Lundberg, Erion and Lee, 2018). A way is a list of the columns
// asked so far; for each number of columns that could be known, it keeps the share of the orders in which just those are.
type walker struct {
	tree  *shapTree
	row   []float32
	phi   [][]float64 // by output and column
	spare []step
}

// A step is one column of a way.
type step struct {
	feature int32
	zero    float64 // share of the rows that go on, where the column isn't known
	one     float64 // 1 if the row itself goes on, else 0
	weight  float64 // of as many known columns as steps come before
}

// walk visits a node and all below it. before is the way to its parent, room is unused, and the last three are the step here.
func (w *walker) walk(i int32, before, room []step, zero, one float64, feature int32) {
	way := room[:len(before)+1]
	copy(way, before)
	room = room[len(way):]
	extend(way, zero, one, feature)
	n := &w.tree.nodes[i]
	if n.left < 0 {
		for k := 1; k < len(way); k++ {
			scale := without(way, k) * (way[k].one - way[k].zero)
			for c, v := range n.answers {
				w.phi[w.tree.group+c][way[k].feature] += scale * v
			}
		}
		return
	}
	hot, cold := n.left, n.right
	if w.tree.next(i, w.row) == n.right {
		hot, cold = cold, hot
	}
	zero, one = 1, 1
	for k := 1; k < len(way); k++ {
		if way[k].feature == n.feature { // asked again: the two steps become one
			zero, one = way[k].zero, way[k].one
			way = unwind(way, k)
			break
		}
	}
	w.walk(hot, way, room, zero*w.tree.nodes[hot].cover/n.cover, one, n.feature)
	w.walk(cold, way, room, zero*w.tree.nodes[cold].cover/n.cover, 0, n.feature)
}

// extend makes the last step of the way.
func extend(way []step, zero, one float64, feature int32) {
	last := len(way) - 1
	way[last] = step{feature, zero, one, 0}
	if last == 0 {
		way[0].weight = 1
	}
	for k := last - 1; k >= 0; k-- {
		way[k+1].weight += one * way[k].weight * float64(k+1) / float64(last+1)
		way[k].weight = zero * way[k].weight * float64(last-k) / float64(last+1)
	}
}

// unwind takes step k back.
func unwind(way []step, k int) []step {
	last := len(way) - 1
	zero, one, next := way[k].zero, way[k].one, way[last].weight
	for j := last - 1; j >= 0; j-- {
		if one != 0 {
			weight := way[j].weight
			way[j].weight = next * float64(last+1) / (float64(j+1) * one)
			next = weight - way[j].weight*zero*float64(last-j)/float64(last+1)
		} else {
			way[j].weight = way[j].weight * float64(last+1) / (zero * float64(last-j))
		}
	}
	for j := k; j < last; j++ {
		way[j].feature, way[j].zero, way[j].one = way[j+1].feature, way[j+1].zero, way[j+1].one
	}
	return way[:last]
}

// without gives the sum of the weights that the way has without step k.
func without(way []step, k int) (sum float64) {
	last := len(way) - 1
	zero, one, next := way[k].zero, way[k].one, way[last].weight
	for j := last - 1; j >= 0; j-- {
		if one != 0 {
			weight := next * float64(last+1) / (float64(j+1) * one)
			sum += weight
			next = way[j].weight - weight*zero*float64(last-j)/float64(last+1)
		} else if zero != 0 {
			sum += way[j].weight * float64(last+1) / (zero * float64(last-j))
		}
	}
	return sum
}
