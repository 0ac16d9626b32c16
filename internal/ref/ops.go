package ref

import "math"

// LeakyReLU is x where it is positive, else slope*x; slope 0 is ReLU.
func LeakyReLU(x Matrix, slope float64) Matrix { return LeakyReLUGrad(x, x, slope) }

// LeakyReLUGrad is g where x is positive, else slope*g.
func LeakyReLUGrad(x, g Matrix, slope float64) Matrix {
	return x.Zip(g, func(x, g float64) float64 {
		if x > 0 {
			return g
		}
		return slope * g
	})
}

// Tanh is the hyperbolic tangent.
func Tanh(x Matrix) Matrix { return x.Map(math.Tanh) }

// TanhGrad is g (1 - tanh(x)^2).
func TanhGrad(x, g Matrix) Matrix {
	return x.Zip(g, func(x, g float64) float64 { return g * (1 - math.Tanh(x)*math.Tanh(x)) })
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// Sigmoid is 1/(1 + e^-x).
func Sigmoid(x Matrix) Matrix { return x.Map(sigmoid) }

// SigmoidGrad is g y (1 - y).
func SigmoidGrad(x, g Matrix) Matrix {
	return x.Zip(g, func(x, g float64) float64 { return g * sigmoid(x) * sigmoid(-x) })
}

// Exp is e^x.
func Exp(x Matrix) Matrix { return x.Map(math.Exp) }

// ExpGrad is g e^x.
func ExpGrad(x, g Matrix) Matrix { return g.Mul(Exp(x)) }

// Log is the natural logarithm.
func Log(x Matrix) Matrix { return x.Map(math.Log) }

// LogGrad is g/x.
func LogGrad(x, g Matrix) Matrix {
	return x.Zip(g, func(x, g float64) float64 { return g / x })
}

// Square is x^2.
func Square(x Matrix) Matrix { return x.Mul(x) }

// SquareGrad is 2 g x.
func SquareGrad(x, g Matrix) Matrix { return g.Mul(x).Scale(2) }

// softmax writes the softmax of x to y.
func softmax(y, x []float64) {
	most, sum := math.Inf(-1), 0.0
	for _, v := range x {
		most = max(most, v)
	}
	for j, v := range x {
		y[j] = math.Exp(v - most)
		sum += y[j]
	}
	for j := range y {
		y[j] /= sum
	}
}

// softmaxGrad writes y (g - sum of g y) to d, y being the softmax.
func softmaxGrad(d, y, g []float64) {
	sum := 0.0
	for j, v := range y {
		sum += v * g[j]
	}
	for j, v := range y {
		d[j] = v * (g[j] - sum)
	}
}

// Softmax is e^x over the sum of e^x of the row.
func Softmax(x Matrix) Matrix {
	y := New(x.Rows, x.Cols)
	for i := range x.Rows {
		softmax(y.Row(i), x.Row(i))
	}
	return y
}

// SoftmaxGrad is y (g - sum of g y over the row).
func SoftmaxGrad(x, g Matrix) Matrix {
	y, d := Softmax(x), New(x.Rows, x.Cols)
	for i := range x.Rows {
		softmaxGrad(d.Row(i), y.Row(i), g.Row(i))
	}
	return d
}

// LogSoftmax is the logarithm of Softmax.
func LogSoftmax(x Matrix) Matrix { return Log(Softmax(x)) }

// LogSoftmaxGrad is g - softmax(x) times the sum of g over the row.
func LogSoftmaxGrad(x, g Matrix) Matrix {
	return g.Add(MulRows(Softmax(x), RowSums(g)).Scale(-1))
}

// CrossEntropy is -ln softmax(x)[label] of each row, [N, 1]; 0 where the label is -1.
func CrossEntropy(x Matrix, labels []int32) Matrix {
	l, y := New(x.Rows, 1), Softmax(x)
	for i, label := range labels {
		if label >= 0 {
			l.Data[i] = -math.Log(y.At(i, int(label)))
		}
	}
	return l
}

// CrossEntropyGrad is g (softmax(x) - onehot), and 0 where the label is -1.
func CrossEntropyGrad(x Matrix, labels []int32, g Matrix) Matrix {
	d := MulRows(Softmax(x), g)
	for i, label := range labels {
		if label >= 0 {
			d.Row(i)[label] -= g.Data[i]
		} else {
			clear(d.Row(i))
		}
	}
	return d
}

// BatchNorm is (x - mean)/sqrt(variance + eps)*gamma + beta with the mean and the biased variance of the columns; gamma and
// beta are [1, D].
func BatchNorm(x, gamma, beta Matrix, eps float64) Matrix {
	mean, rstd := stats(x, eps)
	return BatchNormWith(x, mean, rstd, gamma, beta)
}

// BatchNormWith is (x - mean)*rstd*gamma + beta.
func BatchNormWith(x, mean, rstd, gamma, beta Matrix) Matrix {
	y := New(x.Rows, x.Cols)
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			y.Row(i)[j] = (v-mean.Data[j])*rstd.Data[j]*gamma.Data[j] + beta.Data[j]
		}
	}
	return y
}

func stats(x Matrix, eps float64) (mean, rstd Matrix) {
	n := float64(x.Rows)
	mean = ColSums(x).Scale(1 / n)
	away := AddBias(x, mean.Scale(-1))
	rstd = ColSums(away.Mul(away)).Map(func(v float64) float64 { return 1 / math.Sqrt(v/n+eps) })
	return mean, rstd
}

// BatchNormGrad: with h = (x - mean)*rstd, dgamma is the column sum of g h, dbeta that of g, and dx is
// gamma*rstd*(g - dbeta/N - h*dgamma/N).
func BatchNormGrad(x, gamma, g Matrix, eps float64) (dx, dgamma, dbeta Matrix) {
	mean, rstd := stats(x, eps)
	dx, dgamma, dbeta = BatchNormWithGrad(x, mean, rstd, gamma, g)
	n := float64(x.Rows)
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			h := (v - mean.Data[j]) * rstd.Data[j]
			dx.Row(i)[j] -= gamma.Data[j] * rstd.Data[j] * (dbeta.Data[j] + h*dgamma.Data[j]) / n
		}
	}
	return dx, dgamma, dbeta
}

// BatchNormWithGrad is the gradient with mean and rstd constant: dx = g*rstd*gamma, dgamma and dbeta as in BatchNormGrad.
func BatchNormWithGrad(x, mean, rstd, gamma, g Matrix) (dx, dgamma, dbeta Matrix) {
	dx, dgamma, dbeta = New(x.Rows, x.Cols), New(1, x.Cols), ColSums(g)
	for i := range x.Rows {
		for j, v := range g.Row(i) {
			dx.Row(i)[j] = v * rstd.Data[j] * gamma.Data[j]
			dgamma.Data[j] += v * (x.At(i, j) - mean.Data[j]) * rstd.Data[j]
		}
	}
	return dx, dgamma, dbeta
}
