package kernels

// A Layout says which operand of a product is stored transposed.
type Layout uint8

// The layouts of a product C[M,N] = A[M,K] B[K,N].
const (
	NN Layout = iota // both as written
	NT               // B is stored [N,K]: the gradient of a layer's input
	TN               // A is stored [K,M]: the gradient of a layer's weights
)

// An Act is an activation that a product can apply to what it stores.
type Act uint8

// The activations of an epilogue.
const (
	Linear    Act = iota // none
	ReLU                 // max(x, 0)
	LeakyReLU            // x > 0 ? x : Slope*x
	GELU                 // Gelu of x; what x was goes to Pre
	GELUGrad             // x times the derivative of Gelu at Pre
)

// An Epilogue is what happens to the elements of a product while they are in registers, in this order: Add, Bias, Act,
// Drop; ColSums sees the result.
type Epilogue struct {
	Add     bool      // C += A B in place of C = A B; the old value comes first in the sum
	Bias    []float32 // [N], added to every row; nil: none
	Act     Act
	Slope   float32   // of LeakyReLU
	Drop    *Dropout  // nil: none
	Pre     []float32 // as C, of GELU, nil if nobody needs it, and GELUGrad; these two go without Drop and ColSums
	ColSums []float32 // [N], set to the sums over the rows of what was stored; nil: none
}

// A Dropout says which elements of a matrix are dropped: element (i, j) of [M,N] draws word i*N+j of a stream of
// internal/rng and is dropped where the word, as a fraction of 2^32, is below P. Kept values are multiplied by 1/(1-P),
// dropped ones by 0, so that NaN stays. Nothing is stored: the
// same struct gives the same mask again.
type Dropout struct {
	Seed   uint64
	Stream uint32
	Step   uint64 // the "row or step" of the stream
	P      float32
}
