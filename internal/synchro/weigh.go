package synchro

// maxRounds is how often the contracts that are open are gone through together,
// before they are decided one by one.
const maxRounds = 32

// weigh decides every contract, as if the contract without did not exist; "" for
// none. It may be called again.
func (f *fair) weigh(without string) {
	f.deaths, f.queue, f.work = f.deaths[:0], f.queue[:0], 0
	for c := range f.contrats {
		f.contrats[c].fate = open
		if without != "" && f.contrats[c].code == without {
			f.contrats[c].fate = absent
		}
	}
	f.begin(&f.stand)
	for c := range f.contrats {
		if f.contrats[c].yields {
			f.refuse(int32(c))
		}
	}
	for _, a := range f.anchors {
		if without == "" || a.contrat != without || a.also != "" {
			f.rule(&f.stand, a.dit, f.refuse)
		}
	}
	f.settle()
	for range maxRounds {
		first := f.firstOpen(0)
		if first < 0 {
			return
		}
		if !f.takeTogether() {
			f.decide(first)
		}
	}
	// The contracts of a push that was made to be slow: what is tried has a limit.
	limit := f.work + 200*len(f.contrats) + 1_000_000
	for c := f.firstOpen(0); c >= 0; c = f.firstOpen(c) {
		if f.work > limit {
			f.refuse(c)
			f.settle()
			continue
		}
		f.decide(c)
	}
}

func (f *fair) firstOpen(from int32) int32 {
	for c := int(from); c < len(f.contrats); c++ {
		if f.contrats[c].fate == open {
			return int32(c)
		}
	}
	return -1
}

// refuse refuses a contract that is open. settle must follow.
func (f *fair) refuse(c int32) {
	w := &f.contrats[c]
	if w.fate != open {
		return
	}
	w.fate = refused
	f.deaths = append(f.deaths, c)
	if w.active {
		f.queue = append(f.queue, c)
	}
}

// settle lets the kept versions of those refused stand, which refuses those that
// contradict them.
func (f *fair) settle() {
	for len(f.queue) > 0 {
		c := f.queue[0]
		f.queue = f.queue[1:]
		f.ruleParts(&f.stand, &f.contrats[c].old, f.refuse)
	}
}

// accept lets contracts stand that agree with each other, and with all that their
// standing needs among them.
func (f *fair) accept(contrats []int32) {
	for _, c := range contrats {
		f.contrats[c].fate = stands
	}
	for _, c := range contrats {
		f.ruleParts(&f.stand, &f.contrats[c].new, f.refuse)
	}
	f.settle()
}

// takeTogether takes the contracts that are open in the order of the push, the
// first of those that contradict each other. It accepts those among them that no
// kept version of those left out contradicts, and reports whether there is one.
func (f *fair) takeTogether() bool {
	f.begin(&f.tries)
	round := f.tries.round
	var taken, left []int32
	for c := range f.contrats {
		w := &f.contrats[c]
		if w.fate != open {
			continue
		}
		if f.fitsAll(&w.new) {
			f.sayAll(&w.new)
			w.taken = round
			taken = append(taken, int32(c))
		} else if w.active {
			left = append(left, int32(c))
		}
	}
	f.begin(&f.tries)
	for len(left) > 0 {
		c := left[0]
		left = left[1:]
		f.ruleParts(&f.tries, &f.contrats[c].old, func(c int32) {
			w := &f.contrats[c]
			if w.fate != open || w.taken != round || w.left == round {
				return
			}
			w.left = round
			if w.active {
				left = append(left, c)
			}
		})
	}
	kept := taken[:0]
	for _, c := range taken {
		if f.contrats[c].left != round {
			kept = append(kept, c)
		}
	}
	f.accept(kept)
	return len(kept) > 0
}

func (f *fair) fitsAll(parts *[4]int32) bool {
	for _, p := range parts {
		for _, d := range f.parts[p].dits {
			if !f.fits(&f.tries, d) {
				return false
			}
		}
	}
	return true
}

func (f *fair) sayAll(parts *[4]int32) {
	for _, p := range parts {
		for _, d := range f.parts[p].dits {
			f.say(&f.tries, d)
		}
	}
}

// decide accepts an open contract together with all that its standing needs, or
// refuses it.
func (f *fair) decide(c int32) {
	needed, ok := f.closure(c, &f.contrats[c].new)
	if ok {
		f.accept(needed)
		return
	}
	parts := f.contrats[c].new
	f.refuse(c)
	f.settle()
	// Others who say the same would be looked at in vain.
	for i := range parts {
		if len(f.parts[parts[i]].new) == 1 {
			continue
		}
		if _, ok := f.closure(none, &[4]int32{parts[i], parts[i], parts[i], parts[i]}); !ok {
			for _, other := range f.parts[parts[i]].new {
				f.refuse(other)
			}
			f.settle()
		}
	}
}

// closure returns the contracts that must stand if parts do, c among them, and
// whether they can: they agree with each other.
func (f *fair) closure(c int32, parts *[4]int32) (needed []int32, ok bool) {
	f.begin(&f.tries)
	m := &f.tries
	add := func(c int32) {
		if w := &f.contrats[c]; w.fate == open && w.taken != m.round {
			w.taken = m.round
			needed = append(needed, c)
		}
	}
	if c != none {
		add(c)
	} else if !f.need(parts, add) {
		return nil, false
	}
	for next := 0; next < len(needed); next++ {
		if !f.need(&f.contrats[needed[next]].new, add) {
			return nil, false
		}
	}
	return needed, true
}

// need lets parts stand in what is tried, where they agree with it, and passes
// each contract whose active version does not agree with them.
func (f *fair) need(parts *[4]int32, yield func(c int32)) bool {
	for _, p := range parts {
		for _, d := range f.parts[p].dits {
			if !f.fits(&f.tries, d) {
				return false
			}
			if !f.say(&f.tries, d) {
				continue
			}
			for _, other := range f.byCle[f.dits[d].cle] {
				f.work++
				if f.tries.out[other] == f.tries.round || f.agree(d, other) {
					continue
				}
				f.tries.out[other] = f.tries.round
				for _, p := range f.dits[other].parts {
					for _, c := range f.parts[p].old {
						yield(c)
					}
				}
			}
		}
	}
	return true
}
