package store

import "database/sql"

// Raw runs fn on the connection of the driver. It is [sql.Conn.Raw], but that a
// panic of fn becomes the caller's: database/sql would wait for ever for the
// transaction that fn runs in, and the organisme stay locked.
func Raw(conn *sql.Conn, fn func(driverConn any) error) error {
	var panicked any
	err := conn.Raw(func(driverConn any) error {
		defer func() { panicked = recover() }()
		return fn(driverConn)
	})
	if panicked != nil {
		panic(panicked)
	}
	return err
}
