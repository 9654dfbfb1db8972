package tra

import "strings"

// rankPS5 and rankJAL are set from the layouts: records up to PS5 stand once,
// those up to JAL are parameters, which precede the entries.
var rankPS5, rankJAL int

// Records that a complete dossier must hold (pages 1 and 2). Absent ones of the
// first list are errors, of the second one warning: the source says that every
// mandatory line must be there, "with content or not", and a file of exercices
// has none of them.
var (
	mandatoryDossier = []string{"HEADER", "PS1", "PS2", "PS3", "PS5", "EXO"}
	mandatoryAlso    = []string{"SSA", "ETB", "MDP", "MDR", "DEV", "REG", "TVA", "SAT", "SOU", "CGN", "CAE", "JAL", "ECR", "NSA", "SPA"}
	// emptyAllowed may stand without content.
	emptyAllowed = map[string]bool{"PS1": true, "PS3": true}
)

func initOrder() {
	rankPS5, rankJAL = layoutOf["PS5"].rank, lJal.rank
	for _, id := range mandatoryAlso {
		emptyAllowed[id] = true
	}
}

// order checks the place of a record: the order of the source's table of contents,
// parameters before entries. NSA, SPA, VAE and VAD stand after the entries in that
// table although entries refer to them: they may also precede them.
func (c *Checker) order(rec *Record, l *Layout) {
	switch l {
	case lHeader:
		return
	case lEcr, lGed, lEcrvt:
		c.entries = true
		if c.lastRank > lEcrvt.rank && !anywhere(c.lastRank) {
			c.orderFinding(ruleOrdreFin, rec, l)
		}
		c.lastRank = max(c.lastRank, lEcr.rank)
		return
	}
	switch {
	case l.rank <= rankJAL && c.entries:
		c.out.Once(ruleOrdre, l.ID, atLine(rec), "%s est un paramètre : il doit précéder les écritures (signalé une fois par enregistrement).", l.ID)
	case l.rank < c.lastRank && l.rank <= rankJAL:
		c.orderFinding(ruleOrdre, rec, l)
	case l.rank < c.lastRank && !anywhere(l.rank):
		c.orderFinding(ruleOrdreFin, rec, l)
	}
	if !anywhere(l.rank) {
		c.lastRank = max(c.lastRank, l.rank)
	}
}

func (c *Checker) orderFinding(rule *Rule, rec *Record, l *Layout) {
	after := layouts[c.lastRank]
	c.out.Once(rule, l.ID, atLine(rec), "%s doit précéder %s, déjà rencontré (signalé une fois par enregistrement).", l.ID, after.ID)
}

func anywhere(rank int) bool {
	switch layouts[rank].ID {
	case "NSA", "SPA", "VAE", "VAD":
		return true
	}
	return false
}

// mandatory reports the records that the kind of file demands and does not have.
// With the new analytic handling NSA stands for SAT.
func (c *Checker) mandatory() {
	missing := func(rule *Rule, id, why string) {
		if c.counts[layoutOf[id].rank] == 0 {
			c.out.Add(rule, Finding{Record: id}, "Aucun enregistrement %s : %s.", id, why)
		}
	}
	switch c.kind {
	case "DOS":
		for _, id := range mandatoryDossier[1:] {
			missing(ruleManquant, id, "il est obligatoire dans un dossier complet (DOS)")
		}
		c.absentRecords()
	case "JRL":
		missing(ruleAbsent, "JAL", "un fichier de journaux (JRL) déclare ses journaux ; ils doivent exister dans le dossier de destination")
	case "EXO":
		missing(ruleManquant, "EXO", "un fichier d’exercices (EXO) en contient au moins un")
	}
}

// absentRecords names the records of a dossier with entries that only the letter of
// the source asks for, in one finding. A dossier without entries is a file of
// exercices: nothing needs them.
func (c *Checker) absentRecords() {
	if c.counts[lEcr.rank] == 0 {
		return
	}
	var list []string
	for _, id := range mandatoryAlso {
		if c.counts[layoutOf[id].rank] == 0 && (id != "SAT" || !c.newAnaly) {
			list = append(list, id)
		}
	}
	if len(list) > 0 {
		c.out.Add(ruleAbsent, Finding{Record: list[0]}, "Aucun enregistrement %s : la description du format les demande dans un dossier complet (DOS), même sans contenu. Rien ici n’en dépend.", strings.Join(list, ", "))
	}
}
