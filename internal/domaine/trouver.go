package domaine

import "time"

// Filtre is a list that a person comes back to: where it is, without what was typed.
type Filtre struct {
	ID           int64
	Nom, Adresse string
}

// Abonnement is a calendar that a program follows at a private address.
type Abonnement struct {
	ID, Organisme, Compte int64
	Session               int64 // 0: everything that the role of the account is about
	CreeLe                time.Time
	ServiLe               *time.Time
}

// Suivi is what people wrote about one rule in one field of one contract.
type Suivi struct {
	CodeContrat, Champ, Code string
	Note                     string
	DemandeA                 string     // whom somebody asked to mend it, "" for nobody
	DemandeLe                *time.Time // when
	Par                      string
	Le                       time.Time
}
