// Package passerelle holds the words of a hub between the software of French
// apprenticeship training centres (CFA): contracts, modèles, sessions,
// synchronisations, sociétés and exercices, with the promises that each of
// these types keeps by itself.
//
// It imports the standard library only. The rules that relate several values
// live in internal/regles, internal/synchro, internal/integration and
// internal/comptable; internal/hub puts them to work on a database.
package passerelle
