// Package conversion turns files of accounting one into another: TRA, FEC and MAD.
// Each format is read into one neutral model of journals, accounts, third parties,
// exercices, sections and entry lines, and each is written from it. What the source
// says and the model, or the target, cannot hold is counted, with its first place.
// Pure but for the temporary file of a sort.
//
// The source is read twice, TRA three times: to check it and to learn what the target
// needs before its first line (accounts, journals, the form of the file), then to
// convert it. So memory grows with the accounts of a file and not with its entries.
package conversion

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
	"github.com/passerelle-hub/passerelle/tra"
)

// Format is a format of accounting files.
type Format string

// The formats.
const (
	TRA Format = "tra"
	FEC Format = "fec"
	MAD Format = "mad"
)

// ParseFormat reads the name of a format.
func ParseFormat(s string) (Format, bool) {
	switch f := Format(s); f {
	case TRA, FEC, MAD:
		return f, true
	}
	return "", false
}

// Options of a conversion.
type Options struct {
	De, Vers Format
	Nom      string      // of the source file; the name of a FEC says its SIREN and closing date
	Exercice fec.Periode // of a FEC, where its name does not say it
	Force    bool        // converts a file with errors as well as it can
	Strict   bool        // refuses a loss, before anything is written
	Heure    time.Time   // written into the header of a TRA file, in its own zone
	Limite   int         // findings listed; 0 means compta.DefaultLimit
}

// Rapport is what a conversion did.
type Rapport struct {
	De             Format           `json:"de"`
	Vers           Format           `json:"vers"`
	Lignes         int              `json:"lignes"`    // entry lines read
	Ecritures      int              `json:"ecritures"` // entries read
	Pertes         []Perte          `json:"pertes"`
	Avertissements []compta.Finding `json:"avertissements"` // of the file that was written
}

// Perte is one kind of thing that the target cannot hold.
type Perte struct {
	Ce       string `json:"ce"`       // what: analytique, echeance, libelle …
	Lignes   int    `json:"lignes"`   // how many lines of the source say it
	Premiere int    `json:"premiere"` // the first of them; of MAD, the rank of the movement
}

// Refus says that a source has errors, or that a strict conversion would lose
// something.
type Refus struct {
	Controle *compta.Report // errors of the source
	Pertes   []Perte        // or what would be lost
}

// Error says which of the two it is.
func (r *Refus) Error() string {
	if r.Controle != nil {
		return fmt.Sprintf("the source has %d errors", r.Controle.Errors)
	}
	return fmt.Sprintf("%d kinds of things would be lost", len(r.Pertes))
}

// errSame refuses a conversion into itself.
var errSame = errors.New("conversion: source and target have the same format")

// Convert converts a whole file. The error is a *Refus, a *compta.FormatError where
// the source is no file of its format, or that of a reader or writer; nothing is
// written before one of the first two.
func Convert(src io.ReadSeeker, dst io.Writer, o Options) (*Rapport, error) {
	if o.De == o.Vers {
		return nil, errSame
	}
	x, err := examine(src, o)
	if err != nil {
		return nil, err
	}
	if x.report.Errors > 0 && !o.Force {
		return nil, &Refus{Controle: x.report}
	}
	if o.Strict {
		r, err := convert(src, io.Discard, o, x)
		if err != nil {
			return nil, err
		}
		if len(r.Pertes) > 0 {
			return nil, &Refus{Pertes: r.Pertes}
		}
		if x, err = examine(src, o); err != nil { // a target may add to what it was given
			return nil, err
		}
	}
	return convert(src, dst, o, x)
}

// examined is what the first reading of a source tells.
type examined struct {
	report *compta.Report
	p      *parametres
	need   *besoin
}

// examine checks the source and learns what the target has to know first.
func examine(src io.ReadSeeker, o Options) (*examined, error) {
	x := &examined{p: newParametres(), need: &besoin{}}
	see := func(l *Ligne) error { x.need.see(x.p, l); return nil }
	deaf := &losses{deaf: true} // what is lost is counted in the second reading
	switch o.De {
	case FEC:
		in := &fromFEC{src: src, o: o, losses: deaf, control: &fec.Options{Limit: o.Limite, Exercice: o.exercice()}}
		if err := errors.Join(rewind(src), in.each(x.p, see)); err != nil {
			return nil, err
		}
		x.report = &in.report.Report
		return x, nil
	case MAD:
		in := &fromMAD{src: src, losses: deaf, check: newMADChecker(o)}
		if err := errors.Join(rewind(src), in.each(x.p, see)); err != nil {
			return nil, err
		}
		x.report = in.report
		return x, nil
	}
	var err error
	if x.report, err = Controle(src, o); err != nil || x.report.Errors > 0 && !o.Force {
		return x, err
	}
	if err := rewind(src); err != nil {
		return nil, err
	}
	return x, open(src, o, deaf).each(x.p, see)
}

// exercice is that of a FEC: what is given, else what its name says.
func (o *Options) exercice() fec.Periode {
	if n, ok := fec.ParseName(o.Nom); ok && o.Exercice.IsZero() {
		return n.Periode()
	}
	return o.Exercice
}

// Controle checks the source by the rules of its format.
func Controle(src io.ReadSeeker, o Options) (*compta.Report, error) {
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	switch o.De {
	case TRA:
		r, err := tra.Check(src, tra.Options{Limit: o.Limite})
		if err != nil {
			return nil, err
		}
		return &r.Report, nil
	case FEC:
		r, err := fec.Check(src, fec.Options{Limit: o.Limite, Exercice: o.exercice()})
		if err != nil {
			return nil, err
		}
		return &r.Report, nil
	}
	return CheckMAD(src, o)
}

// source reads a file into the model.
type source interface {
	// each gives every line to f, in the order of the file. p gets what the file says
	// besides its lines; a second reading of the same file adds nothing to it.
	each(p *parametres, f func(*Ligne) error) error
}

func open(src io.ReadSeeker, o Options, l *losses) source {
	switch o.De {
	case TRA:
		return &fromTRA{src: src, losses: l}
	case FEC:
		return &fromFEC{src: src, o: o, losses: l}
	}
	return &fromMAD{src: src, losses: l}
}

// target writes lines.
type target interface {
	ligne(*Ligne) error
	close() error
}

func convert(src io.ReadSeeker, dst io.Writer, o Options, x *examined) (*Rapport, error) {
	p, need := x.p, x.need
	if err := rewind(src); err != nil {
		return nil, err
	}
	lost := &losses{}
	var out target
	w := &warnings{}
	switch o.Vers {
	case TRA:
		out = newToTRA(dst, p, need, o, lost)
	case FEC:
		out = newToFEC(dst, p, need, o, lost, w)
	default:
		out = newToMAD(dst, p, need, o, lost)
	}
	in := open(src, o, lost)
	var err error
	if key := need.order(o); key != nil {
		err = sorted(in, p, key, out.ligne)
	} else {
		err = in.each(p, out.ligne)
	}
	if err == nil {
		err = out.close()
	}
	if err != nil {
		return nil, err
	}
	return &Rapport{De: o.De, Vers: o.Vers, Lignes: need.lignes, Ecritures: need.ecritures, Pertes: lost.list(), Avertissements: w.list()}, nil
}

func rewind(src io.Seeker) error {
	_, err := src.Seek(0, io.SeekStart)
	return err
}
