package main

import (
	"fmt"
	"slices"
	"strings"
)

// goal is one line of the table of goals. What could not be measured in this run
// has an empty measure.
type goal struct {
	what, wanted, measured string
	reached                bool
}

// goalTable says which goals this run reached, among those whose sizes it
// measured.
func goalTable(r *report) string {
	var b strings.Builder
	b.WriteString("| goal | wanted | measured | reached |\n| --- | --- | --- | --- |\n")
	for _, g := range goals(r) {
		verdict := "no"
		if g.reached {
			verdict = "yes"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", g.what, g.wanted, g.measured, verdict)
	}
	return b.String()
}

func goals(r *report) []goal {
	var list []goal
	f := r.figures
	for _, db := range []string{onSQLite, onPostgres} {
		list = append(list, ratioGoal(f, db, opFirst, 2.0, "times its limit"), ratioGoal(f, db, opUnchanged, 1.5, "times its limit"),
			deltaGoal(f, db), ratioGoal(f, db, opList, 2.5, "times reading the documents"))
	}
	list = append(list, peerGoal(f, opFirst, 10, "in"), peerGoal(f, opList, 5, "out"))
	for _, db := range []string{onSQLite, onPostgres} {
		for _, op := range []string{opFirst, opUnchanged, opList} {
			list = append(list, growthGoal(f, db, op))
		}
		list = append(list, listMemoryGoal(f, db), pushMemoryGoal(f, db))
	}
	list = append(list, traGoal(fmt.Sprintf("TRA, %s entry lines on one processor: read and check", thousands(r.tra.lines)), r.tra.check),
		traGoal("the same, write", r.tra.write),
		goal{"memory of a TRA check does not grow with the file", "flat",
			fmt.Sprintf("%.0f kB allocated for %s lines, %.0f kB for %s", r.tra.allocSmall, thousands(r.tra.small), r.tra.allocLarge, thousands(r.tra.lines)), r.tra.allocLarge < 1.5*r.tra.allocSmall+100},
		startGoal(f), idleGoal(f))
	return slices.DeleteFunc(list, func(g goal) bool { return g.measured == "" })
}

// overSizes writes a value for 10,000 and one for 100,000, and finds the largest.
func overSizes(value func(size int) float64, format string) (text string, largest float64) {
	var parts []string
	for _, size := range []int{10_000, 100_000} {
		if v := value(size); v > 0 {
			parts = append(parts, fmt.Sprintf(format+" at %s", v, thousands(size)))
			largest = max(largest, v)
		}
	}
	return strings.Join(parts, ", "), largest
}

func ratioGoal(f *figures, db, op string, wanted float64, of string) goal {
	text, largest := overSizes(func(size int) float64 { return f.ratio(db, op, size) }, "%.2f")
	return goal{op + ", " + db, fmt.Sprintf("at most %.1f %s", wanted, of), text, largest <= wanted}
}

func deltaGoal(f *figures, db string) goal {
	ratio := f.ratio(db, opDelta, 100_000)
	if ratio == 0 {
		return goal{}
	}
	return goal{"delta of 1 % on 100,000, " + db, "at most 5 % of the first push", fmt.Sprintf("%.1f %%", 100*ratio), ratio <= 0.05}
}

func peerGoal(f *figures, op string, wanted float64, direction string) goal {
	smallest := 0.0
	text, _ := overSizes(func(size int) float64 {
		if f.ms(peer, op, size) == 0 {
			return 0
		}
		ratio := f.ms(peer, op, size) / f.ms(onSQLite, op, size)
		if smallest == 0 || ratio < smallest {
			smallest = ratio
		}
		return ratio
	}, "%.1f times")
	return goal{"against PocketBase, " + direction, fmt.Sprintf("at least %.0f times as fast", wanted), text, smallest >= wanted}
}

func growthGoal(f *figures, db, op string) goal {
	small, large := f.ms(db, op, 10_000), f.ms(db, op, 100_000)
	if small == 0 || large == 0 {
		return goal{}
	}
	return goal{fmt.Sprintf("from 10,000 to 100,000: %s, %s", op, db), "at most 11 times the time", fmt.Sprintf("%.1f times", large/small), large <= 11*small}
}

func listMemoryGoal(f *figures, db string) goal {
	idle, peak := median(f.idle[db]), median(f.memory[key{db, opList, 100_000}])
	if peak == 0 {
		return goal{}
	}
	return goal{"peak memory of a list of 100,000, " + db, "at most 1.6 times the idle server's",
		fmt.Sprintf("%.0f MB over %.0f MB: %.2f times", peak, idle, peak/idle), peak <= 1.6*idle}
}

func pushMemoryGoal(f *figures, db string) goal {
	peak := median(f.memory[key{db, opFirst, 100_000}])
	if peak == 0 {
		return goal{}
	}
	return goal{"peak memory of a first push of 100,000, " + db, "under 250 MB", fmt.Sprintf("%.0f MB", peak), peak < 250}
}

func traGoal(what string, speed float64) goal {
	return goal{what, "at least 400 MB/s", fmt.Sprintf("%.0f MB/s", speed), speed >= 400}
}

func startGoal(f *figures) goal {
	ms := median(f.start[onSQLite])
	return goal{"start on an empty SQLite database, to the first answer of /readyz", "under 100 ms", fmt.Sprintf("%.0f ms", ms), ms < 100}
}

func idleGoal(f *figures) goal {
	mb := median(f.idle[onSQLite])
	return goal{"memory of an idle server, SQLite", "under 40 MB", fmt.Sprintf("%.0f MB", mb), mb < 40}
}
