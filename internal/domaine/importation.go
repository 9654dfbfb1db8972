package domaine

import "time"

// EtatImport says what became of a file that was dropped to be imported.
type EtatImport string

// The states of an import.
const (
	ImportEnAttente EtatImport = "attente" // looked at, not confirmed
	ImportRetenu    EtatImport = "retenu"  // confirmed, and held by the guard
	ImportFait      EtatImport = "importe" // recorded as its Synchronisation
)

// OrigineMatrice says where the mapping of an import comes from.
type OrigineMatrice string

// The origins of a mapping.
const (
	MatriceMemoire     OrigineMatrice = "memoire"     // the last import of the organisme
	MatriceProposition OrigineMatrice = "proposition" // the names of the columns
	MatriceChoix       OrigineMatrice = "choix"       // a person
)

// Import is a CSV or XLSX file of contracts that was dropped to be imported. The
// file itself is kept with the synchronisation that it made.
type Import struct {
	ID              int64
	Nom             string // of the file; "" once it is erased
	Taille          int64  // bytes
	Empreinte       []byte // SHA-256 of the file
	Feuille         string // of a workbook, "" for the first one with a table
	Matrice         string // the mapping document, JSON
	OrigineMatrice  OrigineMatrice
	Etat            EtatImport
	Synchronisation int64 // 0 before the confirmation
	Par             string
	Depose          time.Time
	Efface          *time.Time // when the file was erased
}
