package store

import "database/sql"

// Raw runs fn on the connection of the driver, inside a transaction. It is
// [sql.Conn.Raw], but that database/sql sees neither a panic nor an error of fn: it
// would close the connection, for which it waits until the transaction ends, which
// waits for fn, and the organisme would stay locked for ever. For the same reason
// nothing else is asked of a connection that has a transaction but through the
// transaction.
func Raw(conn *sql.Conn, fn func(driverConn any) error) error {
	var failed error
	var panicked any
	err := conn.Raw(func(driverConn any) error {
		defer func() { panicked = recover() }()
		failed = fn(driverConn)
		return nil
	})
	if panicked != nil {
		panic(panicked)
	}
	if failed != nil {
		return failed
	}
	return err
}
