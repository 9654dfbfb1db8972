// Package arrete draws up what the funding of an organisme comes to at a date:
// contract by contract and in groups, the entries of a closing, the figures of a
// calendar year (design 10). It joins the law of one contract, package
// financement, to the amounts of price lists and of the NPEC table. It is pure:
// contracts stream in, figures come out, and the order of the stream changes
// nothing.
package arrete

import (
	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// Contrat is what the figures need of a contract.
type Contrat struct {
	Code      string
	Apprenant string             // code
	Cles      [2]ventilation.Cle // its value along each dimension asked for
	Formation string             // code, by which its price is found
	RNCP      string             // as the contract says it
	IDCC      string             // without leading zeros, "" where it is not known
	CPNE      string             // the same
	Dossier   string             // number at the OPCO (numeroDeca), "" where it is not known

	ADebut, AFin bool // the days of Regles are known
	ANPEC        bool // Regles.Annuel is the npec of the contract
	TropLong     bool // it would last AnneesMax years or more: one of its days is wrong, and AFin is false
	Muet         bool // it weighs nothing: it never took place, or left before its start
	Finance      bool // one of its fields speaks of funding

	Dates vie.Dates // as the contract gives them
	Vie   vie.Vie

	Regles financement.Contrat // Source and Annuel are those of the contract itself, if any
	Tarif  *ventilation.Tarif  // the entry of the price list that Resoudre took, nil for other sources
}

// The fields that a Lecteur reads, in the order of its picker.
const (
	champCode = iota
	champApprenant
	champFormation
	champRNCP
	champDebut
	champFin
	champConclusion
	champRupture
	champEntree
	champNPEC
	champMajoration
	champNiveau
	champIDCC
	champCPNE
	champHeures
	champDistance
	champPrecedent
	champReduite
	champOPCO
	champDossier
	champsLus
)

var noms = [champsLus]string{
	"codeContrat", "codeApprenant", "codeFormation", "rncp", "dateDebut", "dateFin", "dateConclusion", "dateRupture", "dateEntreeFormation",
	"npec", "majorationAnnuelle", "niveau", "idcc", "codeCpne", "heuresFormation", "heuresDistance", "employeurPrecedent", "dureeReduite", "opco", "numeroDeca",
}

// Finance returns a function that reports whether a field of a contract, as it is kept,
// speaks of its funding (see Contrat.Finance). It is not safe for use by several
// goroutines.
func Finance() func(k *document.Kept) (bool, error) {
	picker := document.NewPicker(noms[champNPEC:champDossier]...)
	return func(k *document.Kept) (bool, error) {
		fields, err := picker.PickKept(k)
		for _, field := range fields {
			if len(field) > 0 {
				return true, err
			}
		}
		return false, err
	}
}

// Lecteur reads stored contracts along dimensions. It is not safe for use by
// several goroutines.
type Lecteur struct {
	picker  *document.Picker
	valeurs ventilation.Valeurs

	lu      [][]byte // the contract that was read last
	dates   vie.Dates
	contrat Contrat
}

// NewLecteur returns a Lecteur along the dimensions par, two at most.
func NewLecteur(par []ventilation.Dimension) *Lecteur {
	valeurs, wanted := ventilation.NewValeurs(noms[:], par)
	return &Lecteur{picker: document.NewPicker(wanted...), valeurs: valeurs}
}

// Lire reads a stored contract, which is valid until the next one, and returns its
// own days. Contrat then says what it is, once its life is known.
func (l *Lecteur) Lire(doc []byte) (vie.Dates, error) {
	return l.lire(l.picker.Pick(doc))
}

// LireKept is Lire for a contract as it is kept.
func (l *Lecteur) LireKept(k *document.Kept) (vie.Dates, error) {
	return l.lire(l.picker.PickKept(k))
}

func (l *Lecteur) lire(lu [][]byte, err error) (vie.Dates, error) {
	if l.lu = lu; err != nil {
		return vie.Dates{}, err
	}
	l.dates = vie.Dates{Debut: l.valeurs.Jour(l.lu[champDebut]), Fin: l.valeurs.Jour(l.lu[champFin]), Rupture: l.valeurs.Jour(l.lu[champRupture])}
	return l.dates, nil
}

// Contrat returns the contract that Lire read, which had this life. It is good until
// the next one.
func (l *Lecteur) Contrat(life vie.Vie) *Contrat {
	v, k := l.lu, &l.contrat
	*k = Contrat{Code: string(v[champCode]), Apprenant: string(v[champApprenant]), Formation: l.valeurs.Texte(v[champFormation]), RNCP: l.valeurs.Texte(v[champRNCP])}
	k.IDCC, k.CPNE = l.number(v[champIDCC]), l.number(v[champCPNE])
	l.valeurs.Cles(&k.Cles, v)
	if len(v[champDossier]) > 0 {
		k.Dossier = string(v[champDossier])
	}
	for _, field := range v[champNPEC:champDossier] {
		k.Finance = k.Finance || len(field) > 0
	}
	l.ran(k, life)
	r := &k.Regles
	if conclusion := l.valeurs.Jour(v[champConclusion]); conclusion.Connu {
		r.Conclusion, r.AConclusion = conclusion.Date, true
	}
	if entree := l.valeurs.Jour(v[champEntree]); entree.Connu {
		r.Entree, r.AEntree = entree.Date, true
	}
	var annuel int64
	if annuel, k.ANPEC = passerelle.ParseMontant(string(v[champNPEC])); k.ANPEC {
		r.Annuel, r.Source = financement.Centimes(annuel), financement.SourceContrat
	}
	if more, ok := passerelle.ParseMontant(string(v[champMajoration])); ok {
		r.Majoration = financement.Centimes(more)
	}
	r.Niveau, _ = passerelle.ParseNiveau(string(v[champNiveau]))
	r.HeuresFormation, _ = passerelle.ParseHeures(string(v[champHeures]))
	r.HeuresDistance, _ = passerelle.ParseHeures(string(v[champDistance]))
	r.EmployeurPrecedent, r.DureeReduite = string(v[champPrecedent]) == "oui", string(v[champReduite]) == "oui"
	return k
}

// ran gives a contract its days.
func (l *Lecteur) ran(k *Contrat, life vie.Vie) {
	d := &l.dates
	k.Dates, k.Vie = *d, life
	k.ADebut, k.AFin = d.Debut.Connu, d.Fin.Connu
	k.Regles.Debut, k.Regles.Fin = d.Debut.Date, d.Fin.Date
	k.Regles.Dernier = life.Dernier.Date
	if k.AFin {
		k.Regles.Dernier = min(k.Regles.Dernier, d.Fin.Date)
	}
	k.Regles.FinPresumee = life.Nature == vie.Presumee
	if k.ADebut && k.AFin && d.Fin.Date >= d.Debut.AddMonths(12*financement.AnneesMax) {
		k.AFin, k.TropLong = false, true
	}
	_, some := life.Periode()
	k.Muet = life.Nature == vie.Annule || life.Nature != vie.Active && k.ADebut && life.Dernier.Connu && !some
}

// couru returns the days that the contract ran, as a ventilation counts them. They may
// be known where its term is not: it was broken off, or left.
func (k *Contrat) couru() (p passerelle.Periode, known bool) {
	return passerelle.Periode{Debut: k.Regles.Debut, Fin: k.Regles.Dernier}, k.ADebut && !k.TropLong && (k.AFin || k.Vie.Dernier.Connu)
}

// Ventile returns the contract as package ventilation counts it, without amounts.
func (k *Contrat) Ventile() ventilation.Contrat {
	return ventilation.Contrat{Code: k.Code, Apprenant: k.Apprenant, Dates: k.Dates, Cles: k.Cles, Formation: k.Formation, RNCP: k.RNCP}.Avec(k.Vie)
}

func (l *Lecteur) number(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	code, _ := npec.Code(l.valeurs.Texte(b))
	return code
}
