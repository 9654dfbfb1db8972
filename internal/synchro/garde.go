package synchro

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Effectifs are the numbers of active contracts that the guard looks at.
type Effectifs struct {
	Actifs int // before the push
	Plus   int // the most there were of late, at least Actifs
}

// GardeArchives returns why the guard holds a push that archives (design 9, guard 1
// and 2).
func GardeArchives(g *domaine.Garde, n Effectifs, archives int) []domaine.MotifGarde {
	if archives == 0 || g.Archivage >= 100 {
		return nil
	}
	// What is gone of those that there were of late, this push included.
	gone := max(archives, n.Plus-(n.Actifs-archives))
	sur := max(n.Plus, n.Actifs)
	say := func(regle domaine.RegleGarde, seuil int, more string) domaine.MotifGarde {
		m := domaine.MotifGarde{Regle: regle, Contrats: archives, Sur: n.Actifs, Seuil: seuil}
		m.Message = fmt.Sprintf("L’envoi archiverait %d des %d contrats actifs, %s seuil de %d %%", archives, n.Actifs, more, seuil)
		if gone > archives {
			m.Contrats, m.Sur = gone, sur
			m.Message = fmt.Sprintf("L’envoi archiverait %d des %d contrats actifs ; avec ce qui est parti depuis sept jours, il en manquerait %d sur %d, %s seuil de %d %%",
				archives, n.Actifs, gone, sur, more, seuil)
		}
		m.Message += " : l’export est peut-être tronqué."
		return m
	}
	var motifs []domaine.MotifGarde
	if gone > g.ArchivageMinimum && gone*100 > g.Archivage*sur {
		motifs = append(motifs, say(domaine.GardeArchivage, g.Archivage, "plus que le"))
	}
	if seuil := max(g.Moitie, g.Archivage); len(motifs) == 0 && seuil < 100 && gone >= g.MoitieMinimum && gone*100 > seuil*sur {
		motifs = append(motifs, say(domaine.GardeMoitie, seuil, "plus que le"))
	}
	return motifs
}

// canonical returns what is left of a code without leading zeros, case and blanks.
func canonical(code string) string {
	code = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, code)
	if trimmed := strings.TrimLeft(code, "0"); trimmed != "" {
		return trimmed
	}
	return code
}

// GardeLooksAtCodes reports whether so many new and archived contracts may be held
// for their codes: which ones they are matters only then.
func GardeLooksAtCodes(g *domaine.Garde, ajoutes, archives int) bool {
	return g.Codes <= 100 && archives >= g.CodesMinimum && ajoutes >= g.CodesMinimum && ajoutes*100 >= g.Codes*archives
}

// GardeCodes returns why the guard holds a push whose new codes are those that it
// archives, written otherwise (design 9, guard 3), nil where it does not.
func GardeCodes(g *domaine.Garde, ajoutes, archives []string) *domaine.MotifGarde {
	if !GardeLooksAtCodes(g, len(ajoutes), len(archives)) {
		return nil
	}
	gone := make(map[string]string, len(archives))
	for _, code := range archives {
		gone[canonical(code)] = code
	}
	n, from, to := 0, "", ""
	for _, code := range ajoutes {
		key := canonical(code)
		if old, ok := gone[key]; ok {
			delete(gone, key)
			if n++; n == 1 {
				from, to = old, code
			}
		}
	}
	if n < g.CodesMinimum || n*100 < g.Codes*len(archives) {
		return nil
	}
	return &domaine.MotifGarde{
		Regle: domaine.GardeCodes, Champ: "codeContrat", Contrats: n, Sur: len(archives), Seuil: g.Codes,
		Message: fmt.Sprintf("%d des %d contrats archivés reviendraient sous un autre code, qui ne diffère que par des zéros en tête, la casse ou des espaces (« %s » devient « %s ») : l’export a sans doute réécrit les codes.",
			n, len(archives), shortened(from), shortened(to)),
	}
}

// GardeNeed returns from how many contracts on the guard looks at what happens to
// their fields, 0 where it does not.
func GardeNeed(g *domaine.Garde, actifs int) int {
	if g.Valeurs > 100 {
		return 0
	}
	return max(g.ValeursMinimum, (actifs*g.Valeurs+99)/100)
}

// GardeValeurs returns why the guard holds a push for what it does to the fields of
// many contracts, and the warnings where it only changes them (design 9, guard 4).
func GardeValeurs(g *domaine.Garde, actifs int, found []MasseChamp) (motifs []domaine.MotifGarde, warnings []passerelle.Violation) {
	need := GardeNeed(g, actifs)
	for _, c := range found {
		motif := domaine.MotifGarde{Regle: domaine.GardeValeurs, Champ: c.Champ.Nom, Sur: actifs, Seuil: g.Valeurs}
		switch {
		case c.Lost >= need:
			motif.Contrats = c.Lost
			motif.Message = fmt.Sprintf("%d des %d contrats actifs perdraient la valeur du champ « %s » (%s) : une colonne manque peut-être à l’export.", c.Lost, actifs, c.Champ.Nom, c.Champ.Libelle)
			motifs = append(motifs, motif)
		case c.Same >= need:
			motif.Contrats = c.Same
			motif.Message = fmt.Sprintf("%d des %d contrats actifs recevraient tous la même valeur dans le champ « %s » (%s), alors qu’ils en avaient plusieurs : une colonne a sans doute été recopiée.", c.Same, actifs, c.Champ.Nom, c.Champ.Libelle)
			motifs = append(motifs, motif)
		default:
			warnings = append(warnings, passerelle.Violation{
				Field: c.Champ.Nom, Code: passerelle.CodeMasse,
				Message: fmt.Sprintf("Le champ « %s » (%s) change dans %d des %d contrats actifs : vérifiez que c’est voulu.", c.Champ.Nom, c.Champ.Libelle, c.Changed, actifs),
			})
		}
	}
	return motifs, warnings
}

// shortened keeps a code short enough to be read in a sentence.
func shortened(code string) string { return domaine.Abrege(code, 40) }
