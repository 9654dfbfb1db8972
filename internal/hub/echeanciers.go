package hub

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// DemandeEcheancier is a deposit of what an OPCO announces.
type DemandeEcheancier struct {
	Acces
	JetonID  int64  // 0 for the console
	Par      string // who deposits it
	Fichier  string // its name, "" where there is none
	Annonces []rapprochement.Annonce
}

// Depot is a deposit that was recorded.
type Depot struct {
	Rang     int64
	Lignes   int
	Contrats int                     // that it speaks of and that are known
	Inconnus []rapprochement.Annonce // lines whose contract or dossier is not known
	Partages []DossierPartage        // dossiers that it names and that several contracts have: their lines are among Inconnus
}

// DossierPartage is the number of a dossier that several contracts have.
type DossierPartage struct {
	Numero string
	Codes  []string // of those contracts
}

// DeposerEcheancier records what an OPCO announces: its lines stand for the
// contracts that they name, until a later deposit names them. One of which no line
// is about a known contract is refused with a *ListeRefusee.
func (h *Comptabilite) DeposerEcheancier(ctx context.Context, d DemandeEcheancier) (depot Depot, err error) {
	s, err := h.Societe(ctx, d.Acces)
	if err != nil {
		return depot, err
	}
	depot.Lignes = len(d.Annonces)
	err = h.db.WriteOrganisme(ctx, s.OrganismeID, func(tx *store.Tx) error {
		codes, dossiers, err := connus(ctx, tx, s.OrganismeID)
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		depot.Inconnus, depot.Partages = nil, nil
		for _, a := range d.Annonces {
			code := a.CodeContrat
			if code == "" {
				code = depot.contrat(a.Dossier, dossiers[a.Dossier])
			}
			if code == "" || !codes[code] {
				depot.Inconnus = append(depot.Inconnus, a)
			} else {
				seen[code] = true
			}
		}
		if depot.Contrats = len(seen); depot.Contrats == 0 {
			if len(depot.Partages) > 0 {
				return EcheancierRefuse([]rapprochement.Erreur{{Index: -1, Message: depot.Partages[0].Message()}})
			}
			return EcheancierRefuse([]rapprochement.Erreur{{Index: -1, Message: "Aucune ligne ne correspond à un contrat connu : vérifiez que codeContrat est celui de vos contrats, ou que numeroDossier est leur numeroDeca."}})
		}
		depot.Rang, err = tx.InsertEcheancier(ctx, s.OrganismeID, &store.Echeancier{DeposeLe: h.now(), Jeton: d.JetonID, Par: d.Par, Fichier: d.Fichier}, d.Annonces)
		return err
	})
	return depot, err
}

// contrat returns the contract of a dossier, "" where none or several have it, which
// is then noted.
func (d *Depot) contrat(numero string, codes []string) string {
	if len(codes) == 1 {
		return codes[0]
	}
	if len(codes) > 1 && !slices.ContainsFunc(d.Partages, func(p DossierPartage) bool { return p.Numero == numero }) {
		d.Partages = append(d.Partages, DossierPartage{numero, codes})
	}
	return ""
}

// Message says in French what to do.
func (p *DossierPartage) Message() string {
	const montres = 5
	list := strings.Join(p.Codes[:min(len(p.Codes), montres)], ", ")
	if more := len(p.Codes) - montres; more > 0 {
		list += fmt.Sprintf(" et %d autres", more)
	}
	return fmt.Sprintf("Le dossier %s est celui de plusieurs contrats (%s) : donnez leur codeContrat, ou corrigez leur numeroDeca.", p.Numero, list)
}

// connus returns the codes of the contracts of an organisme, those that ended too,
// and the contracts of each dossier, without those that never took place.
func connus(ctx context.Context, tx *store.Tx, organisme int64) (codes map[string]bool, dossiers map[string][]string, err error) {
	codes, dossiers = map[string]bool{}, map[string][]string{}
	lecteur := arrete.NewLecteur(nil)
	err = eachVecu(ctx, tx, DemandeVies{Organisme: organisme}, func(doc []byte, v Vecu) error {
		dates, err := lecteur.Lire(doc)
		if err != nil {
			return err
		}
		k := lecteur.Contrat(v.Vie(dates))
		codes[k.Code] = true
		if k.Dossier != "" && !k.Muet {
			dossiers[k.Dossier] = append(dossiers[k.Dossier], k.Code)
		}
		return nil
	})
	return codes, dossiers, err
}

// Rapprochement is what OPCO announce beside what is expected, at a date.
type Rapprochement struct {
	Au passerelle.Date
	*rapprochement.Bilan
}

// Rapprochement compares what OPCO announce with what is expected (design 10); of d,
// Par is ignored.
func (h *Comptabilite) Rapprochement(ctx context.Context, d DemandeFinancement) (r Rapprochement, err error) {
	if d.Au == 0 {
		d.Au = h.today()
	}
	r.Au = d.Au
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		s, err := societe(ctx, tx, d.Acces)
		if err != nil {
			return err
		}
		r.Bilan, _, err = rapprocher(ctx, tx, s.OrganismeID, d)
		return err
	})
	return r, err
}

// rapprocher compares, and counts the contracts whose funding cannot be worked out.
func rapprocher(ctx context.Context, tx *store.Tx, organisme int64, d DemandeFinancement) (_ *rapprochement.Bilan, missing Manques, err error) {
	comparison, err := beginRapprochement(ctx, tx, organisme, d.Au)
	if err != nil {
		return nil, missing, err
	}
	lecture, err := beginFinancement(ctx, tx, organisme, d.Passe, nil)
	if err != nil {
		return nil, missing, err
	}
	var plan financement.Plan
	err = lecture.each(ctx, func(k *arrete.Contrat) {
		if k.Muet {
			comparison.add(k, nil)
			return
		}
		if incomplete := lecture.baremes.Resoudre(k); incomplete != nil {
			missing.count(incomplete)
			comparison.add(k, nil)
			return
		}
		plan.Etablir(k.Regles, lecture.options)
		comparison.add(k, &plan)
	})
	return comparison.Bilan(), missing, err
}

// Manques counts the contracts whose funding cannot be worked out.
type Manques struct {
	Contrats int // all of them
	SansPrix int // those of which nothing gives the amount: neither the contract, nor the table, nor the price list
}

func (m *Manques) count(k *arrete.Incomplet) {
	m.Contrats++
	if slices.Contains(k.Manque, "npec") {
		m.SansPrix++
	}
}

// comparaison holds what OPCO announce against the schedules of contracts.
type comparaison struct {
	*rapprochement.Rapprochement
	expected []rapprochement.Attendu
}

func beginRapprochement(ctx context.Context, tx *store.Tx, organisme int64, au passerelle.Date) (*comparaison, error) {
	var standing rapprochement.Dernieres
	err := tx.Annonces(ctx, organisme, func(depot int64, a rapprochement.Annonce) error {
		standing.Add(depot, a)
		return nil
	})
	return &comparaison{Rapprochement: rapprochement.New(au, standing.Annonces)}, err
}

// add looks at a contract with its schedule, nil where it has none.
func (c *comparaison) add(k *arrete.Contrat, plan *financement.Plan) {
	c.expected = c.expected[:0]
	if plan != nil {
		for i := range plan.Echeances {
			if e := &plan.Echeances[i]; e.Nature != financement.Employeur {
				c.expected = append(c.expected, rapprochement.Attendu{Date: e.Date, Montant: e.Montant, AuPlusTard: e.AuPlusTard})
			}
		}
	}
	dossier := k.Dossier
	if k.Muet {
		dossier = "" // it is that of the contract that took place
	}
	c.Add(k.Code, dossier, c.expected)
}

// DemandeMontantOPCO is a person's decision to take the OPCO's figure for a
// contract, or to take that decision back.
type DemandeMontantOPCO struct {
	Acces
	JetonID int64 // 0 for the console
	Par     string
	Code    string
	Montant financement.Centimes // what a full year pays, distance rule and majoration included
	Retire  bool
}

// RetenirMontantOPCO records who took the OPCO's figure for a contract, and when: it
// is then the contract's amount, before every other source (design 10).
func (h *Comptabilite) RetenirMontantOPCO(ctx context.Context, d DemandeMontantOPCO) error {
	s, err := h.Societe(ctx, d.Acces)
	if err != nil {
		return err
	}
	if !d.Retire && (d.Montant <= 0 || d.Montant > financement.MontantMax) {
		return refus.New(refus.CodeInvalidParameter, "Le montant de l’OPCO est de plus de 0 et d’au plus %s € par an : corrigez-le.", financement.MontantMax.FR())
	}
	return h.db.WriteOrganisme(ctx, s.OrganismeID, func(tx *store.Tx) error {
		codes, _, err := connus(ctx, tx, s.OrganismeID)
		if err != nil {
			return err
		}
		if !codes[d.Code] {
			return refus.New(refus.CodeNoContrat, "Il n’y a pas de contrat « %s ».", d.Code)
		}
		latest, err := tx.LatestSynchronisation(ctx, s.OrganismeID)
		if err != nil {
			return err
		}
		quoi, detail := domaine.GesteOPCO, d.Montant.FR()+" € par an"
		if d.Retire {
			quoi, detail = domaine.GesteOPCORetire, ""
		}
		if err := h.note(ctx, tx, s.OrganismeID, quoi, d.Code, detail); err != nil {
			return err
		}
		return tx.InsertMontantOPCO(ctx, s.OrganismeID, &store.MontantOPCO{Code: d.Code, Montant: d.Montant, Retire: d.Retire, Jeton: d.JetonID, Par: d.Par, Le: h.now()}, latest)
	})
}
