package rapprochement

import (
	"fmt"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// LignesMax is how many lines one deposit may hold.
const LignesMax = 200_000

// Brute is a line as it is written down.
type Brute struct {
	CodeContrat   string
	NumeroDossier string
	Date          string // DD/MM/YYYY or YYYY-MM-DD
	Montant       string // euros, zero or more
}

// Erreur is one reason to refuse a deposit; its Champ is of Champs.
type Erreur = ventilation.ErreurLigne

// The fields of a line. A line has a codeContrat or a numeroDossier.
const (
	ChampContrat = "codeContrat"
	ChampDossier = "numeroDossier"
	ChampDate    = "date"
	ChampMontant = "montant"
)

// Champs lists the fields of a line.
var Champs = []string{ChampContrat, ChampDossier, ChampDate, ChampMontant}

// ErreursMax is how many reasons are told.
const ErreursMax = 100

// read reads one line and tells everything that is wrong with it.
func (b Brute) read(index int) (a Annonce, wrong []Erreur) {
	fail := func(champ, format string, args ...any) {
		wrong = append(wrong, Erreur{Index: index, Champ: champ, Message: fmt.Sprintf(format, args...)})
	}
	a.CodeContrat, a.Dossier = strings.TrimSpace(b.CodeContrat), strings.TrimSpace(b.NumeroDossier)
	if a.CodeContrat == "" && a.Dossier == "" {
		fail(ChampContrat, "Le contrat manque : donnez son code (codeContrat) ou le numéro de son dossier (numeroDossier).")
	}
	text := strings.TrimSpace(b.Date)
	var err error
	if a.Date, err = passerelle.ParseDateFR(text); err != nil {
		if a.Date, err = passerelle.ParseDate(text); err != nil {
			fail(ChampDate, "« %s » n’est pas une date : une date existante de la forme JJ/MM/AAAA était attendue.", abridge(text))
		}
	}
	unsigned, negative := strings.CutPrefix(strings.TrimSpace(b.Montant), "-")
	amount, err := ventilation.ParseEuros(unsigned)
	if err == nil && negative && amount > 0 {
		err = fmt.Errorf("« %s » est négatif : une échéance est ce que l’OPCO paiera, retirez la ligne de ce qu’il reprend", abridge(b.Montant))
	}
	if err == nil && amount > ventilation.MontantMax {
		err = fmt.Errorf("le montant « %s » est trop grand", abridge(b.Montant))
	}
	if err != nil {
		fail(ChampMontant, "Montant : %s.", err)
	}
	a.Montant = financement.Centimes(amount)
	return a, wrong
}

// Doubles returns the places, from 0, of the lines that say again what one before
// them says: the same contract or dossier, day and amount.
func Doubles(list []Annonce) []int {
	seen := make(map[Annonce]bool, len(list))
	var again []int
	for i, a := range list {
		if seen[a] {
			again = append(again, i)
		}
		seen[a] = true
	}
	return again
}

// Read reads lines and tells everything that is wrong with them.
func Read(lines []Brute) (list []Annonce, wrong []Erreur) {
	if len(lines) > LignesMax {
		return nil, []Erreur{{Index: -1, Message: fmt.Sprintf("Le dépôt dépasse %d lignes : envoyez-le en plusieurs fois.", LignesMax)}}
	}
	for i, line := range lines {
		a, errs := line.read(i)
		list, wrong = append(list, a), append(wrong, errs...)
		if len(wrong) >= ErreursMax {
			return nil, wrong[:ErreursMax]
		}
	}
	if len(lines) == 0 {
		wrong = []Erreur{{Index: -1, Message: "Le dépôt ne contient aucune ligne : donnez au moins une échéance."}}
	}
	return list, wrong
}

// Matrice says which column of a table feeds which field, by their titles: those
// that it leaves out are found by their usual titles.
type Matrice map[string]string

// usuels are the titles that columns usually have.
var usuels = map[string][]string{
	ChampContrat: {"codeContrat", "code contrat", "contrat", "n contrat", "numero contrat", "numero de contrat", "numero interne dossier", "numeroInterneDossier", "reference cfa"},
	ChampDossier: {"numeroDossier", "numero dossier", "numero de dossier", "n dossier", "dossier", "numeroDeca", "numero deca", "n deca", "deca", "numero engagement"},
	ChampDate:    {"date", "date echeance", "date d echeance", "echeance", "date prevue", "date prevue facturation", "date de facturation", "date ouverture"},
	ChampMontant: {"montant", "montant echeance", "montant de l echeance", "montant ttc", "montant ht", "montant net de taxe", "montant prevu", "montant euros"},
}

// ReadTable reads a CSV or XLSX table of an OPCO.
func ReadTable(t *tableur.Table, m Matrice) (list []Annonce, wrong []Erreur, err error) {
	columns, wrong := m.bind(t.Columns)
	if len(wrong) > 0 {
		return nil, wrong, nil
	}
	value := func(row tableur.Row, champ string) string {
		if c, ok := columns[champ]; ok {
			return row.Value(c).Text
		}
		return ""
	}
	for row, err := range t.Rows() {
		if err != nil {
			return nil, nil, err
		}
		if len(list) == LignesMax {
			return nil, []Erreur{{Index: -1, Ligne: row.Number, Message: fmt.Sprintf("Le fichier dépasse %d lignes : coupez-le en plusieurs.", LignesMax)}}, nil
		}
		a, errs := Brute{value(row, ChampContrat), value(row, ChampDossier), value(row, ChampDate), value(row, ChampMontant)}.read(len(list))
		for i := range errs {
			errs[i].Ligne = row.Number
			if c, ok := columns[errs[i].Champ]; ok {
				errs[i].Cellule = c.Cell(row.Number)
			}
		}
		list, wrong = append(list, a), append(wrong, errs...)
		if len(wrong) >= ErreursMax {
			return nil, wrong[:ErreursMax], nil
		}
	}
	if len(list) == 0 {
		wrong = []Erreur{{Index: -1, Message: "Le fichier ne contient aucune ligne sous ses titres : refaites l’export de l’échéancier."}}
	}
	return list, wrong, nil
}

// bind finds the column of each field.
func (m Matrice) bind(columns []tableur.Column) (map[string]tableur.Column, []Erreur) {
	found := map[string]tableur.Column{}
	var wrong []Erreur
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.Nom
	}
	for champ := range m {
		if usuels[champ] == nil {
			wrong = append(wrong, Erreur{Index: -1, Champ: champ, Message: fmt.Sprintf("La matrice nomme « %s », qui n’est pas un champ : choisissez parmi %s.", abridge(champ), strings.Join(Champs, ", "))})
		}
	}
	for _, champ := range Champs {
		wanted, given := usuels[champ], false
		if title, ok := m[champ]; ok {
			wanted, given = []string{title}, true
		}
		if c, ok := column(columns, wanted); ok {
			found[champ] = c
		} else if given {
			wrong = append(wrong, Erreur{Index: -1, Champ: champ, Message: fmt.Sprintf("Le fichier n’a pas de colonne « %s ». Ses colonnes : %s.", abridge(m[champ]), strings.Join(titles, ", "))})
		}
	}
	missing := func(champ, what string) {
		if _, ok := found[champ]; !ok && m[champ] == "" {
			wrong = append(wrong, Erreur{Index: -1, Champ: champ, Message: fmt.Sprintf("Aucune colonne ne donne %s : nommez-la %s, ou dites laquelle c’est. Colonnes du fichier : %s.", what, champ, strings.Join(titles, ", "))})
		}
	}
	missing(ChampDate, "la date de l’échéance")
	missing(ChampMontant, "le montant")
	if _, ok := found[ChampDossier]; !ok {
		missing(ChampContrat, "le contrat")
	}
	return found, wrong
}

func column(columns []tableur.Column, titles []string) (tableur.Column, bool) {
	for _, title := range titles {
		for _, c := range columns {
			if tableur.MemeNom(c.Nom, title) {
				return c, true
			}
		}
	}
	return tableur.Column{}, false
}

func abridge(s string) string { return domaine.Abrege(s, 40) }
