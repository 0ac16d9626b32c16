package kernels

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckPasses(t *testing.T) {
	before := Family()
	require.NoError(t, Check())
	require.Equal(t, before, Family())
}
