package tra

// amount is what an entry says: euro and foreign currency, debit positive.
type amount struct {
	euro, devise       Montant
	hasEuro, hasDevise bool
	broken             bool // could not be read: a finding says so already
}

// entry applies the rules of entries. cols reaches column 222.
func (c *Checker) entry(rec *Record, cols []byte) {
	if rec.Block != nil {
		c.block(rec)
	}
	jal := cols[ecr.journal.start:ecr.journal.end]
	j := c.balance.journal([3]byte(jal))
	if j == nil || !j.declared(c) {
		c.refs.use(keyOf(toJournal, jal), rec, ecr.journal)
	}
	if j != nil && j.normalOnly && cols[ecr.typeEcriture.start] != 'N' {
		c.out.Add(ruleModeJournal, at(rec, ecr.typeEcriture), "« %s » : un journal en mode %s ne reçoit que des écritures normales (N).", clean(cols[ecr.typeEcriture.start:ecr.typeEcriture.end]), j.mode)
	}
	kind := cols[colTypeCpte]
	general := cols[ecr.general.start:ecr.general.end]
	auxi := cols[ecr.auxi.start:ecr.auxi.end]
	collective, known := true, false
	if !isBlank(general) {
		collective, known = c.refs.use(keyOf(toGeneral, general), rec, ecr.general)
	}
	switch kind {
	case 'A', 'H', 'O':
		c.sectionUse(rec, cols, auxi, kind)
	default:
		if !isBlank(auxi) {
			c.refs.use(keyOf(toAuxiliaire, auxi), rec, ecr.auxi)
		} else if kind == 'X' {
			c.out.Add(ruleTypeCpteX, at(rec, ecr.auxi), "TYPE_CPTE X demande le compte auxiliaire (colonnes %d à %d).", ecr.auxi.Pos, ecr.auxi.end)
		}
		if kind == 'X' && known && !collective {
			c.out.Add(ruleCollectif, at(rec, ecr.general), "« %s » n’est pas un compte collectif : TYPE_CPTE X demande une nature COC, COD, COF ou COS dans CGN.", clean(general))
		}
	}
	amt := c.amount(rec, cols)
	c.balance.date(rec, cols)
	switch kind {
	case 'A':
		c.analyt.split(c, rec, cols, amt)
	case 'O':
		c.analyt.close(c)
	default:
		c.analyt.open(c, rec, cols, amt)
		c.balance.add(rec, cols, j, amt)
	}
}

// block checks the continuation of an entry.
func (c *Checker) block(rec *Record) {
	cols := rec.columns
	if len(cols) < rec.Block.End {
		c.pad = append(append(c.pad[:0], cols...), rec.Block.blank[len(cols):]...)
		cols = c.pad
	}
	c.fields(rec, rec.Block, cols)
	for _, ref := range blockRefs {
		if v := cols[ref.field.start:ref.field.end]; !isBlank(v) {
			c.refs.use(keyOf(ref.to, v), rec, ref.field)
		}
	}
}

var blockRefs []fieldRef // ECR1 and ECR2 have them in the same place

func initBlockRefs() {
	for name, to := range map[string]target{"CONTREPARTIEGEN": toGeneral, "CONTREPARTIEAUX": toAuxiliaire} {
		blockRefs = append(blockRefs, fieldRef{field: lEcr1.Field(name), to: to})
	}
}

func (c *Checker) sectionUse(rec *Record, cols, section []byte, kind byte) {
	axe := cols[ecr.axe.start:ecr.axe.end]
	if isBlank(section) {
		c.out.Add(ruleSectionVide, at(rec, ecr.auxi), "TYPE_CPTE %c demande une section (colonnes %d à %d).", kind, ecr.auxi.Pos, ecr.auxi.end)
	}
	if isBlank(axe) {
		c.out.Add(ruleSectionVide, at(rec, ecr.axe), "TYPE_CPTE %c demande un AXE (A1 à A5).", kind)
	}
	if isBlank(section) || isBlank(axe) {
		return
	}
	k := keyOf(toSection, section)
	k.axe = [2]byte(axe)
	c.refs.use(k, rec, ecr.auxi)
}

// amount reads MONTANT1 to 3 as CODEMONTANT says (page 41).
func (c *Checker) amount(rec *Record, cols []byte) (a amount) {
	code := cols[ecr.code.start:ecr.code.end]
	if !validCode(code) {
		if !isBlank(code) {
			c.out.Add(ruleCodeMontant, at(rec, ecr.code), "« %s » : trois caractères attendus, E (euro), D (devise) ou - (inutilisé), chacun une fois et le premier non -, par exemple E-- ou DE-.", clean(code))
		}
		a.broken = true
	}
	for i, f := range ecr.montant {
		v := cols[f.start:f.end]
		m, blank := c.montant(rec, f, v, &a)
		if a.broken {
			continue
		}
		switch code[i] {
		case '-':
			if m != 0 {
				c.out.Add(ruleMontantEnTro, at(rec, f), "%s est rempli alors que CODEMONTANT (%s) le déclare inutilisé.", f.Name, code)
			}
			continue
		case 'E':
			a.euro, a.hasEuro = m, true
		case 'D':
			a.devise, a.hasDevise = m, true
		}
		if blank && i > 0 { // MONTANT1 is mandatory anyway
			a.broken = true
			c.out.Add(ruleCodeMontant, at(rec, f), "%s est vide alors que CODEMONTANT (%s) l’annonce.", f.Name, code)
		}
	}
	switch cols[ecr.sens.start] {
	case 'D':
	case 'C':
		a.euro, a.devise = -a.euro, -a.devise
	default:
		a.broken = true
	}
	if a.hasDevise {
		c.foreign(rec, cols, a)
	}
	return a
}

func (c *Checker) montant(rec *Record, f *Field, v []byte, a *amount) (m Montant, blank bool) {
	last := v[len(v)-1]
	if last == ' ' && isBlank(v) {
		if f.Required {
			a.broken = true
			c.absent(rec, f)
		}
		return 0, true
	}
	m, fault := parseMontant(v)
	if fault != numberOK {
		a.broken = true
		message := f.kindFault(v)
		if fault == numberTooLarge {
			message = "montant trop grand ou de plus de quatre décimales"
		}
		c.out.Add(ruleNombre, at(rec, f), "« %s » : %s.", clean(v), message)
	} else if last == ' ' {
		c.out.Add(ruleAlignement, at(rec, f), "Le montant doit être cadré à droite.")
	}
	return m, false
}

func validCode(code []byte) bool {
	if code[0] == '-' {
		return false
	}
	for i, b := range code {
		if b != 'E' && b != 'D' && b != '-' {
			return false
		}
		if i > 0 && b == code[0] || i == 2 && b != '-' && b == code[1] {
			return false
		}
	}
	return true
}

// foreign checks an entry in foreign currency: it names the currency and one way to
// know its worth.
func (c *Checker) foreign(rec *Record, cols []byte, a amount) {
	devise := cols[ecr.devise.start:ecr.devise.end]
	if isBlank(devise) {
		c.out.Add(ruleDevise, at(rec, ecr.devise), "Un montant en devise (CODEMONTANT D) demande le code de la DEVISE.")
		return
	}
	rate, fault := parseMontant(cols[ecr.taux.start:ecr.taux.end])
	if a.hasEuro || fault != numberOK || rate != 0 || c.devises[[3]byte(devise)] {
		return
	}
	c.out.Add(ruleDevise, at(rec, ecr.taux), "Devise « %s » sans valeur en euros : remplissez TAUXDEV, déclarez le cours dans DEV ou donnez un montant en euros.", clean(devise))
}
