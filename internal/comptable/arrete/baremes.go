package arrete

import (
	"fmt"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
)

// Baremes are where the annual amounts of contracts come from. Each may be absent.
type Baremes struct {
	OPCO   map[string]financement.Centimes // by codeContrat: the OPCO's figures that people took
	NPEC   *npec.Bareme
	Tarifs *ventilation.Tarifs
}

// Incomplet is a contract whose funding cannot be computed. It counts for nothing
// in the figures.
type Incomplet struct {
	CodeContrat string   `json:"codeContrat"`
	Manque      []string `json:"manque"`            // wire names of fields: the days are all needed, of the others those of one source
	Raison      Raison   `json:"raison,omitempty"`  // what is wrong with days that are there, "" where nothing is
	Message     string   `json:"message,omitempty"` // what to do where the names do not say it
}

// IncompletsMax is how many incomplete contracts an answer lists, the first ones by
// code. All of them are counted, and files list all.
const IncompletsMax = 1000

// Raison says what is wrong with days that nothing can be computed from. It is
// stable: clients branch on it.
type Raison string

// What may be wrong with days.
const (
	DatesInversees Raison = "dates-inversees"  // dateFin is before dateDebut
	DureeExcessive Raison = "duree-impossible" // they are financement.AnneesMax years apart, or more
)

// The fields that Manque names, in its order.
const (
	manqueDebut  = "dateDebut"
	manqueFin    = "dateFin"
	manqueNPEC   = "npec"
	manqueRNCP   = "rncp"
	manqueIDCC   = "idcc"
	manqueNiveau = "niveau"
)

// Resoudre gives a contract its annual amount: the OPCO's figure that a person took,
// else the npec of the contract, else that of the edition of its conclusion, else
// its price, else the start value of its level (design 10). It returns nil where the
// funding can be computed, else what lacks.
func (b *Baremes) Resoudre(k *Contrat) *Incomplet {
	out := Incomplet{CodeContrat: k.Code, Manque: []string{}}
	if !k.ADebut {
		out.Manque = append(out.Manque, manqueDebut)
	}
	days := ""
	switch {
	case k.TropLong:
		out.Raison = DureeExcessive
		days = fmt.Sprintf("Du %s au %s, le contrat durerait %d ans ou plus : corrigez dateDebut ou dateFin.", k.Regles.Debut.FR(), k.Regles.Fin.FR(), financement.AnneesMax)
	case !k.AFin:
		out.Manque = append(out.Manque, manqueFin)
		if ran, known := k.couru(); known {
			days = fmt.Sprintf("Le contrat a couru jusqu’au %s et ses jours comptent dans la ventilation, mais l’échéancier dépend de son terme : renseignez dateFin.", ran.Fin.FR())
		}
	case k.ADebut && k.Regles.Fin < k.Regles.Debut:
		out.Raison = DatesInversees
		days = fmt.Sprintf("dateFin (%s) est avant dateDebut (%s) : corrigez l’une ou l’autre.", k.Regles.Fin.FR(), k.Regles.Debut.FR())
	}
	missing, message := b.amount(k)
	out.Manque, out.Message = append(out.Manque, missing...), strings.TrimSpace(days+" "+message)
	if len(out.Manque) == 0 && out.Raison == "" {
		return nil
	}
	return &out
}

// amount finds the annual amount, or says what lacks for one.
func (b *Baremes) amount(k *Contrat) (missing []string, message string) {
	r := &k.Regles
	if taken, ok := b.OPCO[k.Code]; ok {
		r.Annuel, r.Source = taken, financement.SourceOPCO
		return nil, ""
	}
	if k.ANPEC {
		return nil, ""
	}
	conclu := r.Debut
	if r.AConclusion {
		conclu = r.Conclusion
	}
	if k.ADebut || r.AConclusion {
		certification, _ := npec.Certification(k.RNCP)
		found := b.NPEC.Pour(certification, k.CPNE, k.IDCC, conclu)
		switch found.Etat {
		case npec.Trouve:
			r.Annuel, r.Source = found.Montant, financement.SourceNPEC
			return nil, ""
		case npec.PlusieursCPNE:
			return []string{manqueNPEC, manqueIDCC}, several(k.IDCC, found.CPNE)
		}
	}
	if b.Tarifs != nil && k.ADebut {
		if price, _ := b.Tarifs.Pour(k.Formation, k.RNCP, r.Debut); price != nil {
			k.Tarif, r.Annuel, r.Source = price, financement.Centimes(price.Montant), financement.SourceTarif
			return nil, ""
		}
	}
	if start, ok := financement.Depart(r.Niveau); ok {
		r.Annuel, r.Source = start, financement.SourceDepart
		return nil, ""
	}
	missing = []string{manqueNPEC}
	if k.RNCP == "" {
		missing = append(missing, manqueRNCP)
	}
	if k.IDCC == "" && k.CPNE == "" {
		missing = append(missing, manqueIDCC)
	}
	return append(missing, manqueNiveau), ""
}

func several(idcc string, branches []npec.CPNE) string {
	words := make([]string, len(branches))
	for i, c := range branches {
		words[i] = fmt.Sprintf("%s (%s)", c.Code, c.Nom)
	}
	return fmt.Sprintf("La convention collective %s relève de plusieurs CPNE, dont les montants diffèrent : %s. Renseignez codeCpne avec celle du contrat, ou npec.", idcc, strings.Join(words, ", "))
}

// jours returns the days of a contract up to a day.
func jours(r *financement.Contrat, au passerelle.Date) int64 {
	return int64(passerelle.Periode{Debut: r.Debut, Fin: min(r.Dernier, au)}.Jours())
}
