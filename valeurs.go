package passerelle

import (
	"math"
	"strings"
)

// ParseMontant reads an amount in euros as a contract carries it, "7500", "7500.5"
// or "7500,50": digits, and after a point or a comma one or two more.
// ok is false for anything else, and an amount below zero. One that has more than
// 16 digits before the point, which nobody means, is math.MaxInt64.
func ParseMontant(s string) (centimes int64, ok bool) { return parseCentiemes(s) }

// ParseHeures reads a number of hours, written as amounts are, in hundredths of
// an hour: "675" is 67500.
func ParseHeures(s string) (centiemes int64, ok bool) { return parseCentiemes(s) }

func parseCentiemes(s string) (n int64, ok bool) {
	const most = 16 // digits before the point: the hundredths still fit
	at := strings.IndexAny(s, ".,")
	whole, rest := s, ""
	if at >= 0 {
		whole, rest = s[:at], s[at+1:]
		if rest == "" || len(rest) > 2 {
			return 0, false
		}
	}
	if whole == "" || !onlyDigits(whole) || !onlyDigits(rest) {
		return 0, false
	}
	if whole = strings.TrimLeft(whole, "0"); len(whole) > most {
		return math.MaxInt64, true
	}
	for _, digit := range []byte(whole + (rest + "00")[:2]) {
		n = n*10 + int64(digit-'0')
	}
	return n, true
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// ParseIDCC reads the number of a collective agreement, up to four digits, and
// returns it without the zeros before it: "0044" and "44" are one.
// "0000" is "0".
func ParseIDCC(s string) (idcc string, ok bool) {
	if s == "" || !onlyDigits(s) {
		return "", false
	}
	if idcc = strings.TrimLeft(s, "0"); idcc == "" {
		idcc = "0"
	}
	return idcc, len(idcc) <= 4
}

// ParseNiveau reads the level of a certification, "3" to "8".
func ParseNiveau(s string) (niveau int, ok bool) {
	if len(s) != 1 || s[0] < '3' || s[0] > '8' {
		return 0, false
	}
	return int(s[0] - '0'), true
}

// sirenLaPoste is the company whose establishments have a rule of their own.
const sirenLaPoste = "356000000"

// SiretValide reports whether s is the number of an establishment: 14 digits
// whose key is right. The key is Luhn's. Establishments of La Poste, which has too
// many of them for it, have digits whose sum is a multiple of 5 instead; its head
// office has Luhn's key (INSEE, Sirene).
func SiretValide(s string) bool {
	if len(s) != 14 || !onlyDigits(s) {
		return false
	}
	sum, luhn := 0, 0
	for i := range len(s) {
		digit := int(s[i] - '0')
		sum += digit
		if i%2 == 0 { // every second one, from the one before the last
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		luhn += digit
	}
	return luhn%10 == 0 && s != "00000000000000" || strings.HasPrefix(s, sirenLaPoste) && sum%5 == 0
}

// DernierJour returns the last day of the contract: that on which it was broken
// off, else its dateFin. ok is false where there is neither.
func (c *Contrat) DernierJour() (d Date, ok bool) {
	for _, texte := range []string{c.DateRupture, c.DateFin} {
		if d, err := ParseDateFR(texte); err == nil {
			return d, true
		}
	}
	return 0, false
}

// Execution returns the days for which the contract runs, from its dateDebut to
// its DernierJour; ok is false where one of them is absent.
func (c *Contrat) Execution() (p Periode, ok bool) {
	debut, err := ParseDateFR(c.DateDebut)
	fin, known := c.DernierJour()
	return Periode{Debut: debut, Fin: fin}, err == nil && known
}
