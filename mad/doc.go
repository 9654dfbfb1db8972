// Package mad reads and writes MAD, the JSON form of whole accounts: the folder, its
// journals, accounts, exercices, analytic axes and entries, version 1.0.0.
//
// [Document] and the types below it are the shapes; [Schema] is a JSON Schema of our
// own (draft 2020-12) of them, because the published ones use a keyword of another
// draft and contradict their own examples. [Reader] and [Writer] handle documents
// larger than memory, entry by entry. Amounts are exact: a [Number] never passes
// through a float.
package mad

import _ "embed"

// Version is the version of the format.
const Version = "1.0.0"

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of a whole document. Its $defs
// name the parts: accountingFolder, journal, account, exercice, analytic, entry …
func Schema() []byte { return append([]byte(nil), schema...) }
