//go:build unix

// Package cputime is how tests measure what a run costs, whatever else the machine
// does.
package cputime

import (
	"runtime"
	"syscall"
	"testing"
	"time"
)

// Of returns how long run keeps a processor busy. Other processes, which tests of a
// whole module run beside, do not count. The test is skipped where the system does not
// tell.
func Of(t *testing.T, run func()) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := threadTime(t)
	run()
	return threadTime(t) - before
}

func threadTime(t *testing.T) time.Duration {
	t.Helper()
	const thread = 1 // RUSAGE_THREAD of Linux
	var usage syscall.Rusage
	if err := syscall.Getrusage(thread, &usage); err != nil {
		t.Skipf("this system does not tell the time of one thread: %v", err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// Process returns how long this process has kept processors busy so far, 0 where the
// system does not tell.
func Process() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
