package compta

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// cellule is one value of a table that is written as CSV or as a workbook.
type cellule struct {
	texte  string
	nombre int64
	genre  uint8
}

const (
	genreTexte uint8 = iota
	genreEntier
	genreCentimes // hundredths
)

func texte(s string) cellule               { return cellule{texte: s} }
func entier(n int) cellule                 { return cellule{nombre: int64(n), genre: genreEntier} }
func euros(c financement.Centimes) cellule { return cellule{nombre: int64(c), genre: genreCentimes} }
func deuxChiffres(c ventilation.Centiemes) cellule {
	return cellule{nombre: int64(c), genre: genreCentimes}
}

// feuille is a table with its titles.
type feuille struct {
	nom    string
	titres []string
	lignes [][]cellule
}

// writeTableCSV answers with a table that a French spreadsheet opens.
func writeTableCSV(w http.ResponseWriter, name string, f feuille) error {
	return writeCSV(w, name, f.titres, func(out *csv.Writer) {
		row := make([]string, 0, len(f.titres))
		for _, l := range f.lignes {
			row = row[:0]
			for _, c := range l {
				switch c.genre {
				case genreEntier:
					row = append(row, strconv.FormatInt(c.nombre, 10))
				case genreCentimes:
					row = append(row, financement.Centimes(c.nombre).FR())
				default:
					row = append(row, web.CSVText(c.texte))
				}
			}
			for len(row) < len(f.titres) {
				row = append(row, "")
			}
			_ = out.Write(row)
		}
	})
}

// writeTablesXLSX answers with a workbook of tables.
func writeTablesXLSX(w http.ResponseWriter, name string, feuilles ...feuille) error {
	return web.Workbook(func() error { return tablesWorkbook(w, name, feuilles) })
}

func tablesWorkbook(w http.ResponseWriter, name string, feuilles []feuille) error {
	book := &workbook{File: excelize.NewFile()}
	defer book.Close()
	err := book.styles()
	for _, f := range feuilles {
		if err == nil {
			err = book.write(f)
		}
	}
	return book.send(w, name, err)
}

func (b *workbook) write(f feuille) error {
	head, widths := make([]any, len(f.titres)), make([]float64, len(f.titres))
	for i, title := range f.titres {
		head[i], widths[i] = title, 18
	}
	s, err := b.sheet(f.nom, head, widths...)
	if err != nil {
		return err
	}
	row := make([]any, 0, len(f.titres))
	for i, l := range f.lignes {
		row = row[:0]
		for _, c := range l {
			switch c.genre {
			case genreEntier:
				row = append(row, b.integer(int(c.nombre)))
			case genreCentimes:
				row = append(row, b.hundredths(c.nombre))
			default:
				row = append(row, c.texte)
			}
		}
		if err := s.SetRow(fmt.Sprintf("A%d", i+2), row); err != nil {
			return err
		}
	}
	return s.Flush()
}

var titresSituation = []string{"Montant (€)", "Produit acquis (€)", "Facturé (€)", "PCA (€)", "FAE (€)", "À recouvrer (€)"}

func situationOf(s financement.Situation) []cellule {
	return []cellule{euros(s.Montant), euros(s.Produit), euros(s.Facture), euros(s.PCA), euros(s.FAE), euros(s.ARecouvrer)}
}

// parGroupes is the table of the groups, with their total.
func parGroupes(f hub.Financement, par []ventilation.Dimension) feuille {
	t := feuille{nom: "Par " + string(par[0])}
	for _, d := range par {
		t.titres = append(t.titres, "Code "+string(d), "Nom "+string(d))
	}
	t.titres = append(append(t.titres, "Contrats"), titresSituation...)
	add := func(keys []cellule, total arrete.Total) {
		t.lignes = append(t.lignes, append(append(keys, entier(total.Contrats)), situationOf(total.Situation)...))
	}
	for _, l := range f.Lignes() {
		var keys []cellule
		for _, c := range l.Cles {
			keys = append(keys, texte(c.Code), texte(c.Nom))
		}
		add(keys, l.Total)
	}
	total := make([]cellule, 2*len(par))
	total[0] = texte("Total")
	add(total, f.Total())
	return t
}

// parContrats is the table of the contracts, those that end on a presumed day marked.
func parContrats(f hub.Financement) feuille {
	t := feuille{nom: "Contrats", titres: append([]string{"Contrat", "Début", "Dernier jour", "Régime", "Montant annuel (€)", "Source"}, titresSituation...)}
	t.titres = append(t.titres, "Fin présumée")
	for i := range f.Fiches() {
		fiche := &f.Fiches()[i]
		p := f.Plan(fiche)
		c := &p.Contrat
		presumed := ""
		if fiche.FinPresumee() {
			presumed = "oui"
		}
		t.lignes = append(t.lignes, append(append([]cellule{texte(fiche.Code), texte(c.Debut.FR()), texte(c.Dernier.FR()), texte(string(c.Regime())), euros(p.Annuel), texte(string(c.Source))},
			situationOf(fiche.Situation)...), texte(presumed)))
	}
	return t
}

// echeances is the table of the instalments.
func echeances(f hub.Financement) feuille {
	t := feuille{nom: "Échéances", titres: []string{"Contrat", "Rang", "Année", "Nature", "Payeur", "Date", "Montant (€)", "Au plus tard"}}
	for i := range f.Fiches() {
		fiche := &f.Fiches()[i]
		p := f.Plan(fiche)
		for k := range p.Echeances {
			e := &p.Echeances[k]
			last := ""
			if e.AuPlusTard != 0 {
				last = e.AuPlusTard.FR()
			}
			t.lignes = append(t.lignes, []cellule{texte(fiche.Code), entier(e.Rang), entier(e.Annee), texte(string(e.Nature)), texte(e.Payeur()), texte(e.Date.FR()), euros(e.Montant), texte(last)})
		}
	}
	return t
}

func incomplets(list []arrete.Incomplet) feuille {
	t := feuille{nom: "À compléter", titres: []string{"Contrat", "Il manque", "Précision"}}
	for _, i := range list {
		t.lignes = append(t.lignes, []cellule{texte(i.CodeContrat), texte(strings.Join(i.Manque, ", ")), texte(i.Message)})
	}
	return t
}

func finsPresumees(p ventilation.Presumees) feuille {
	t := feuille{nom: "Fins présumées", titres: []string{"Contrat"}}
	for _, code := range p.Codes {
		t.lignes = append(t.lignes, []cellule{texte(code)})
	}
	return t
}

// manque says in one cell why a contract counts for nothing.
func manque(i *arrete.Incomplet) string {
	words := i.Manque
	if i.Message != "" {
		words = append(slices.Clone(words), i.Message)
	}
	return strings.Join(words, ", ")
}

// avecIncomplets adds to the table of the contracts those that count for nothing,
// with what lacks.
func avecIncomplets(t feuille, list []arrete.Incomplet) feuille {
	t.titres = append(t.titres, "Manque")
	for i := range list {
		row := make([]cellule, len(t.titres))
		row[0], row[len(row)-1] = texte(list[i].CodeContrat), texte(manque(&list[i]))
		t.lignes = append(t.lignes, row)
	}
	return t
}

// signales adds to a table of groups, below its total, the contracts that a person
// has to look at: in columns of their own, so that the figures above stay as they are.
func signales(t feuille, list []arrete.Incomplet, p *ventilation.Presumees) feuille {
	t.titres = append(t.titres, "Contrat signalé", "Manque")
	width := len(t.titres)
	add := func(what, code, why string) {
		row := make([]cellule, width)
		row[0], row[width-2], row[width-1] = texte(what), texte(code), texte(why)
		t.lignes = append(t.lignes, row)
	}
	for i := range list {
		add("À compléter", list[i].CodeContrat, manque(&list[i]))
	}
	if p != nil {
		for _, code := range p.Codes {
			add("Fin présumée", code, "")
		}
	}
	return t
}

func writeFinancementCSV(w http.ResponseWriter, f hub.Financement, par []ventilation.Dimension) error {
	if len(par) > 0 {
		return writeTableCSV(w, "financement.csv", signales(parGroupes(f, par), f.Incomplets(), presumeesOf(f.FinsPresumees(), f.SansArchives)))
	}
	return writeTableCSV(w, "financement.csv", avecIncomplets(parContrats(f), f.Incomplets()))
}

// WriteFinancement answers with the funding of an organisme as a workbook. The error
// is a *web.SendError where the client left.
func WriteFinancement(w http.ResponseWriter, f hub.Financement, par []ventilation.Dimension) error {
	return writeFinancementXLSX(w, f, par)
}

func writeFinancementXLSX(w http.ResponseWriter, f hub.Financement, par []ventilation.Dimension) error {
	tables := []feuille{parContrats(f), echeances(f), incomplets(f.Incomplets())}
	if len(par) > 0 {
		tables = append([]feuille{parGroupes(f, par)}, tables...)
	}
	return writeTablesXLSX(w, "financement.xlsx", tables...)
}
