// Package faults holds tests that make the machine fail under a running server: a
// full disk, a database that stops, a damaged page, clients that stall, a crowd, a
// clock that is moved back; and the restore drill. Each prints its figures
// (go test -v); docs/operations.md gives those of the last run.
package faults
