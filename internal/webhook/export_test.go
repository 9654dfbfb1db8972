package webhook

import "time"

// SetLimits sets how long a webhook is served at a time, and how long beyond that it is
// held where the database does not answer.
func (l *Livreur) SetLimits(turn, back time.Duration) { l.turn, l.returnLimit = turn, back }
