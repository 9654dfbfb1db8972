package hub

// settleFrom is how many contracts or profils must change before the database
// is settled, beside a tenth of those that there are: with fewer its plans are
// as good as before.
const settleFrom = 1000

// settle has the database settle after changed of total contracts or profils
// were written. Whoever wrote them does not wait for it. One runs at a time;
// what is written meanwhile makes for one more.
func (h *core) settle(changed, total int) {
	if changed < settleFrom || changed < total/10 || h.settles.Add(1) > 1 {
		return
	}
	h.pending.Go(func() {
		for {
			asked := h.settles.Load()
			if err := h.db.Settle(h.stop); err != nil && h.stop.Err() == nil {
				h.log.Warn("the database was not settled, which it will do by itself", "error", err)
			}
			if h.settles.CompareAndSwap(asked, 0) {
				return
			}
		}
	})
}
