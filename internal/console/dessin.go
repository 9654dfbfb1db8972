package console

import "math"

// round keeps one decimal, which is as fine as a screen.
func round(x float64) float64 { return math.Round(x*10) / 10 }

// niceCeil returns the first of 4, 8, 12, 20, 40, 60, 80, 100, 200… that is not
// under n: an axis from 0 to it divides by four without fractions.
func niceCeil(n int) int {
	for _, small := range []int{4, 8, 12} {
		if n <= small {
			return small
		}
	}
	for unit := 20; ; unit *= 10 {
		for _, times := range []int{1, 2, 3, 4, 5} {
			if top := unit * times; n <= top {
				return top
			}
		}
	}
}
