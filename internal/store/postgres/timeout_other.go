//go:build !linux

package postgres

import "syscall"

// userTimeout is only known to Linux.
func userTimeout(string, string, syscall.RawConn) error { return nil }
