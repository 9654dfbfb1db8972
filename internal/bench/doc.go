// Package bench holds what the hub is measured with: the contracts that are
// sent, and the limit, which is the same bytes decoded and written by the same
// libraries with nothing else to do. Its benchmarks measure the hub in their own
// process; the command in bench/ measures it from outside. See
// docs/performance.md.
package bench
