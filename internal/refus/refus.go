// Package refus is how everything here refuses: a Refusal has a Code of the one
// table in codes.go, a French sentence, and typed details. It names no header, no
// parameter, no flag and no button: each way in has one table that gives a code its
// status and its remedy, in the words of who comes that way.
package refus

import (
	"errors"
	"fmt"
)

// Kind says what sort of refusal it is. Each way in has a status for each.
type Kind int

// The kinds of refusals, and what may befall the machine.
const (
	Invalid         Kind = iota + 1 // what was asked for does not hold together
	NotFound                        // there is no such thing
	Conflict                        // it cannot be done now
	Outdated                        // it is no longer what whoever asks has seen
	Forbidden                       // it may not be done
	Unauthenticated                 // nobody knows who asks
	Unreadable                      // the request itself is not what it should be
	Method                          // it is not asked for in this way
	Unsupported                     // it comes in a form that is not read
	TooSlow                         // it did not arrive in time
	TooLarge                        // it is more than one request may bring
	TooMany                         // there were too many of them
	Left                            // who asked has left
	Busy                            // others are served first: it may be asked again soon
	Full                            // no room left on a disk
	Unavailable                     // the database does not answer; nothing was recorded
	Uncertain                       // the database left in the middle of a commit
	Damaged                         // the database is not what was written to it
	Internal                        // nobody foresaw it

	lastKind = Internal
)

// Kinds returns every kind.
func Kinds() []Kind {
	var list []Kind
	for k := Invalid; k <= lastKind; k++ {
		list = append(list, k)
	}
	return list
}

// Machine reports whether it is the machine's doing, and not that of who asks.
func (k Kind) Machine() bool { return k >= Full && k <= Internal }

// Code names one reason to refuse. It is stable: clients branch on its text.
type Code struct {
	kind Kind
	text string
}

// Kind returns what sort of refusal it is.
func (c Code) Kind() Kind { return c.kind }

// String returns the text, short and English.
func (c Code) String() string { return c.text }

// Refusal is a request that was not carried out. Nothing was recorded.
type Refusal struct {
	Code    Code
	Reason  string // French, a sentence: what is wrong and what to do
	Details any    // what is wrong in detail, of a type that goes with the code; nil
	Cause   error  // what led to it, nil where nothing did
}

// New refuses with a code and a French sentence.
func New(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Reason: fmt.Sprintf(format, args...)}
}

// With returns r with details.
func (r *Refusal) With(details any) *Refusal {
	with := *r
	with.Details = details
	return &with
}

// From returns r with what led to it.
func (r *Refusal) From(cause error) *Refusal {
	from := *r
	from.Cause = cause
	return &from
}

// Kind returns what sort of refusal it is.
func (r *Refusal) Kind() Kind { return r.Code.kind }

// Error returns the code with its reason, and what led to it.
func (r *Refusal) Error() string {
	if r.Cause != nil {
		return r.Code.text + ": " + r.Reason + " (" + r.Cause.Error() + ")"
	}
	return r.Code.text + ": " + r.Reason
}

// Unwrap returns what led to it.
func (r *Refusal) Unwrap() error { return r.Cause }

// Refusal returns r itself.
func (r *Refusal) Refusal() *Refusal { return r }

// Refuser is an error that knows which refusal it is: an error with a type of its
// own, for those who look into it.
type Refuser interface {
	error
	Refusal() *Refusal
}

// Of returns the refusal that an error is, nil where it is none.
func Of(err error) *Refusal {
	if refuser, ok := errors.AsType[Refuser](err); ok {
		return refuser.Refusal()
	}
	return nil
}

// Is reports whether an error is a refusal with a code.
func Is(err error, code Code) bool {
	r := Of(err)
	return r != nil && r.Code == code
}
