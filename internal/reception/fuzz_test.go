package reception_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

func newEtat() *regles.Etat { return regles.NewEtat() }

// checkRead holds what was read of a body to what every push promises.
func checkRead(t *testing.T, body []byte, push *synchro.Push, err error) {
	t.Helper()
	defer push.Close()
	var malformed *reception.Malformed
	if err != nil {
		if !errors.As(err, &malformed) {
			t.Fatalf("error %v is not a Malformed", err)
		}
		if malformed.Offset < 0 || malformed.Offset > int64(len(body)) || malformed.Line < 1 || malformed.Line > 1+bytes.Count(body, []byte{'\n'}) {
			t.Fatalf("%v is outside a body of %d bytes", malformed, len(body))
		}
		if malformed.Reason == "" || !utf8.ValidString(malformed.Reason) {
			t.Fatalf("reason %q", malformed.Reason)
		}
		return
	}
	if text := bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")); !json.Valid(text) {
		t.Fatal("what is no JSON was read as a push")
	}
	for i := range push.Entrees {
		doc, err := push.Document(i, nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := document.Parse(doc)
		if err != nil {
			t.Fatalf("document %d cannot be read back: %v", i, err)
		}
		again, err := document.Append(nil, &c)
		if err != nil || document.HashOf(again) != push.Entrees[i].Hash {
			t.Fatalf("document %d says something else when it is written again: %v", i, err)
		}
		if !push.Bad(i) {
			if found := regles.Verify(&c, regles.Set{}); len(found) > 0 {
				t.Fatalf("contract %d breaks a rule that reading did not see: %+v", i, found)
			}
		}
		if sent, err := push.Sent(i, nil); err != nil || !json.Valid(sent) {
			t.Fatalf("contract %d as it was sent: %q, %v", i, sent, err)
		}
	}
	plan, err := synchro.Resolve(push, synchro.Known{
		Actif: func(string) (h document.Hash, ok bool) { return h, false },
		Codes: func(func(string) bool) {}, Base: newEtat,
		Faits: func([]string) ([]regles.Faits, error) { return nil, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(plan.Ajoutes) + plan.Refuses(); n != len(push.Entrees) {
		t.Fatalf("%d contracts are added or refused of %d", n, len(push.Entrees))
	}
}

func FuzzReadFull(f *testing.F) {
	for _, seed := range []string{
		`[]`, `{"contrats":[]}`, "\xef\xbb\xbf{\"x\":1,\"contrats\":[{}]}", `[{"codeContrat":"K1","nomSite":"\u00e9\ud83d\ude00"},{"codeContrat":1}]`,
		`[{"codeContrat":"K1","codeContrat":"K2"}]`, `[{"rncp":1e5,"dateDebut":null,"emailApprenant":"a@b.c"}`, "[\n{\"codeContrat\":\"K\x00\"}]", `[1,"a",null,[[]],{"a":{}}]`,
		valide,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		push, err := reception.ReadFull(bytes.NewReader(body), true, nil)
		checkRead(t, body, push, err)
	})
}

func FuzzReadChanges(f *testing.F) {
	for _, seed := range []string{
		`{"changes":{}}`, `{"changes":{"added":[],"updated":[],"removed":[]}}`, `{"changes":{"removed":["K1",12,"\u00e9"]}}`,
		`{"changes":{"added":[{"codeContrat":"K1"}],"updated":[{"codeContrat":"K1"}]}}`, `{"changes":{"add":[]}}`, `{"changes":[]}`, `[]`,
		`{"changes":{"added":` + valide + `}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		push, err := reception.ReadChanges(bytes.NewReader(body), nil)
		checkRead(t, body, push, err)
	})
}

// valide is a push of one valid contract.
const valide = `[{"codeContrat":"K1","codeGroupe":"G1","nomGroupe":"Groupe","codeSite":"S1","nomSite":"Rouen","codePeriode":"P1","nomPeriode":"2026",` +
	`"codeFormation":"F1","nomFormation":"BTS","codeAnnee":"A1","nomAnnee":"1re année","codeApprenant":"APP1","nomApprenant":"Martin","prenomApprenant":"Ada",` +
	`"emailApprenant":"ada@cfa.example","codePersonnel":"PER1","nomPersonnel":"Durand","prenomPersonnel":"Léo","emailPersonnel":"leo@cfa.example",` +
	`"codeMaitreApprentissage":"MAI1","nomMaitreApprentissage":"Petit","prenomMaitreApprentissage":"Zoé","emailMaitreApprentissage":"zoe@cfa.example",` +
	`"nomEntreprise":"Boulangerie","dateDebut":"01/09/2026","dateFin":"31/08/2027","monthStartGroup":"Mars"}]`
