package main

import (
	"runtime"
	"slices"
	"time"
)

// The operations, in the order of the tables.
const (
	opFirst     = "first push"
	opUnchanged = "unchanged push"
	opDelta     = "1 % delta"
	opList      = "list"
)

var operations = []string{opFirst, opUnchanged, opDelta, opList}

// The systems, in the order of the tables.
const (
	onSQLite    = "SQLite"
	onPostgres  = "PostgreSQL"
	limitSuffix = ", limit"
	peer        = "PocketBase"
)

// key names one figure.
type key struct {
	system, op string
	size       int
}

// figures holds every time and every other measure that was taken.
type figures struct {
	times  map[key][]float64    // milliseconds
	memory map[key][]float64    // megabytes, the peak of the server
	start  map[string][]float64 // milliseconds from the start of the program to its first answer
	idle   map[string][]float64 // megabytes
}

func newFigures() *figures {
	return &figures{map[key][]float64{}, map[key][]float64{}, map[string][]float64{}, map[string][]float64{}}
}

// time takes the time of run.
func (f *figures) time(k key, run func() error) error {
	runtime.GC()
	started := time.Now()
	err := run()
	f.times[k] = append(f.times[k], float64(time.Since(started))/1e6)
	return err
}

// ms returns the median of a time in milliseconds, 0 where it was not taken.
func (f *figures) ms(system, op string, size int) float64 {
	return median(f.times[key{system, op, size}])
}

// ratio returns a median over its limit's, 0 where one is missing. A delta's
// limit is the first push of all the contracts.
func (f *figures) ratio(system, op string, size int) float64 {
	limit := f.ms(system+limitSuffix, op, size)
	if op == opDelta {
		limit = f.ms(system, opFirst, size)
	}
	if limit == 0 {
		return 0
	}
	return f.ms(system, op, size) / limit
}

// sizes returns what was measured, smallest first.
func (f *figures) sizes() []int {
	var list []int
	for k := range f.times {
		if !slices.Contains(list, k.size) {
			list = append(list, k.size)
		}
	}
	slices.Sort(list)
	return list
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}
