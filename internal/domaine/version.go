package domaine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// versionOf names a content: it changes when anything of it does. Two of one content
// are one version, whoever wrote it last.
func versionOf(content ...any) string {
	text, err := json.Marshal(content)
	if err != nil {
		panic(err) // texts, numbers, lists and maps of them alone
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}

// Version names what a modèle says, for ETag and If-Match.
func (m *Modele) Version() string { return versionOf("modele", m.ID, m.Nom, m.Criteres, m.Actif) }

// Version names what people say of a webhook, for ETag and If-Match: its deliveries
// do not change it.
func (w *Webhook) Version() string {
	events := slices.Clone(w.Evenements)
	slices.Sort(events)
	return versionOf("webhook", w.ID, w.Nom, w.URL, append([]TypeEvenement{}, events...), w.Actif)
}

// Version names the values of all settings, for ETag and If-Match.
func (r *Reglages) Version() string {
	values := make([]string, 0, 2*len(TousReglages))
	for i := range TousReglages {
		values = append(values, TousReglages[i].Cle, TousReglages[i].Of(r))
	}
	return versionOf("reglages", values)
}

// VersionTarifs names the price list in use by its id, 0 for none, for ETag and
// If-Match.
func VersionTarifs(id int64) string { return versionOf("tarifs", id) }
