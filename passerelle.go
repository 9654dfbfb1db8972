// Package passerelle says what an apprenticeship contract is as it travels between the
// software of French apprenticeship training centres (CFA) and their hub: its fields
// with the table that describes each, its days and amounts, certifications, the criteria
// of a modèle, and what is found wrong with it.
//
// It imports the standard library only. Package client calls a hub with these types;
// packages tra, fec and mad read and write the files of accounting. Nouns of the field
// stay French, as they are on the wire: docs/glossary.md says what each one means.
package passerelle
