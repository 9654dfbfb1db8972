package compta

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/comptable/fichier"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// ecrituresAnswer are the closing entries of an exercice and their reversal.
type ecrituresAnswer struct {
	Exercice       comptable.MAD    `json:"exercice"`
	Journal        string           `json:"journal"`
	Ecritures      []ecritureAnswer `json:"ecritures"`
	Avertissements []string         `json:"avertissements"`
}

type ecritureAnswer struct {
	Numero      int             `json:"numero"` // from 1; the number of the piece in a file
	Date        string          `json:"date"`
	Nature      string          `json:"nature"`      // pca, fae
	Extourne    bool            `json:"extourne"`    // the reversal
	CodeContrat *string         `json:"codeContrat"` // null with detail=non
	Objet       *string         `json:"objet"`       // with detail=non: what is priced alike, a code of the price list or another source
	Libelle     string          `json:"libelle"`
	Lignes      []ligneEcriture `json:"lignes"`
}

type ligneEcriture struct {
	Compte string               `json:"compte"`
	Debit  financement.Centimes `json:"debit"`
	Credit financement.Centimes `json:"credit"`
}

func (s *server) ecritures(w http.ResponseWriter, r *web.Request) error {
	p := versioned(r, append([]string{"exercice", "detail", "format", "code", "dates"}, passeParameters...)...)
	d := hub.DemandeEcritures{Acces: acces(r), Passe: p.passe(), Exercice: p.id("exercice", comptable.CodeInconnu), ParLigne: p.one("detail", "oui", "non") == "non"}
	if d.Exercice == 0 && len(p.errs) == 0 {
		p.fail(codeEmpty, "exercice", "Paramètre « exercice » : donnez l’identifiant de l’exercice dont vous voulez les écritures, pris dans la liste des exercices.")
	}
	format := p.one("format", "json", "tra", "fec")
	o := comptable.OptionsTRA{CodeRang: p.one("code", "nom", "rang") == "rang", ElargirAuxMois: p.one("dates", "exactes", "elargies") == "elargies"}
	if err := p.err(); err != nil {
		return err
	}
	e, err := s.hub.Comptabilite.Ecritures(r.Context(), d)
	if err != nil {
		return err
	}
	if format == "json" {
		return web.WriteJSON(w, http.StatusOK, ecrituresOf(e, d.ParLigne))
	}
	return WriteEcritures(w, e, format, o, s.hub)
}

func ecrituresOf(e hub.Ecritures, parLigne bool) ecrituresAnswer {
	answer := ecrituresAnswer{Journal: e.Comptes.Journal, Ecritures: []ecritureAnswer{}, Avertissements: e.Avertissements}
	if answer.Avertissements == nil {
		answer.Avertissements = []string{}
	}
	for _, m := range comptable.ToMAD(e.Exercices) {
		if m.ProducerID == web.ID(e.Exercice.ID) {
			answer.Exercice = m
		}
	}
	for i := range e.Ecritures {
		w := &e.Ecritures[i]
		line := ecritureAnswer{Numero: i + 1, Date: w.Date.String(), Nature: w.Nature, Extourne: w.Reprise, Libelle: fichier.Libelle(w),
			Lignes: []ligneEcriture{{Compte: w.Debit, Debit: w.Montant}, {Compte: w.Credit, Credit: w.Montant}}}
		if parLigne {
			line.Objet = &w.Objet
		} else {
			line.CodeContrat = &w.Objet
		}
		answer.Ecritures = append(answer.Ecritures, line)
	}
	return answer
}

// WriteEcritures answers with closing entries as a file to import, "tra" or "fec".
// What a person should know of it is in the header X-Passerelle-Avertissements, a
// JSON list in ASCII. Nothing is written where the error is not nil.
func WriteEcritures(w http.ResponseWriter, e hub.Ecritures, format string, o comptable.OptionsTRA, h *hub.Hub) error {
	var file bytes.Buffer
	kind, ext := "text/plain; charset=utf-8", ".txt"
	var warnings []comptable.Avertissement
	if format == "fec" {
		found, err := fichier.WriteFEC(&file, e.Cloture)
		if err != nil {
			return err
		}
		warnings = found
	} else {
		kind, ext = "text/plain; charset=windows-1252", ".TRA"
		found, refused, err := fichier.WriteEcritures(&file, e.Cloture, h.Now().In(hub.Paris), o)
		if err != nil {
			return err
		}
		if len(refused) > 0 {
			return &hub.ExercicesRefuses{Erreurs: refused, Avertissements: found}
		}
		warnings = found
	}
	for _, text := range e.Avertissements {
		warnings = append(warnings, comptable.Avertissement{Code: "ecritures", Index: -1, Message: text})
	}
	if len(warnings) > 0 {
		text, err := json.Marshal(warningsOf(warnings))
		if err != nil {
			return err
		}
		w.Header().Set("X-Passerelle-Avertissements", ascii(string(text)))
	}
	w.Header().Set("Content-Length", strconv.Itoa(file.Len()))
	attach(w, kind, fileNameEcritures(e.Societe, e.Exercice.Periode.Fin)+ext)
	_, _ = w.Write(file.Bytes()) // the client may have left
	return nil
}

func fileNameEcritures(s domaine.Societe, fin passerelle.Date) string {
	who := "SOCIETE" + strconv.FormatInt(s.ID, 10)
	if len(s.SIRET) == 14 {
		who = s.SIRET[:9]
	}
	return who + "_ECRITURES_" + fin.Compact()
}

// campagneAnswer are the figures of a calendar year.
type campagneAnswer struct {
	Annee            int                     `json:"annee"`
	Lignes           []arrete.LigneCampagne  `json:"lignes"`
	Total            arrete.ChiffresCampagne `json:"total"`
	incompletsAnswer                         // of the year: without income, or without their days
	FinsPresumees    *ventilation.Presumees  `json:"finsPresumees,omitempty"` // nil where only active contracts are asked for
}

func (s *server) campagne(w http.ResponseWriter, r *web.Request) error {
	p := versioned(r, append([]string{"annee", "format"}, passeParameters...)...)
	d := hub.DemandeCampagne{Acces: acces(r), Passe: p.passe()}
	year, err := strconv.Atoi(p.value("annee"))
	if err != nil || year < 1900 || year > 9998 {
		p.fail(codeParameter, "annee", "Paramètre « annee » : une année civile était attendue, par exemple annee=2025.")
	}
	d.Annee = year
	format := p.one("format", "json", "csv", "xlsx")
	if err := p.err(); err != nil {
		return err
	}
	c, err := s.hub.Comptabilite.Campagne(r.Context(), d)
	if err != nil {
		return err
	}
	switch format {
	case "csv":
		return writeTableCSV(w, "campagne-"+strconv.Itoa(year)+".csv", signales(campagne(c, year), c.Incomplets(), presumeesOf(c.FinsPresumees(), d.SansArchives)))
	case "xlsx":
		return writeTablesXLSX(w, "campagne-"+strconv.Itoa(year)+".xlsx", campagne(c, year), definitionsCampagne(), incomplets(c.Incomplets()), finsPresumees(c.FinsPresumees()))
	}
	answer := campagneAnswer{Annee: year, incompletsAnswer: incompletsOf(c.Incomplets()), FinsPresumees: presumeesOf(c.FinsPresumees(), d.SansArchives)}
	answer.Lignes, answer.Total = c.Lignes()
	return web.WriteJSON(w, http.StatusOK, answer)
}

// campagne is the table of the figures of a year, with their total.
func campagne(c *arrete.Campagne, year int) feuille {
	t := feuille{nom: "Campagne " + strconv.Itoa(year), titres: []string{"Certification", "Niveau", "Code site", "Nom site", "Contrats", "Apprentis", "Jours", "Effectif moyen", "Présents au 31/12", "Fins anticipées", "Produit (€)", "Part (%)"}}
	figures := func(keys []cellule, f arrete.ChiffresCampagne) {
		t.lignes = append(t.lignes, append(keys, entier(f.Contrats), entier(f.Apprenants), entier(int(f.Jours)), deuxChiffres(f.Moyenne), entier(f.Presents), entier(f.Ruptures), euros(f.Produit), deuxChiffres(f.Part)))
	}
	lines, total := c.Lignes()
	for _, l := range lines {
		figures([]cellule{texte(l.Cles.Certification.Code), texte(l.Cles.Niveau.Code), texte(l.Cles.Site.Code), texte(l.Cles.Site.Nom)}, l.ChiffresCampagne)
	}
	figures([]cellule{texte("Total"), texte(""), texte(""), texte("")}, total)
	return t
}

// definitionsCampagne says what each column counts.
func definitionsCampagne() feuille {
	t := feuille{nom: "Définitions", titres: []string{"Colonne", "Définition"}}
	for _, d := range [][2]string{
		{"Contrats", "Contrats qui ont couru au moins un jour dans l’année civile."},
		{"Apprentis", "Apprentis distincts de ces contrats ; le total ne compte qu’une fois celui qui est dans deux lignes."},
		{"Jours", "Jours de contrat dans l’année, premier et dernier compris ; les jours de formation avant le contrat n’en sont pas."},
		{"Effectif moyen", "Jours / 365."},
		{"Présents au 31/12", "Contrats en cours le 31 décembre."},
		{"Fins anticipées", "Contrats finis dans l’année avant leur terme, fins présumées comprises."},
		{"Produit (€)", "Produit acquis dans l’année civile ; un contrat dont le montant n’est pas connu y compte pour rien et est listé."},
		{"Part (%)", "Part des jours ; les parts font 100."},
		{"À savoir", "Ces chiffres ne sont pas le formulaire de l’État : ils aident à le remplir."},
	} {
		t.lignes = append(t.lignes, []cellule{texte(d[0]), texte(d[1])})
	}
	return t
}
