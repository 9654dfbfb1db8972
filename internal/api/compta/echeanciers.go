package compta

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hidden"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

const codeEcheancier = "ERR-INVALID-ECHEANCIER"

// depotAnswer is what was done with a deposit.
type depotAnswer struct {
	Echeancier string          `json:"echeancier"` // id of the deposit
	Lignes     int             `json:"lignes"`
	Contrats   int             `json:"contrats"` // known ones that it speaks of
	Inconnus   []annonceAnswer `json:"inconnus"` // lines whose contract or dossier is not known
	// What a person should look at: dossiers that several contracts have, lines that say the same as another. All are recorded.
	Avertissements []string `json:"avertissements,omitempty"`
}

// doublesMax is how many lines that say the same as another are named.
const doublesMax = 20

// doubles warns of lines that say the same as one before them.
func doubles(list []rapprochement.Annonce) (warnings []string) {
	again := rapprochement.Doubles(list)
	for _, i := range again[:min(len(again), doublesMax)] {
		a := &list[i]
		warnings = append(warnings, fmt.Sprintf("La ligne %d du dépôt répète une ligne d’avant (%s, %s, %s €) : les deux sont gardées, déposez de nouveau si l’une est de trop.", i+1, cmp.Or(a.CodeContrat, a.Dossier), a.Date.FR(), a.Montant.FR()))
	}
	if more := len(again) - len(warnings); more > 0 {
		warnings = append(warnings, fmt.Sprintf("Et %d autres lignes répétées.", more))
	}
	return warnings
}

// partages warns of dossiers that several contracts have.
func partages(list []hub.DossierPartage) (warnings []string) {
	for i := range list[:min(len(list), doublesMax)] {
		warnings = append(warnings, list[i].Message())
	}
	if more := len(list) - len(warnings); more > 0 {
		warnings = append(warnings, fmt.Sprintf("Et %d autres dossiers qui sont celui de plusieurs contrats.", more))
	}
	return warnings
}

type annonceAnswer struct {
	CodeContrat   *string              `json:"codeContrat"`
	NumeroDossier *string              `json:"numeroDossier"`
	Date          string               `json:"date"`
	Montant       financement.Centimes `json:"montant"`
}

// postEcheancier takes what an OPCO announces: JSON, or a CSV or XLSX table.
func (s *server) postEcheancier(w http.ResponseWriter, r *web.Request) error {
	p := versioned(r, "mapping")
	var matrice rapprochement.Matrice
	if text := p.value("mapping"); text != "" && json.Unmarshal([]byte(text), &matrice) != nil {
		p.fail(codeParameter, "mapping", "Paramètre « mapping » : un objet JSON était attendu, qui donne à codeContrat, numeroDossier, date ou montant le titre de sa colonne.")
	}
	body, err := p.body(w)
	if err != nil {
		return err
	}
	list, wrong, err := readEcheancier(body, matrice)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return hub.EcheancierRefuse(wrong)
	}
	depot, err := s.hub.Comptabilite.DeposerEcheancier(r.Context(), hub.DemandeEcheancier{Acces: acces(r), JetonID: r.Jeton.ID, Par: r.Jeton.Personne(), Annonces: list})
	if err != nil {
		return err
	}
	answer := depotAnswer{Echeancier: web.ID(depot.Rang), Lignes: depot.Lignes, Contrats: depot.Contrats, Inconnus: []annonceAnswer{}, Avertissements: append(partages(depot.Partages), doubles(list)...)}
	for _, a := range depot.Inconnus {
		answer.Inconnus = append(answer.Inconnus, annonceAnswer{web.OrNull(a.CodeContrat), web.OrNull(a.Dossier), a.Date.String(), a.Montant})
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}

// MaxEcheancier is how large a deposit may be.
const MaxEcheancier = 64 << 20

// readEcheancier reads a deposit of any form, which it tells by its first bytes.
func readEcheancier(body io.Reader, m rapprochement.Matrice) (list []rapprochement.Annonce, wrong []rapprochement.Erreur, err error) {
	file, size, err := hidden.Copy("a deposit", body, MaxEcheancier)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if size > MaxEcheancier {
		return nil, []rapprochement.Erreur{{Index: -1, Message: "Le dépôt dépasse 64 Mo : envoyez-le en plusieurs fois."}}, nil
	}
	head := make([]byte, 512)
	n, _ := file.ReadAt(head, 0)
	if start := bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\ufeff")), " \t\r\n"); len(start) == 0 || start[0] == '{' || start[0] == '[' {
		return readLignes(io.NewSectionReader(file, 0, size))
	}
	return ReadEcheancier("echeancier", file, size, m)
}

// ReadEcheancier reads a table of an OPCO, CSV or XLSX. What is wrong with the file
// itself is among the reasons to refuse it.
func ReadEcheancier(name string, file io.ReaderAt, size int64, m rapprochement.Matrice) ([]rapprochement.Annonce, []rapprochement.Erreur, error) {
	table, err := tableur.Open(name, file, size, tableur.Options{})
	if err == nil {
		var list []rapprochement.Annonce
		var wrong []rapprochement.Erreur
		list, wrong, err = rapprochement.ReadTable(table, m)
		err = errors.Join(err, table.Close())
		if err == nil {
			return list, wrong, nil
		}
	}
	var unreadable *tableur.FileError
	if errors.As(err, &unreadable) {
		return nil, []rapprochement.Erreur{{Index: -1, Ligne: unreadable.Row, Message: unreadable.Message}}, nil
	}
	return nil, nil, err
}

type lignesBody struct {
	Lignes []ligneBody `json:"lignes"`
}

type ligneBody struct {
	CodeContrat   string         `json:"codeContrat"`
	NumeroDossier string         `json:"numeroDossier"`
	Date          string         `json:"date"`
	Montant       jsontext.Value `json:"montant"`
}

func readLignes(body io.Reader) ([]rapprochement.Annonce, []rapprochement.Erreur, error) {
	var sent lignesBody
	if err := reception.ReadValue(body, &sent, jsonv2.RejectUnknownMembers(false)); err != nil {
		return nil, nil, err
	}
	lines := make([]rapprochement.Brute, len(sent.Lignes))
	for i, l := range sent.Lignes {
		amount := string(l.Montant)
		if l.Montant.Kind() == '"' {
			amount = unquote(l.Montant)
		}
		lines[i] = rapprochement.Brute{CodeContrat: l.CodeContrat, NumeroDossier: l.NumeroDossier, Date: l.Date, Montant: amount}
	}
	list, wrong := rapprochement.Read(lines)
	return list, wrong, nil
}

// rapprochementAnswer is what OPCO announce beside what is expected.
type rapprochementAnswer struct {
	Au        string               `json:"au"`
	Lignes    []ligneRapprochement `json:"lignes"`
	AFacturer []duAnswer           `json:"aFacturer"`
	EnRetard  []duAnswer           `json:"enRetard"`
	ARisque   []risqueAnswer       `json:"aRisque"`
	Perdus    []duAnswer           `json:"perdus"`
}

type ligneRapprochement struct {
	CodeContrat   *string               `json:"codeContrat"`
	NumeroDossier *string               `json:"numeroDossier,omitempty"` // where the contract is not known
	Date          string                `json:"date"`
	Etat          rapprochement.Etat    `json:"etat"`
	Attendu       *financement.Centimes `json:"attendu"`
	Annonce       *financement.Centimes `json:"annonce"`
	Ecart         financement.Centimes  `json:"ecart"`
	DateAnnoncee  *string               `json:"dateAnnoncee,omitempty"`
}

type duAnswer struct {
	CodeContrat string               `json:"codeContrat"`
	Date        string               `json:"date"`
	Montant     financement.Centimes `json:"montant"`
	AuPlusTard  *string              `json:"auPlusTard"`
	Jours       int                  `json:"jours"` // since date
}

type risqueAnswer struct {
	CodeContrat   string               `json:"codeContrat"`
	Date          string               `json:"date"`
	Montant       financement.Centimes `json:"montant"`
	AuPlusTard    string               `json:"auPlusTard"`
	JoursRestants int                  `json:"joursRestants"`
}

func (s *server) rapprochement(w http.ResponseWriter, r *web.Request) error {
	p := versioned(r, append([]string{"au", "format"}, passeParameters...)...)
	d := hub.DemandeFinancement{Acces: acces(r), Passe: p.passe(), Au: p.au()}
	format := p.one("format", "json", "csv", "xlsx")
	if err := p.err(); err != nil {
		return err
	}
	found, err := s.hub.Comptabilite.Rapprochement(r.Context(), d)
	if err != nil {
		return err
	}
	switch format {
	case "csv":
		return writeTableCSV(w, "rapprochement.csv", lignesRapprochement(found.Bilan))
	case "xlsx":
		return WriteRapprochement(w, found)
	}
	return web.WriteJSON(w, http.StatusOK, rapprochementOf(found))
}

// WriteRapprochement answers with a comparison as a workbook. The error is a
// *web.SendError where the client left.
func WriteRapprochement(w http.ResponseWriter, found hub.Rapprochement) error {
	return writeTablesXLSX(w, "rapprochement.xlsx", lignesRapprochement(found.Bilan), dus("À facturer", found.AFacturer), dus("En retard", found.EnRetard), dus("À risque", found.ARisque), dus("Perdus", found.Perdus))
}

func rapprochementOf(found hub.Rapprochement) rapprochementAnswer {
	answer := rapprochementAnswer{Au: found.Au.String(), Lignes: []ligneRapprochement{}, AFacturer: dusOf(found.AFacturer), EnRetard: dusOf(found.EnRetard), ARisque: []risqueAnswer{}, Perdus: dusOf(found.Perdus)}
	for i := range found.Lignes {
		l := &found.Lignes[i]
		line := ligneRapprochement{CodeContrat: web.OrNull(l.CodeContrat), Date: l.Date.String(), Etat: l.Etat, Attendu: l.Attendu, Annonce: l.Annonce, Ecart: l.Ecart}
		if l.CodeContrat == "" {
			line.NumeroDossier = web.OrNull(l.Dossier)
		}
		if l.Annoncee != 0 {
			line.DateAnnoncee = web.OrNull(l.Annoncee.String())
		}
		answer.Lignes = append(answer.Lignes, line)
	}
	for _, d := range found.ARisque {
		answer.ARisque = append(answer.ARisque, risqueAnswer{d.CodeContrat, d.Date.String(), d.Montant, d.AuPlusTard.String(), d.Jours})
	}
	return answer
}

func dusOf(list []rapprochement.Du) []duAnswer {
	out := make([]duAnswer, len(list))
	for i, d := range list {
		out[i] = duAnswer{CodeContrat: d.CodeContrat, Date: d.Date.String(), Montant: d.Montant, Jours: d.Jours}
		if d.AuPlusTard != 0 {
			out[i].AuPlusTard = web.OrNull(d.AuPlusTard.String())
		}
	}
	return out
}

func lignesRapprochement(b *rapprochement.Bilan) feuille {
	t := feuille{nom: "Rapprochement", titres: []string{"Contrat", "Dossier", "Date", "État", "Attendu (€)", "Annoncé (€)", "Écart (€)", "Date annoncée"}}
	amount := func(c *financement.Centimes) cellule {
		if c == nil {
			return texte("")
		}
		return euros(*c)
	}
	for _, l := range b.Lignes {
		announced := ""
		if l.Annoncee != 0 {
			announced = l.Annoncee.FR()
		}
		t.lignes = append(t.lignes, []cellule{texte(l.CodeContrat), texte(l.Dossier), texte(l.Date.FR()), texte(string(l.Etat)), amount(l.Attendu), amount(l.Annonce), euros(l.Ecart), texte(announced)})
	}
	return t
}

func dus(nom string, list []rapprochement.Du) feuille {
	t := feuille{nom: nom, titres: []string{"Contrat", "Date", "Montant (€)", "Au plus tard", "Jours"}}
	for _, d := range list {
		last := ""
		if d.AuPlusTard != 0 {
			last = d.AuPlusTard.FR()
		}
		t.lignes = append(t.lignes, []cellule{texte(d.CodeContrat), texte(d.Date.FR()), euros(d.Montant), texte(last), entier(d.Jours)})
	}
	return t
}

// montantBody is {"montantAnnuel":"8000.50"}.
type montantBody struct {
	MontantAnnuel jsontext.Value `json:"montantAnnuel"`
}

// putMontantOPCO records that a person takes the OPCO's figure for a contract.
func (s *server) putMontantOPCO(w http.ResponseWriter, r *web.Request) error {
	if _, err := demandeContrat(r); err != nil { // what is answered, before anything is recorded
		return err
	}
	body, err := web.SmallBody(w, r)
	if err != nil {
		return err
	}
	var sent montantBody
	if err := reception.ReadValue(body, &sent, jsonv2.RejectUnknownMembers(false)); err != nil {
		return err
	}
	text := string(sent.MontantAnnuel)
	if text == "" || text == "null" {
		return refused(wrong(codeParameter, -1, "montantAnnuel", "montantAnnuel est obligatoire : donnez ce que l’OPCO paie par an, par exemple {\"montantAnnuel\":\"8000.50\"}."))
	}
	if sent.MontantAnnuel.Kind() == '"' {
		text = unquote(sent.MontantAnnuel)
	}
	amount, err := ventilation.ParseEuros(text)
	if err != nil {
		return refused(wrong(codeParameter, -1, "montantAnnuel", "montantAnnuel : %s.", err))
	}
	if amount == 0 || financement.Centimes(amount) > financement.MontantMax {
		return refused(wrong(codeParameter, -1, "montantAnnuel", "montantAnnuel : l’OPCO paie plus de 0 et au plus %s € par an, corrigez le montant. Pour revenir aux autres sources, supprimez la décision (DELETE).", financement.MontantMax.FR()))
	}
	return s.decideMontant(w, r, hub.DemandeMontantOPCO{Montant: financement.Centimes(amount)})
}

// deleteMontantOPCO takes that decision back.
func (s *server) deleteMontantOPCO(w http.ResponseWriter, r *web.Request) error {
	if _, err := demandeContrat(r); err != nil { // what is answered, before anything is recorded
		return err
	}
	return s.decideMontant(w, r, hub.DemandeMontantOPCO{Retire: true})
}

func (s *server) decideMontant(w http.ResponseWriter, r *web.Request, d hub.DemandeMontantOPCO) error {
	d.Acces, d.JetonID, d.Par, d.Code = acces(r), r.Jeton.ID, r.Jeton.Personne(), r.PathValue("codeContrat")
	if err := s.hub.Comptabilite.RetenirMontantOPCO(r.Context(), d); err != nil {
		return err
	}
	return s.financementDe(w, r)
}
