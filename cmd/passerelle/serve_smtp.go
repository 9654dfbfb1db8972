package main

import (
	"crypto/x509"
	"fmt"
	"net/mail"
	"os"
	"slices"

	"github.com/spf13/pflag"

	"github.com/passerelle-hub/passerelle/internal/courriel"
)

// smtpFlags are the flags of the server through which mails leave.
type smtpFlags struct {
	options  courriel.Options
	autorite string // file
}

func (f *smtpFlags) add(flags *pflag.FlagSet) {
	o := &f.options
	flags.StringVar(&o.Hote, "smtp-host", "", "SMTP server through which people are told what to look at; needs --smtp-from")
	flags.IntVar(&o.Port, "smtp-port", 587, "port of the SMTP server")
	flags.StringVar(&o.De, "smtp-from", "", "address that mails come from")
	flags.StringVar(&o.Compte, "smtp-user", "", "account at the SMTP server, where it asks for one")
	flags.StringVar(&o.MotDePasse, "smtp-password", "", "its password; better in PASSERELLE_SMTP_PASSWORD")
	flags.StringVar(&o.TLS, "smtp-tls", "starttls", "starttls (which must succeed), tls (from the first byte) or aucun")
	flags.StringVar(&f.autorite, "smtp-ca", "", "file of certificates (PEM) of the authority of the SMTP server, in the place of those of the system")
}

// sender returns what sends mails, nil for nothing; lien is where the console is found.
func (f *smtpFlags) sender(lien string) (*courriel.Options, error) {
	o := f.options
	if o.Hote == "" {
		if o.De != "" || o.Compte != "" || o.MotDePasse != "" || f.autorite != "" {
			return nil, usageError{fmt.Errorf("the --smtp-… flags need --smtp-host")}
		}
		return nil, nil
	}
	if _, err := mail.ParseAddress(o.De); err != nil {
		return nil, usageError{fmt.Errorf("--smtp-from: %q is not an address", o.De)}
	}
	if !slices.Contains([]string{"starttls", "tls", "aucun"}, o.TLS) {
		return nil, usageError{fmt.Errorf("--smtp-tls: %q is not one of starttls, tls, aucun", o.TLS)}
	}
	if o.TLS == "aucun" && o.Compte != "" {
		return nil, usageError{fmt.Errorf("--smtp-tls aucun would send the password in clear: use starttls or tls")}
	}
	if o.Port < 1 || o.Port > 65535 {
		return nil, usageError{fmt.Errorf("--smtp-port: %d is not a port", o.Port)}
	}
	if f.autorite != "" {
		pem, err := os.ReadFile(f.autorite)
		if err != nil {
			return nil, usageError{fmt.Errorf("--smtp-ca: %w", err)}
		}
		if o.Racines = x509.NewCertPool(); !o.Racines.AppendCertsFromPEM(pem) {
			return nil, usageError{fmt.Errorf("--smtp-ca: %s holds no certificate in PEM", f.autorite)}
		}
	}
	o.Lien = lien
	return &o, nil
}
