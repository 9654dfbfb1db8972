package hub

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// Passe says as of what figures are drawn up; the zero value is now.
type Passe struct {
	Synchronisation int64 // contracts, decisions and figures of OPCO as they were once it had been applied
	Tarifs          int64 // price list, 0 for the one in use
	NPEC            int64 // the last edition that is known, 0 for all
	Decisions       int64 // with Synchronisation: rang of the last decision on an end that is known, 0 for those made until the next one
	SansArchives    bool  // the active contracts alone

	cloture *sourceCloture // as a closing had them: what is 0 was not there
}

// sourceCloture is what the funding of a closing was made with.
type sourceCloture struct {
	opco    int64
	options financement.Options
}

// DemandeFinancement asks for the funding of an organisme at a date.
type DemandeFinancement struct {
	Acces
	Passe
	Au       passerelle.Date // 0 for today
	Par      []ventilation.Dimension
	Integres bool            // only contracts that are integrated; not with Synchronisation
	Avant    passerelle.Date // an earlier day to compare with, 0 for none
}

// Financement is the funding of an organisme at a date.
type Financement struct {
	Au           passerelle.Date
	Tarifs       int64 // price list that was used, 0 where there is none
	NPEC         int64 // the last edition that was known, 0 where there was none
	SansArchives bool  // as asked for
	*arrete.Etat
}

// Financement draws up the funding of the contracts of an organisme, those that
// ended too (design 10).
func (h *Comptabilite) Financement(ctx context.Context, d DemandeFinancement) (f Financement, err error) {
	if d.Au == 0 {
		d.Au = h.today()
	}
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		s, err := societe(ctx, tx, d.Acces)
		if err != nil {
			return err
		}
		f, err = drawUp(ctx, tx, s.OrganismeID, d, nil)
		return err
	})
	return f, err
}

// drawUp works out the funding; each, which may be nil, is told of every contract with its
// schedule, nil where it has none, both valid during the call.
func drawUp(ctx context.Context, tx *store.Tx, organisme int64, d DemandeFinancement, each func(*arrete.Contrat, *financement.Plan)) (f Financement, err error) {
	f.Au, f.SansArchives = d.Au, d.SansArchives
	lecture, err := beginFinancement(ctx, tx, organisme, d.Passe, d.Par)
	if err != nil {
		return f, err
	}
	lecture.vies.Integres = d.Integres
	f.Tarifs, f.NPEC = lecture.tarifs, lecture.npec
	transmis, _, err := tx.Counts(ctx, organisme)
	if err != nil {
		return f, err
	}
	f.Etat = arrete.New(arrete.Demande{Au: d.Au, Par: d.Par, Options: lecture.options, Baremes: lecture.baremes, Attendu: transmis, Avant: d.Avant})
	if each == nil {
		return f, lecture.each(ctx, f.Etat.Add)
	}
	return f, lecture.each(ctx, func(k *arrete.Contrat) { each(k, f.Etat.AddPlan(k)) })
}

// lectureFinancement reads contracts with where their amounts come from.
type lectureFinancement struct {
	tx        *store.Tx
	vies      DemandeVies
	par       []ventilation.Dimension
	options   financement.Options
	baremes   arrete.Baremes // without NPEC, which each fills in
	editions  []store.EditionNPEC
	tarifs    int64
	npec      int64
	opco      int64
	bareme    npec.Bareme
	reglages  reglagesFinancement
	organisme int64
}

// beginFinancement loads what amounts come from.
func beginFinancement(ctx context.Context, tx *store.Tx, organisme int64, p Passe, par []ventilation.Dimension) (*lectureFinancement, error) {
	l := &lectureFinancement{tx: tx, par: par, organisme: organisme,
		vies: DemandeVies{Organisme: organisme, Synchronisation: p.Synchronisation, Decisions: p.Decisions, SansArchives: p.SansArchives}}
	if p.Synchronisation != 0 {
		if _, err := tx.Synchronisation(ctx, organisme, p.Synchronisation); err != nil {
			return nil, orNotFound(err, "Il n’y a pas de synchronisation %d.", p.Synchronisation)
		}
	}
	var err error
	if l.reglages, err = loadReglagesFinancement(ctx, tx, organisme); err != nil {
		return nil, err
	}
	l.options = l.reglages.options
	if c := p.cloture; c != nil {
		l.options, l.opco, l.vies.AucuneDecision = c.options, c.opco, p.Decisions == 0
	} else if l.opco, err = tx.DernierMontantOPCO(ctx, organisme, p.Synchronisation); err != nil {
		return nil, err
	}
	if p.cloture == nil || p.Tarifs != 0 {
		if err := l.loadTarifs(ctx, p.Tarifs); err != nil {
			return nil, err
		}
	}
	if p.cloture == nil || p.NPEC != 0 {
		if err := l.loadEditions(ctx, p.NPEC); err != nil {
			return nil, err
		}
	}
	l.baremes.OPCO, err = montantsOPCO(ctx, tx, organisme, l.opco)
	l.baremes.NPEC = &l.bareme
	return l, err
}

func (l *lectureFinancement) loadTarifs(ctx context.Context, id int64) error {
	if id == 0 {
		lists, err := l.tx.ListesTarifs(ctx, l.organisme)
		if err != nil || len(lists) == 0 {
			return err
		}
		id = lists[0].ID
	}
	liste, entries, err := listeTarifs(ctx, l.tx, l.organisme, id)
	if err != nil {
		return err
	}
	l.tarifs = liste.ID
	l.baremes.Tarifs, err = priceList(entries)
	return err
}

func (l *lectureFinancement) loadEditions(ctx context.Context, last int64) error {
	editions, err := l.tx.EditionsNPEC(ctx, l.organisme)
	if err != nil {
		return err
	}
	known := last == 0
	for _, e := range editions {
		if last == 0 || e.ID <= last {
			l.editions = append(l.editions, e)
			l.npec = max(l.npec, e.ID)
		}
		known = known || e.ID == last
	}
	if !known {
		return refus.New(refus.CodeNoSuchEdition, "Il n’y a pas d’édition %d des niveaux de prise en charge.", last)
	}
	return nil
}

// montantsOPCO returns the OPCO's figures that stand after some decisions.
func montantsOPCO(ctx context.Context, tx *store.Tx, organisme, last int64) (map[string]financement.Centimes, error) {
	list, err := tx.MontantsOPCO(ctx, organisme, last)
	found := make(map[string]financement.Centimes, len(list))
	for i := range list {
		if list[i].Retire {
			delete(found, list[i].Code)
		} else {
			found[list[i].Code] = list[i].Montant
		}
	}
	return found, err
}

// each passes the contracts. Those whose amount is in the NPEC table come last, once
// the amounts of their certifications are loaded: no query can be asked while
// contracts stream.
func (l *lectureFinancement) each(ctx context.Context, add func(*arrete.Contrat)) error {
	lecteur := arrete.NewLecteur(l.par)
	var waiting []arrete.Contrat
	err := consumeVecus(ctx, l.tx, l.vies, func(kept *document.Kept, v Vecu) error {
		dates, err := lecteur.LireKept(kept)
		if err != nil {
			return err
		}
		k := lecteur.Contrat(v.Vie(dates))
		if _, taken := l.baremes.OPCO[k.Code]; !taken && !k.ANPEC && !k.Muet && len(l.editions) > 0 {
			waiting = append(waiting, *k)
		} else {
			add(k)
		}
		return nil
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	if err := l.loadNPEC(ctx, waiting); err != nil {
		return err
	}
	for i := range waiting {
		add(&waiting[i])
	}
	return nil
}

// loadNPEC loads what the editions have for the certifications of contracts.
func (l *lectureFinancement) loadNPEC(ctx context.Context, contrats []arrete.Contrat) error {
	wanted := map[string]bool{}
	for i := range contrats {
		if code, ok := npec.Certification(contrats[i].RNCP); ok {
			wanted[code] = true
		}
	}
	codes := keys(wanted)
	slices.Sort(codes)
	sources := make([]npec.Source, len(l.editions))
	for i, e := range l.editions {
		s := npec.Source{ID: e.ID, Depuis: e.Depuis, Montants: make(map[string][]npec.Montant), Branches: make(map[string][]npec.CPNE)}
		amounts, err := l.tx.MontantsNPEC(ctx, e.ID, codes)
		if err != nil {
			return err
		}
		for _, m := range amounts {
			s.Montants[m.RNCP] = append(s.Montants[m.RNCP], m)
		}
		branches, err := l.tx.BranchesNPEC(ctx, e.ID)
		if err != nil {
			return err
		}
		for _, b := range branches {
			for _, idcc := range b.IDCC {
				s.Branches[idcc] = append(s.Branches[idcc], b)
			}
		}
		sources[i] = s
	}
	l.bareme = *npec.New(sources)
	return nil
}

// FinancementContrat is the funding of one contract.
type FinancementContrat struct {
	Au        passerelle.Date
	Code      string
	Plan      *financement.Plan // nil where something lacks
	Incomplet *arrete.Incomplet
	Presumee  bool          // its end is presumed
	OPCO      []MontantOPCO // what people took from the OPCO, the oldest first
}

// FinancementDe returns the funding of one contract at a date; of d, Par is ignored.
func (h *Comptabilite) FinancementDe(ctx context.Context, d DemandeFinancement, code string) (f FinancementContrat, err error) {
	if d.Au == 0 {
		d.Au = h.today()
	}
	f.Au, f.Code = d.Au, code
	if !utf8.ValidString(code) || strings.ContainsRune(code, 0) {
		return f, refus.New(refus.CodeNoContrat, "Il n’y a pas de contrat « %s ».", strings.ToValidUTF8(code, "\uFFFD"))
	}
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		s, err := societe(ctx, tx, d.Acces)
		if err != nil {
			return err
		}
		lecture, err := beginFinancement(ctx, tx, s.OrganismeID, d.Passe, nil)
		if err != nil {
			return err
		}
		found := false
		err = lecture.one(ctx, code, func(k *arrete.Contrat) {
			found = true
			if f.Incomplet = lecture.baremes.Resoudre(k); f.Incomplet == nil {
				f.Plan, f.Presumee = financement.Etablir(k.Regles, lecture.options), k.Regles.FinPresumee
			}
		})
		if err == nil && !found {
			err = refus.New(refus.CodeNoContrat, "Il n’y a pas de contrat « %s » à financer : il n’existe pas, ou n’a couru aucun jour.", code)
		}
		if err == nil {
			f.OPCO, err = tx.MontantsOPCODe(ctx, s.OrganismeID, code)
		}
		return err
	})
	return f, err
}

// one passes a contract, unless it is not there or weighs nothing.
func (l *lectureFinancement) one(ctx context.Context, code string, pass func(*arrete.Contrat)) error {
	lecteur := arrete.NewLecteur(l.par)
	var found *arrete.Contrat
	read := func(doc []byte, v Vecu) error {
		dates, err := lecteur.Lire(doc)
		if err != nil {
			return err
		}
		if k := lecteur.Contrat(v.Vie(dates)); k.Code == code && !k.Muet {
			kept := *k
			found = &kept
		}
		return nil
	}
	var err error
	if l.vies.Synchronisation != 0 {
		err = eachVecu(ctx, l.tx, l.vies, read)
	} else {
		err = l.vecuNow(ctx, code, read)
	}
	if err != nil || found == nil {
		return err
	}
	if err := l.loadNPEC(ctx, []arrete.Contrat{*found}); err != nil {
		return err
	}
	pass(found)
	return nil
}

// vecuNow passes a contract as it is now.
func (l *lectureFinancement) vecuNow(ctx context.Context, code string, yield func(doc []byte, v Vecu) error) error {
	active := false
	err := l.tx.EachDocumentOf(ctx, l.organisme, []string{code}, func(doc []byte) error {
		active = true
		return yield(doc, Vecu{})
	})
	if err != nil || active || l.vies.SansArchives {
		return err
	}
	archived, err := l.tx.ViesOf(ctx, l.organisme, []string{code})
	if err != nil || len(archived) == 0 {
		return err
	}
	decisions, err := l.tx.DecisionsOf(ctx, l.organisme, []string{code})
	if err != nil {
		return err
	}
	life := archived[0]
	v := Vecu{depart: vie.Le(life.Depart), decision: standing(decisions)[aboutFin{code, life.Racine}]}
	return l.tx.DocumentParti(ctx, l.organisme, &life, func(doc []byte) error { return yield(doc, v) })
}
