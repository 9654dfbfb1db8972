// Package compta holds what files of accounting have in common, whatever their
// format: what a check finds ([Finding], [Report]), what a file is ([FormatError],
// [Recognize]), exact amounts ([Montant], [Total]) and days ([Date]). Packages tra,
// fec and mad build on it; it imports the standard library only.
//
// Messages are French sentences for the person who has to mend the file.
package compta
