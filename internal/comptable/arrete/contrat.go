// Package arrete draws up what the funding of an organisme comes to at a date:
// contract by contract and in groups, the entries of a closing, the figures of a
// calendar year (design 10). It joins the law of one contract, package
// financement, to the amounts of price lists and of the NPEC table. It is pure:
// contracts stream in, figures come out, and the order of the stream changes
// nothing.
package arrete

import (
	"slices"

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

// Lecteur reads stored contracts along dimensions. It is not safe for use by
// several goroutines.
type Lecteur struct {
	picker *document.Picker
	par    []ventilation.Dimension
	places [][2]int // of the code and the name along each dimension
	texts  map[string]string
	days   map[string]vie.Jour

	certifications map[string]string // as people are shown them

	lu    [][]byte // the contract that was read last
	dates vie.Dates
}

// NewLecteur returns a Lecteur along the dimensions par, two at most.
func NewLecteur(par []ventilation.Dimension) *Lecteur {
	wanted := slices.Clone(noms[:])
	place := func(nom string) int {
		if at := slices.Index(wanted, nom); at >= 0 {
			return at
		}
		wanted = append(wanted, nom)
		return len(wanted) - 1
	}
	l := &Lecteur{par: par, texts: make(map[string]string), days: make(map[string]vie.Jour), certifications: make(map[string]string)}
	for _, d := range par {
		code, nom := d.Champs()
		l.places = append(l.places, [2]int{place(code), place(nom)})
	}
	l.picker = document.NewPicker(wanted...)
	return l
}

// Lire reads a stored contract, which is valid until the next one, and returns its
// own days. Contrat then says what it is, once its life is known.
func (l *Lecteur) Lire(doc []byte) (vie.Dates, error) {
	var err error
	if l.lu, err = l.picker.Pick(doc); err != nil {
		return vie.Dates{}, err
	}
	l.dates = vie.Dates{Debut: l.day(l.lu[champDebut]), Fin: l.day(l.lu[champFin]), Rupture: l.day(l.lu[champRupture])}
	return l.dates, nil
}

// Contrat returns the contract that Lire read, which had this life.
func (l *Lecteur) Contrat(life vie.Vie) Contrat {
	v := l.lu
	k := Contrat{Code: string(v[champCode]), Apprenant: l.text(v[champApprenant]), Formation: l.text(v[champFormation]), RNCP: l.text(v[champRNCP])}
	k.IDCC, k.CPNE = l.number(v[champIDCC]), l.number(v[champCPNE])
	for i, at := range l.places {
		if l.par[i] == ventilation.ParRNCP {
			shown := l.certification(v[at[0]])
			k.Cles[i] = ventilation.Cle{Code: shown, Nom: shown}
			continue
		}
		k.Cles[i] = ventilation.Cle{Code: l.text(v[at[0]]), Nom: l.text(v[at[1]])}
	}
	if len(v[champDossier]) > 0 {
		k.Dossier = string(v[champDossier])
	}
	for _, field := range v[champNPEC:champDossier] {
		k.Finance = k.Finance || len(field) > 0
	}
	l.ran(&k, life)
	r := &k.Regles
	if conclusion := l.day(v[champConclusion]); conclusion.Connu {
		r.Conclusion, r.AConclusion = conclusion.Date, true
	}
	if entree := l.day(v[champEntree]); entree.Connu {
		r.Entree, r.AEntree = entree.Date, true
	}
	var annuel int64
	if annuel, k.ANPEC = passerelle.ParseMontant(l.text(v[champNPEC])); k.ANPEC {
		r.Annuel, r.Source = financement.Centimes(annuel), financement.SourceContrat
	}
	if more, ok := passerelle.ParseMontant(l.text(v[champMajoration])); ok {
		r.Majoration = financement.Centimes(more)
	}
	r.Niveau, _ = passerelle.ParseNiveau(l.text(v[champNiveau]))
	r.HeuresFormation, _ = passerelle.ParseHeures(l.text(v[champHeures]))
	r.HeuresDistance, _ = passerelle.ParseHeures(l.text(v[champDistance]))
	r.EmployeurPrecedent, r.DureeReduite = string(v[champPrecedent]) == "oui", string(v[champReduite]) == "oui"
	return k
}

// ran gives a contract its days.
func (l *Lecteur) ran(k *Contrat, life vie.Vie) {
	d := &l.dates
	k.Dates, k.Vie = *d, life
	k.ADebut, k.AFin = d.Debut.Connu, d.Fin.Connu
	k.Regles.Debut, k.Regles.Fin = d.Debut.Date, d.Fin.Date
	k.Regles.Dernier = min(life.Dernier.Date, d.Fin.Date)
	k.Regles.FinPresumee = life.Nature == vie.Presumee
	if k.ADebut && k.AFin && d.Fin.Date >= d.Debut.AddMonths(12*financement.AnneesMax) {
		k.AFin, k.TropLong = false, true
	}
	_, some := life.Periode()
	k.Muet = life.Nature == vie.Annule || life.Nature != vie.Active && k.ADebut && life.Dernier.Connu && !some
}

// Ventile returns the contract as package ventilation counts it, without amounts.
func (k *Contrat) Ventile() ventilation.Contrat {
	return ventilation.Contrat{Code: k.Code, Apprenant: k.Apprenant, Dates: k.Dates, Cles: k.Cles, Formation: k.Formation, RNCP: k.RNCP}.Avec(k.Vie)
}

func (l *Lecteur) text(b []byte) string {
	s, ok := l.texts[string(b)]
	if !ok {
		s = string(b)
		l.texts[s] = s
	}
	return s
}

// certification returns a certification as people are shown it.
func (l *Lecteur) certification(b []byte) string {
	shown, ok := l.certifications[string(b)]
	if !ok {
		shown = passerelle.AfficheCertification(string(b))
		l.certifications[string(b)] = shown
	}
	return shown
}

func (l *Lecteur) number(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	code, _ := npec.Code(l.text(b))
	return code
}

func (l *Lecteur) day(b []byte) vie.Jour {
	if len(b) == 0 {
		return vie.Jour{}
	}
	d, ok := l.days[string(b)]
	if !ok {
		date, err := passerelle.ParseDateFR(string(b))
		d = vie.Jour{Date: date, Connu: err == nil}
		l.days[string(b)] = d
	}
	return d
}
