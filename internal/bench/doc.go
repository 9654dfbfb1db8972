// Package bench measures the hub from outside, over HTTP on both databases,
// each time beside the limit: the same bytes decoded and written by the same
// libraries with nothing else to do. It holds benchmarks only; see
// docs/performance.md.
package bench
