package mixture

import (
	"cmp"
	"math"
	"slices"
)

// How fast mode bins. A column of up to maxDistinct values is cheap enough as it is.
const (
	bins        = 4096
	maxDistinct = 2 * bins
	binWidth    = 0.002 // at most, in standard deviations, so that a tail is not one bin
)

// leastUnit keeps the square of regulariser/unit finite. Columns with a smaller spread are points for the regulariser.
const leastUnit = 1e-100

// A column is what K-means and EM see of N rows: U points in ascending order. A point is a distinct value or a bin.
type column struct {
	value    []float64 // [U] mean of the point's rows
	count    []float64 // [U] number of its rows
	variance []float64 // [U] of its rows about their mean, divisor count: 0 but in bins

	rows float64 // N

	// After standardise, a row's number is mean + unit*value.
	mean, unit float64
	spread     float64 // variance of the rows, divisor N-1, in units squared: 1, or 0 if there is none
}

// distinct sorts and counts.
func distinct(x []float64) *column {
	sorted := slices.Clone(x)
	slices.Sort(sorted)
	c := &column{rows: float64(len(x))}
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		c.add(sorted[i], float64(j-i), 0)
		i = j
	}
	return c
}

// merged is distinct for values with counts.
func merged(values []float64, counts []int64) *column {
	order := make([]int, 0, len(values))
	for i, n := range counts {
		if n > 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	c := &column{}
	for _, i := range order {
		n := float64(counts[i])
		c.rows += n
		if last := len(c.value) - 1; last >= 0 && c.value[last] == values[i] {
			c.count[last] += n
			continue
		}
		c.add(values[i], n, 0)
	}
	return c
}

func (c *column) add(value, count, variance float64) {
	c.value = append(c.value, value)
	c.count = append(c.count, count)
	c.variance = append(c.variance, variance)
}

// standardise moves the values to mean 0 and standard deviation 1.
func (c *column) standardise() {
	sum := 0.0
	for i, v := range c.value {
		sum += c.count[i] * v
	}
	c.mean = sum / c.rows
	sum = 0
	for i, v := range c.value {
		sum += c.count[i] * (v - c.mean)
	}
	c.mean += sum / c.rows // what the first sum lost to rounding
	squares := 0.0
	for i, v := range c.value {
		d := v - c.mean
		squares += c.count[i] * d * d
	}
	c.unit = 1
	if len(c.value) > 1 {
		sd := math.Sqrt(squares / (c.rows - 1))
		c.unit = max(sd, leastUnit)
		c.spread = (sd / c.unit) * (sd / c.unit)
	}
	for i, v := range c.value {
		c.value[i] = (v - c.mean) / c.unit
	}
}

// binned joins neighbouring values of a standardised column into bins of about equal counts. A value with more rows than a
// bin should have is a bin of its own, without loss. Common columns have some 5,000 bins.
func (c *column) binned() *column {
	b := &column{rows: c.rows, mean: c.mean, unit: c.unit, spread: c.spread}
	limit := c.rows / bins
	for i := 0; i < len(c.value); {
		n := c.count[i]
		j := i + 1
		for j < len(c.value) && n+c.count[j] <= limit && c.value[j]-c.value[i] <= binWidth {
			n += c.count[j]
			j++
		}
		b.add(c.join(i, j))
		i = j
	}
	return b
}

// join gives mean, count and variance of the values from i to before j.
func (c *column) join(i, j int) (mean, count, variance float64) {
	first := c.value[i]
	sum, squares := 0.0, 0.0 // of distances from the first
	for ; i < j; i++ {
		d := c.value[i] - first
		count += c.count[i]
		sum += c.count[i] * d
		squares += c.count[i] * d * d
	}
	d := sum / count
	return first + d, count, max(0, squares/count-d*d)
}
