// Package tra reads, checks and writes the TRA file: the fixed-width movement
// file, version 011, that French accounting software exchanges.
//
// What a record looks like is said once, in fields.csv: [Layouts] loads it, and
// [Reader], [Row] with [Writer], [Checker], the JSON form ([ToJSON], [FromJSON])
// and the tables of the documentation ([WriteLayoutsMarkdown]) all walk it.
//
// The package reads Windows-1252 and UTF-8 (with or without a byte order mark),
// CRLF, LF or a mixture, lines that stop early and lines that go on after the last
// field; columns count characters. What it does not know it keeps, so that a file
// read with a Reader and written with [Writer.WriteRecord] is the same, byte for
// byte. It writes CRLF and Windows-1252, lines padded to their last field.
//
// Memory does not grow with the length of a file. Messages are French sentences
// for the person who has to mend the file.
//
//go:generate go test -run TestTheGeneratedDocumentIsCurrent -update .
package tra
