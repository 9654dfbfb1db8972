package ventilation

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/passerelle-hub/passerelle"
)

// TarifsMax is how many entries a price list may hold.
const TarifsMax = 10_000

// ErreurLigne is one reason to refuse a list that came as a table or as JSON.
type ErreurLigne struct {
	Ligne   int    // of the file, from 1; 0 where it is the file as a whole, or JSON
	Colonne int    // of the table, from 1; 0 where it is the line as a whole
	Cellule string // of a workbook, such as "C12"; "" where it is not known
	Index   int    // position of the entry in the list, from 0; -1 where it is none
	Champ   string // title of the column, "" where it is the line as a whole
	Message string // French: what to do
}

// EntreeTarif is an entry of a price list as it is written down.
type EntreeTarif struct {
	Par, Code, Montant, Debut, Fin string // fields as in Colonnes; Debut and Fin "" where validity is open
}

// Colonnes are the titles of a price list, in the order in which it is written.
var Colonnes = []string{"par", "code", "montant annuel", "debut", "fin"}

func (e *EntreeTarif) fields() [5]*string {
	return [5]*string{&e.Par, &e.Code, &e.Montant, &e.Debut, &e.Fin}
}

// Read turns entries into a price list, and tells everything that is wrong with
// them. Amounts are read as by ParseEuros, days as DD/MM/YYYY or YYYY-MM-DD; a
// validity without first or last day is open on that side.
func Read(entries []EntreeTarif) ([]Tarif, []ErreurLigne) {
	list := make([]Tarif, len(entries))
	var errs []ErreurLigne
	var sound []int // positions of the entries that can be compared
	for i := range entries {
		before := len(errs)
		fail := func(column int, message string) {
			errs = append(errs, ErreurLigne{Colonne: column + 1, Index: i, Champ: Colonnes[column], Message: message})
		}
		e, t := entries[i], &list[i]
		t.Par, t.Code = Dimension(strings.ToLower(strings.TrimSpace(e.Par))), strings.TrimSpace(e.Code)
		if t.Par != ParFormation && t.Par != ParRNCP {
			fail(0, "La première colonne dit sur quoi porte le tarif : écrivez formation ou rncp.")
		}
		if t.Code == "" {
			fail(1, "Le code manque : écrivez le code de la formation ou le code RNCP.")
		}
		var err error
		if t.Montant, err = ParseEuros(e.Montant); err != nil {
			fail(2, "Montant annuel : "+err.Error()+".")
		} else if t.Montant > MontantMax {
			fail(2, fmt.Sprintf("Le montant dépasse %s € par an : corrigez-le.", MontantMax.FR()))
		}
		t.Validite = passerelle.Periode{Debut: ToujoursDepuis, Fin: ToujoursJusque}
		for k, bound := range []*passerelle.Date{&t.Validite.Debut, &t.Validite.Fin} {
			text := strings.TrimSpace(*e.fields()[3+k])
			if text == "" {
				continue
			}
			day, err := passerelle.ParseDateFR(text)
			if err != nil {
				day, err = passerelle.ParseDate(text)
			}
			if err != nil {
				fail(3+k, "Une date existante de la forme JJ/MM/AAAA était attendue, ou rien si la validité n’est pas bornée de ce côté.")
				continue
			}
			*bound = day
		}
		if len(errs) == before {
			sound = append(sound, i)
		}
	}
	checked := make([]Tarif, len(sound))
	for k, i := range sound {
		checked[k] = list[i]
	}
	_, conflicts := NewTarifs(checked)
	for _, c := range conflicts {
		errs = append(errs, ErreurLigne{Index: sound[c.Index], Message: c.Message})
	}
	return list, errs
}

// ReadCSV reads a price list as a French spreadsheet writes it: semicolons, UTF-8
// with or without byte order mark or Windows-1252, a line of titles that names
// each of Colonnes once, in any order. Everything that is wrong is told with its
// line and column; err is the machine's.
func ReadCSV(r io.Reader) ([]Tarif, []ErreurLigne, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, nil, err
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		if text, err = charmap.Windows1252.NewDecoder().Bytes(text); err != nil {
			return nil, nil, err
		}
	}
	in := csv.NewReader(bytes.NewReader(text))
	in.Comma, in.FieldsPerRecord = ';', -1
	titles, err := in.Read()
	if err != nil {
		return nil, []ErreurLigne{unreadable(err, "Le fichier est vide : sa première ligne est "+strings.Join(Colonnes, ";")+".")}, nil
	}
	places, errs := columns(titles)
	if len(errs) > 0 {
		return nil, errs, nil
	}
	var entries []EntreeTarif
	var lines []int
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, []ErreurLigne{unreadable(err, "")}, nil
		}
		line, _ := in.FieldPos(0)
		if strings.TrimSpace(strings.Join(record, "")) == "" {
			continue
		}
		if len(entries) == TarifsMax {
			return nil, []ErreurLigne{{Ligne: line, Index: -1, Message: fmt.Sprintf("La liste dépasse %d tarifs : retirez ceux qui ne servent plus.", TarifsMax)}}, nil
		}
		var e EntreeTarif
		for k, field := range e.fields() {
			if at := places[k]; at < len(record) {
				*field = unguarded(record[at])
			}
		}
		for k := len(titles); k < len(record); k++ {
			if strings.TrimSpace(record[k]) != "" {
				errs = append(errs, ErreurLigne{Ligne: line, Colonne: k + 1, Index: len(entries), Message: "Cette valeur est au-delà de la dernière colonne : retirez-la, ou mettez entre guillemets une valeur qui contient un point-virgule."})
			}
		}
		entries, lines = append(entries, e), append(lines, line)
	}
	list, wrong := Read(entries)
	for _, e := range wrong {
		e.Ligne = lines[e.Index]
		if e.Colonne > 0 {
			e.Colonne = places[e.Colonne-1] + 1
		}
		errs = append(errs, e)
	}
	if len(list) == 0 && len(errs) == 0 {
		errs = []ErreurLigne{{Index: -1, Message: "La liste ne contient aucun tarif : une ligne par tarif suit la ligne de titres."}}
	}
	return list, errs, nil
}

// unguarded takes off the apostrophe that keeps a spreadsheet from reading a
// code as a formula.
func unguarded(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.IndexByte("=+-@", s[1]) >= 0 {
		return s[1:]
	}
	return s
}

func unreadable(err error, empty string) ErreurLigne {
	e := ErreurLigne{Index: -1, Message: empty}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		e.Ligne = parse.Line
		e.Message = "Un guillemet (\") est ouvert et jamais refermé, ou au milieu d’une valeur : corrigez cette ligne ou refaites l’export."
	}
	return e
}

var plainTitles = strings.NewReplacer("é", "e", "É", "e", "_", " ")

// columns finds where each of Colonnes stands.
func columns(titles []string) (places [5]int, errs []ErreurLigne) {
	for k := range places {
		places[k] = -1
	}
	for i, title := range titles {
		plain := strings.Join(strings.Fields(strings.ToLower(plainTitles.Replace(title))), " ")
		known := false
		for k, name := range Colonnes {
			if plain != name {
				continue
			}
			if known = true; places[k] >= 0 {
				errs = append(errs, ErreurLigne{Ligne: 1, Colonne: i + 1, Index: -1, Champ: name, Message: "Cette colonne est là deux fois : retirez-en une."})
			}
			places[k] = i
		}
		if !known && plain != "" {
			errs = append(errs, ErreurLigne{Ligne: 1, Colonne: i + 1, Index: -1, Message: "Cette colonne n’est pas connue : la ligne de titres est " + strings.Join(Colonnes, ";") + "."})
		}
	}
	for k, name := range Colonnes {
		if places[k] < 0 {
			errs = append(errs, ErreurLigne{Ligne: 1, Index: -1, Champ: name, Message: "La colonne « " + name + " » manque : la ligne de titres est " + strings.Join(Colonnes, ";") + ", séparés par des points-virgules."})
		}
	}
	return places, errs
}

// Entree returns an entry as it is written down, days as DD/MM/YYYY and the
// amount with a comma.
func (t Tarif) Entree() EntreeTarif {
	e := EntreeTarif{Par: string(t.Par), Code: t.Code, Montant: t.Montant.FR()}
	if t.Validite.Debut != ToujoursDepuis {
		e.Debut = t.Validite.Debut.FR()
	}
	if t.Validite.Fin != ToujoursJusque {
		e.Fin = t.Validite.Fin.FR()
	}
	return e
}

// Fields returns the values of an entry in the order of Colonnes.
func (e EntreeTarif) Fields() []string { return []string{e.Par, e.Code, e.Montant, e.Debut, e.Fin} }
