package npec

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// Classeur is a workbook: its sheets in the order of their tabs. Rows yields each
// row of a sheet with its number, from 1, and its cells from column A; a real date
// is DD/MM/YYYY. A row is good until the next one.
type Classeur interface {
	Feuilles() []string
	Rows(feuille int) iter.Seq2[Ligne, error]
}

// Ligne is one row of a sheet.
type Ligne struct {
	Numero int
	Valeur []string
}

func (l Ligne) at(column int) string {
	if column < len(l.Valeur) {
		return strings.TrimSpace(l.Valeur[column])
	}
	return ""
}

// Erreur is one reason to refuse a workbook.
type Erreur struct {
	Feuille string
	Cellule string // such as "G12", "" where it is the sheet or the file as a whole
	Message string // French: what to do
}

// Refus is a workbook that was refused. Nothing was recorded.
type Refus struct {
	Erreurs []Erreur // the first ErreursMax
	Total   int
}

// ErreursMax is how many reasons a Refus lists.
const ErreursMax = 100

// Error returns the first reason with its place.
func (r *Refus) Error() string {
	e := r.Erreurs[0]
	if e.Cellule == "" {
		return e.Message
	}
	return fmt.Sprintf("feuille « %s », cellule %s : %s", e.Feuille, e.Cellule, e.Message)
}

// Refusal says it as every refusal is said.
func (r *Refus) Refusal() *refus.Refusal {
	return refus.New(refus.CodeInvalidNPEC, "%s", r.Error()).With(r)
}

func refuse(feuille, format string, args ...any) *Refus {
	return &Refus{Erreurs: []Erreur{{Feuille: feuille, Message: fmt.Sprintf(format, args...)}}, Total: 1}
}

// Columns of the sheet of amounts (the third tab) and of the sheet of commissions
// (the fourth one), from A.
const (
	colRNCP, colIntitule, colCertificateur, colDiplome, colCPNE, colNomCPNE, colNPEC, colStatut, colDepuis = 0, 1, 2, 3, 4, 5, 6, 7, 8
	colBranche, colNomBranche, colIDCC                                                                     = 0, 1, 2
)

// The number of rows among which the titles of a sheet are looked for.
const profondeurTitres = 40

// lecteur reads a workbook into an edition.
type lecteur struct {
	classeur Classeur
	edition  *Edition
	feuille  string
	refus    Refus
	texts    map[string]string
	branches map[string]int // code -> position in edition.CPNE
	noms     map[string]string
	lignes   map[string]int // certification -> the row that said what it is
	places   []int32        // for each amount, its row
}

// Lire reads the official workbook. depuis is the first day of the edition, 0 for
// the latest day that it holds. The error is a *Refus where the workbook is to
// blame, else that of the one who reads it.
func Lire(c Classeur, depuis passerelle.Date) (*Edition, error) {
	l := &lecteur{classeur: c, edition: &Edition{Depuis: depuis}, texts: map[string]string{}, branches: map[string]int{}, noms: map[string]string{}, lignes: map[string]int{}}
	amounts, err := l.find(2, titresMontants)
	if err != nil {
		return nil, err
	}
	if amounts < 0 {
		return nil, refuse("", "Ce classeur n’est pas le référentiel des niveaux de prise en charge : aucune feuille n’a les titres « RNCP » en colonne A, « CPNE » en colonne E et « NPEC » en colonne G. Importez le fichier de France compétences tel qu’il est téléchargé.")
	}
	commissions, err := l.find(3, titresCPNE)
	if err != nil {
		return nil, err
	}
	if commissions < 0 {
		return nil, refuse("", "Ce classeur n’a pas la feuille des CPNE, avec « CPNE » en colonne A et « IDCC » en colonne C : sans elle, les branches ne se retrouvent pas. Importez le fichier de France compétences tel qu’il est téléchargé.")
	}
	if err := l.each(commissions, titresCPNE, l.branche); err != nil {
		return nil, err
	}
	if err := l.each(amounts, titresMontants, l.montant); err != nil {
		return nil, err
	}
	l.finish()
	if l.refus.Total > 0 {
		return nil, &l.refus
	}
	return l.edition, nil
}

// titles says whether a row holds the titles of a sheet.
type titles func(Ligne) bool

func titled(s, word string) bool {
	return strings.Contains(strings.ToLower(s), word) && strings.IndexFunc(s, func(r rune) bool { return r >= '0' && r <= '9' }) < 0
}

func titresMontants(l Ligne) bool {
	return titled(l.at(colRNCP), "rncp") && titled(l.at(colCPNE), "cpne") && (titled(l.at(colNPEC), "npec") || titled(l.at(colNPEC), "montant") || titled(l.at(colNPEC), "prise en charge"))
}

func titresCPNE(l Ligne) bool {
	return titled(l.at(colBranche), "cpne") && titled(l.at(colIDCC), "idcc")
}

// find returns the sheet with some titles: where it should be, or else the first
// other one; -1 where there is none.
func (l *lecteur) find(expected int, is titles) (int, error) {
	order := []int{expected}
	for i := range l.classeur.Feuilles() {
		if i != expected {
			order = append(order, i)
		}
	}
	for _, i := range order {
		if i >= len(l.classeur.Feuilles()) {
			continue
		}
		for row, err := range l.classeur.Rows(i) {
			if err != nil {
				return -1, err
			}
			if is(row) {
				return i, nil
			}
			if row.Numero > profondeurTitres {
				break
			}
		}
	}
	return -1, nil
}

// each passes the rows under the titles of a sheet, without the blank ones.
func (l *lecteur) each(feuille int, is titles, pass func(Ligne)) error {
	l.feuille = l.classeur.Feuilles()[feuille]
	under := false
	for row, err := range l.classeur.Rows(feuille) {
		if err != nil {
			return err
		}
		if !under {
			under = is(row)
			continue
		}
		if slices.ContainsFunc(row.Valeur, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			pass(row)
		}
	}
	return nil
}

func (l *lecteur) fail(row, column int, format string, args ...any) {
	l.refus.Total++
	if len(l.refus.Erreurs) < ErreursMax {
		l.refus.Erreurs = append(l.refus.Erreurs, Erreur{l.feuille, fmt.Sprintf("%c%d", 'A'+column, row), fmt.Sprintf(format, args...)})
	}
}

// text keeps one copy of a text that many rows hold.
func (l *lecteur) text(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if kept, ok := l.texts[s]; ok {
		return kept
	}
	s = strings.Clone(s)
	l.texts[s] = s
	return s
}

func (l *lecteur) branche(row Ligne) {
	code, ok := Code(row.at(colBranche))
	if !ok {
		l.fail(row.Numero, colBranche, "« %s » n’est pas le code d’une CPNE : un nombre de quatre chiffres au plus était attendu.", abridge(row.at(colBranche)))
		return
	}
	at, known := l.branches[code]
	if !known {
		at = len(l.edition.CPNE)
		l.branches[l.text(code)] = at
		l.edition.CPNE = append(l.edition.CPNE, CPNE{Code: l.text(code), Nom: l.text(row.at(colNomBranche))})
	}
	cpne := &l.edition.CPNE[at]
	for _, word := range strings.FieldsFunc(row.at(colIDCC), func(r rune) bool { return strings.ContainsRune("/,;\n\r\t \u00a0", r) }) {
		idcc, ok := Code(word)
		if !ok {
			// « Hors convention collective » and the like name no agreement.
			if strings.ContainsAny(word, "0123456789") {
				l.fail(row.Numero, colIDCC, "« %s » n’est pas le numéro d’une convention collective : quatre chiffres au plus étaient attendus.", abridge(word))
			}
			continue
		}
		if !slices.Contains(cpne.IDCC, idcc) {
			cpne.IDCC = append(cpne.IDCC, l.text(idcc))
		}
	}
}

// rncps returns the certifications of a cell, which may hold several.
func rncps(cell string) (codes []string, wrong string) {
	for word := range strings.SplitSeq(cell, "/") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		code, ok := Certification(word)
		if !ok {
			return nil, word
		}
		codes = append(codes, code)
	}
	return codes, ""
}

func (l *lecteur) montant(row Ligne) {
	codes, wrong := rncps(row.at(colRNCP))
	if len(codes) == 0 {
		l.fail(row.Numero, colRNCP, "« %s » n’est pas le code d’une certification : RNCP suivi de chiffres était attendu, plusieurs se séparent par « / ».", abridge(wrong))
		return
	}
	l.edition.Lignes++
	m := Montant{Statut: l.text(row.at(colStatut))}
	var ok bool
	if text := row.at(colCPNE); text != "" {
		if m.CPNE, ok = Code(text); !ok {
			l.fail(row.Numero, colCPNE, "« %s » n’est pas le code d’une CPNE : un nombre de quatre chiffres au plus était attendu.", abridge(text))
			return
		}
		m.CPNE = l.text(m.CPNE)
		l.noms[m.CPNE] = l.text(row.at(colNomCPNE))
	}
	text := row.at(colNPEC)
	if text == "" {
		l.edition.SansMontant++
		return
	}
	if m.Montant, ok = euros(text); !ok {
		l.fail(row.Numero, colNPEC, "« %s » n’est pas un montant : des euros par an étaient attendus, avec deux décimales au plus.", abridge(text))
		return
	}
	if text := row.at(colDepuis); text != "" {
		if m.Depuis, ok = day(text); !ok {
			l.fail(row.Numero, colDepuis, "« %s » n’est pas une date : JJ/MM/AAAA ou une date d’Excel était attendue.", abridge(text))
			return
		}
	}
	for _, code := range codes {
		m.RNCP = l.text(code)
		l.edition.Montants = append(l.edition.Montants, m)
		l.places = append(l.places, int32(row.Numero))
		if _, known := l.lignes[m.RNCP]; !known {
			l.lignes[m.RNCP] = row.Numero
			l.edition.Certifications = append(l.edition.Certifications, Fiche{m.RNCP, l.text(row.at(colIntitule)), l.text(row.at(colCertificateur)), l.text(row.at(colDiplome))})
		}
	}
}

// finish puts the edition in order, gives it its day and looks for amounts that
// contradict each other.
func (l *lecteur) finish() {
	e := l.edition
	if len(e.Montants) == 0 && l.refus.Total == 0 {
		l.refus = *refuse(l.feuille, "La feuille « %s » ne contient aucun montant : importez le fichier de France compétences tel qu’il est téléchargé.", l.feuille)
		return
	}
	if e.Depuis == 0 {
		for i := range e.Montants {
			e.Depuis = max(e.Depuis, e.Montants[i].Depuis)
		}
	}
	if e.Depuis == 0 && l.refus.Total == 0 {
		l.refus = *refuse(l.feuille, "La feuille « %s » ne dit pas depuis quand les montants s’appliquent (colonne I) : donnez le premier jour de l’édition avec --depuis AAAA-MM-JJ.", l.feuille)
		return
	}
	for code, nom := range l.noms {
		if _, known := l.branches[code]; !known {
			e.CPNE = append(e.CPNE, CPNE{Code: code, Nom: nom})
		}
	}
	l.contradictions()
	e.sort()
	e.Montants = slices.CompactFunc(e.Montants, func(a, b Montant) bool { return compare(a, b) == 0 })
}

func (l *lecteur) contradictions() {
	amounts := l.edition.Montants
	order := make([]int32, len(amounts))
	for i := range order {
		order[i] = int32(i)
	}
	// Of equal ones the first row comes first.
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(compare(amounts[a], amounts[b]), cmp.Compare(a, b))
	})
	first := int32(0)
	for i, at := range order {
		m := &amounts[at]
		if i == 0 || compare(amounts[first], *m) != 0 {
			first = at
			continue
		}
		if other := &amounts[first]; other.Montant != m.Montant {
			l.fail(int(l.places[at]), colNPEC, "%s a deux montants dans la CPNE %s depuis la même date : %s € ici, %s € à la ligne %d. Corrigez le classeur, ou téléchargez-le à nouveau.", m.RNCP, m.CPNE, m.Montant.FR(), other.Montant.FR(), l.places[first])
		}
	}
}

// Empreinte returns the digest of what an edition says, so that the same one is
// known again whatever its file.
func (e *Edition) Empreinte() [sha256.Size]byte {
	h := sha256.New()
	fmt.Fprintf(h, "passerelle/npec/1\n%d\n", e.Depuis)
	for i := range e.Montants {
		m := &e.Montants[i]
		fmt.Fprintf(h, "%s\x00%s\x00%d\x00%d\x00%s\n", m.RNCP, m.CPNE, m.Depuis, m.Montant, m.Statut)
	}
	for i := range e.CPNE {
		fmt.Fprintf(h, "%s\x00%s\x00%s\n", e.CPNE[i].Code, e.CPNE[i].Nom, strings.Join(e.CPNE[i].IDCC, "\x00"))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// euros reads an amount as a spreadsheet holds it.
func euros(s string) (financement.Centimes, bool) {
	clean := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".").Replace(strings.TrimSuffix(s, "€"))
	whole, cents, _ := strings.Cut(clean, ".")
	if len(cents) > 2 || len(whole) > 8 {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+(cents + "00")[:2], 10, 63)
	c := financement.Centimes(n)
	return c, err == nil && c <= financement.MontantMax
}

// day reads a date, or the number of a day in a workbook: 1 is 1900-01-01, and
// after February 1900 the count is that of the days since 1899-12-30.
func day(s string) (passerelle.Date, bool) {
	if d, err := passerelle.ParseDateFR(s); err == nil {
		return d, true
	}
	if d, err := passerelle.ParseDate(s); err == nil {
		return d, true
	}
	n, err := strconv.Atoi(trimFraction(s))
	if err != nil || n < 36526 || n > 73050 { // the years 2000 to 2099
		return 0, false
	}
	return passerelle.NewDate(1899, 12, 30) + passerelle.Date(n), true
}

func trimFraction(s string) string { return strings.TrimSuffix(strings.TrimSpace(s), ".0") }

func abridge(s string) string { return domaine.Abrege(s, 40) }
