package compta

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestTotalsAreExactBeyond64Bits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var sum Total
		want := new(big.Int)
		for _, v := range rapid.SliceOfN(rapid.Int64(), 0, 50).Draw(t, "amounts") {
			sum.Add(Montant(v))
			want.Add(want, big.NewInt(v))
		}
		got := new(big.Int).Lsh(big.NewInt(sum.hi), 64)
		if got.Add(got, new(big.Int).SetUint64(sum.lo)); got.Cmp(want) != 0 {
			t.Fatalf("%s, want %s", got, want)
		}
	})
	var sum Total
	for range 4 {
		sum.Add(9_000_000_000_000_000_001)
	}
	if got := sum.String(); got != "3600000000000000,0004" {
		t.Error(got)
	}
	if got := (Total{hi: -1, lo: ^uint64(0)}).String(); got != "-0,0001" {
		t.Error(got)
	}
}
