// Package fec reads, checks and writes the FEC (fichier des écritures comptables),
// the file of entries that the French tax administration asks for (article A47 A-1
// of the livre des procédures fiscales).
//
// What a column is is said once, in [Columns]: [Reader], [Writer], [Check] and the
// tables of the documentation ([WriteMarkdown]) walk it.
//
// It reads tabs or |, UTF-8 (with or without a byte order mark), ISO 8859-15 or
// Windows-1252, CRLF or LF, 18 columns or more in any order, Montant and Sens in
// the place of Debit and Credit, and the names of columns whatever their case,
// accents and quotes. It writes tabs, UTF-8, CRLF and a decimal comma. The checker
// applies every rule of the administration's own tool, Test Compta Demat, and rules
// of its own.
//
// Memory does not grow with the length of a file. Messages are French sentences
// for the person who has to mend the file.
//
//go:generate go test -run TestTheGeneratedDocumentIsCurrent -update .
package fec
