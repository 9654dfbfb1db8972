package hub_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// The model of the hub that the model test holds it against: written from
// design 4 alone, with lists and nested loops, and sharing no code with what it
// checks.

// envoi is one contract of a push. A contract that is cassé breaks a rule by
// itself, as its maker knows.
type envoi struct {
	passerelle.Contrat
	casse string
	op    string // added or updated, in a delta
}

// contrats are the active contracts by their codes.
type contrats map[string]passerelle.Contrat

type retenu struct {
	id      int64
	origine domaine.Origine
	envois  []envoi
	retires []string
}

type naif struct {
	actifs  contrats
	passe   map[int64]contrats // what was active once a synchronisation had been applied
	clos    map[string]bool    // contracts of which a version has ended
	journal []domaine.Synchronisation
	modeles []domaine.Modele
	retenu  *retenu
	seuil   int
	voulu   map[int64]bool // synchronisations that the guard would have held, had nobody confirmed
}

func newNaif() *naif {
	return &naif{actifs: contrats{}, passe: map[int64]contrats{0: {}}, clos: map[string]bool{}, seuil: 30, voulu: map[int64]bool{}}
}

type couple struct{ code, nom string }

func couples(c *passerelle.Contrat) []couple {
	return []couple{{c.CodePeriode, c.NomPeriode}, {c.CodeFormation, c.NomFormation}, {c.CodeSite, c.NomSite}, {c.CodeAnnee, c.NomAnnee}, {c.CodeMarque, c.NomMarque}}
}

type quelquun struct{ code, email, nom, prenom string }

func gens(c *passerelle.Contrat) []quelquun {
	return []quelquun{
		{c.CodeApprenant, strings.ToLower(c.EmailApprenant), c.NomApprenant, c.PrenomApprenant},
		{c.CodePersonnel, strings.ToLower(c.EmailPersonnel), c.NomPersonnel, c.PrenomPersonnel},
		{c.CodeMaitreApprentissage, strings.ToLower(c.EmailMaitreApprentissage), c.NomMaitreApprentissage, c.PrenomMaitreApprentissage},
	}
}

// contredit reports whether two contracts cannot stand together.
func contredit(a, b *passerelle.Contrat) bool {
	for part := range 4 {
		if contreditPar(a, part, b) {
			return true
		}
	}
	return false
}

// contreditPar reports whether what one part of a says contradicts b: its
// nomenclature (0), or one of its people.
func contreditPar(a *passerelle.Contrat, part int, b *passerelle.Contrat) bool {
	if part > 0 {
		i := part - 1
		x := gens(a)[i]
		for j, y := range gens(b) {
			if x.code == y.code && (i != j || x.email != y.email) || x.email == y.email && x.code != y.code {
				return true
			}
		}
		return false
	}
	bs := couples(b)
	for i, x := range couples(a) {
		y := bs[i]
		if x.code == "" || x.nom == "" || y.code == "" || y.nom == "" {
			continue
		}
		if (x.code == y.code) != (x.nom == y.nom) {
			return true
		}
	}
	return a.CodeGroupe == b.CodeGroupe && a.NomGroupe != b.NomGroupe
}

// memePart reports whether two contracts say the same with one part.
func memePart(a, b *passerelle.Contrat, part int) bool {
	if part > 0 {
		return gens(a)[part-1] == gens(b)[part-1]
	}
	return slices.Equal(couples(a), couples(b)) && a.CodeGroupe == b.CodeGroupe && a.NomGroupe == b.NomGroupe &&
		a.MonthStartGroup == b.MonthStartGroup && a.RNCP == b.RNCP
}

// incoherent reports whether a contract contradicts itself.
func incoherent(c *passerelle.Contrat) bool {
	g := gens(c)
	for i := range g {
		for j := range i {
			if g[i].code == g[j].code || g[i].email == g[j].email {
				return true
			}
		}
	}
	return false
}

// resultat is what a push would do.
type resultat struct {
	refuses           map[int]bool
	croises           map[int]bool // among refuses: because of another contract
	apres             contrats
	ajoutes, modifies []string
	archives          []string
	identiques        int
	inconnus          []string
}

// resoudre works out a push contract by contract. entier is a full push, v1 one
// that is refused whole.
func (n *naif) resoudre(envois []envoi, retires []string, entier, v1 bool) resultat {
	r := resultat{refuses: map[int]bool{}, croises: map[int]bool{}, apres: contrats{}}
	premier := map[string]int{}
	for i := range envois {
		code := envois[i].CodeContrat
		_, deja := premier[code]
		if envois[i].casse != "" || incoherent(&envois[i].Contrat) || code != "" && deja {
			r.refuses[i] = true
		}
		if code != "" && !deja {
			premier[code] = i
		}
	}
	garde := contrats{}
	garder := func(i int) bool {
		code := envois[i].CodeContrat
		ancien, actif := n.actifs[code]
		_, deja := garde[code]
		if code == "" || !actif || deja || v1 || !r.refuses[premier[code]] {
			return false
		}
		garde[code] = ancien
		return true
	}
	for i := range envois {
		if r.refuses[i] {
			garder(i)
		}
	}
	var debout []passerelle.Contrat // what stands before the push
	if entier {
		debout = slices.Collect(maps.Values(garde))
	} else {
		for code, c := range n.actifs {
			_, envoye := premier[code]
			_, tient := garde[code]
			if tient || !envoye && !slices.Contains(retires, code) {
				debout = append(debout, c)
			}
		}
	}
	if v1 {
		for i := range envois {
			if r.refuses[i] {
				continue
			}
			c := envois[i].Contrat
			if slices.ContainsFunc(debout, func(d passerelle.Contrat) bool { return contredit(&c, &d) }) {
				r.refuses[i], r.croises[i] = true, true
				continue
			}
			debout = append(debout, c)
		}
	} else {
		p := &pesee{n: n, envois: envois, r: &r, debout: debout, garde: garde, garder: garder}
		p.peser()
	}
	if !entier {
		maps.Copy(r.apres, n.actifs)
		for _, code := range retires {
			if _, envoye := premier[code]; envoye {
				continue
			}
			if _, actif := n.actifs[code]; !actif && !slices.Contains(r.inconnus, code) {
				r.inconnus = append(r.inconnus, code)
			}
			delete(r.apres, code)
		}
	}
	maps.Copy(r.apres, garde)
	for i := range envois {
		if r.refuses[i] {
			continue
		}
		c := envois[i].Contrat
		ancien, actif := n.actifs[c.CodeContrat]
		switch {
		case !actif:
			r.ajoutes = append(r.ajoutes, c.CodeContrat)
		case ancien != c:
			r.modifies = append(r.modifies, c.CodeContrat)
		default:
			r.identiques++
		}
		r.apres[c.CodeContrat] = c
	}
	for code := range n.actifs {
		if _, reste := r.apres[code]; !reste {
			r.archives = append(r.archives, code)
		}
	}
	return r
}

// retient returns the rules of the guard that hold a push.
func (n *naif) retient(r *resultat) (regles []domaine.RegleGarde) {
	actifs, part := len(n.actifs), func(x, of int) float64 { return 100 * float64(x) / float64(of) }
	if n.seuil < 100 && len(r.archives) > 0 {
		plus := actifs
		for i := len(n.journal) - 1; i >= 0; i-- {
			s := n.journal[i]
			if s.Etat != domaine.EtatAppliquee {
				continue
			}
			plus = max(plus, s.Total)
			if n.voulu[s.ID] || s.Origine == domaine.OrigineConfirmation || s.Origine == domaine.OrigineAnnulation || s.Origine == domaine.OrigineRemiseAZero {
				break
			}
		}
		partis := max(len(r.archives), plus-actifs+len(r.archives))
		switch {
		case partis > 20 && part(partis, plus) > float64(n.seuil):
			regles = append(regles, domaine.GardeArchivage)
		case partis >= 5 && part(partis, plus) > max(50, float64(n.seuil)):
			regles = append(regles, domaine.GardeMoitie)
		}
	}
	// No two codes of the pools differ by zeros, case or blanks.
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		perdus, recus, anciens := 0, map[string]int{}, map[string]map[string]bool{}
		for _, code := range r.modifies {
			avant, apres := n.actifs[code], r.apres[code]
			old, new := *champ.At(&avant), *champ.At(&apres)
			switch {
			case old == new:
			case new == "":
				perdus++
			case old != "":
				recus[new]++
				if anciens[new] == nil {
					anciens[new] = map[string]bool{}
				}
				anciens[new][old] = true
			}
		}
		personnes := strings.Contains(champ.Nom, "Apprenant") || strings.Contains(champ.Nom, "Personnel") || strings.Contains(champ.Nom, "MaitreApprentissage")
		tous := false
		for valeur, combien := range recus {
			seul := personnes || strings.HasPrefix(champ.Nom, "date") || champ.Nom == "nomEntreprise" || champ.Nom == "siretEntreprise"
			tous = tous || seul && combien >= 5 && part(combien, actifs) >= 50 && len(anciens[valeur]) > 1
		}
		if perdus >= 5 && part(perdus, actifs) >= 50 || tous {
			regles = append(regles, domaine.GardeValeurs)
		}
	}
	return regles
}

// place is where a contract belongs.
type place struct {
	motif   domaine.Motif
	modele  int64
	ambigus []int64
}

func (n *naif) place(c *passerelle.Contrat) place {
	valeurs := map[string]string{
		"codeFormation": c.CodeFormation, "codeAnnee": c.CodeAnnee, "codeSite": c.CodeSite, "codePeriode": c.CodePeriode,
		"codeMarque": c.CodeMarque, "monthStartGroup": c.MonthStartGroup, "rncp": c.RNCP,
	}
	parNombre := map[int][]int64{}
	most := 0
	for _, m := range n.modeles {
		all := m.Actif
		for champ, accepte := range m.Criteres {
			all = all && valeurs[champ] != "" && slices.Contains(accepte, valeurs[champ])
		}
		if all {
			parNombre[len(m.Criteres)] = append(parNombre[len(m.Criteres)], m.ID)
			most = max(most, len(m.Criteres))
		}
	}
	switch ids := parNombre[most]; {
	case len(ids) == 0:
		return place{motif: domaine.MotifAucunModele}
	case len(ids) == 1:
		return place{modele: ids[0]}
	default:
		return place{motif: domaine.MotifModelesAmbigus, ambigus: slices.Sorted(slices.Values(ids))}
	}
}

func (n *naif) integres(of contrats) int {
	total := 0
	for _, c := range of {
		if n.place(&c).motif == "" {
			total++
		}
	}
	return total
}
