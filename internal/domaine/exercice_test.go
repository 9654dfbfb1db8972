package domaine

import "testing"

func TestLetteringMethodsHaveTheNumbersOfTheFlatDialect(t *testing.T) {
	t.Parallel()
	for id, want := range map[int]Lettrage{1: LettrageMono, 2: LettrageMulti} {
		if got, ok := LettrageOf(id); !ok || got != want || got.MethodID() != id {
			t.Errorf("%d is %q, whose number is %d", id, got, got.MethodID())
		}
	}
	for _, id := range []int{0, 3, -1} {
		if got, ok := LettrageOf(id); ok || got.MethodID() != 0 {
			t.Errorf("%d is %q", id, got)
		}
	}
}
