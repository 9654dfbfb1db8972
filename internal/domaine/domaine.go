// Package domaine holds the words of the hub that do not travel as they are: modèles and
// sessions, synchronisations, sociétés and exercices, tokens, accounts, imports,
// webhooks, settings, with the promises that each of these types keeps by itself. What a
// contract is, which travels, is in the root package.
//
// It imports the standard library and the root package only. The rules that relate
// several values live in internal/regles, internal/synchro, internal/integration and
// internal/comptable; internal/hub puts them to work on a database.
package domaine
