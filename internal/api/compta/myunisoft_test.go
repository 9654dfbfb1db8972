package compta_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// curl sends a call as curl writes it: the query as it was typed, and --data announced
// as a form.
func curl(t *testing.T, server *httptest.Server, method, target, body string, headers ...header) (int, []byte) {
	t.Helper()
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	must(t, err)
	defer connection.Close()
	var sent strings.Builder
	fmt.Fprintf(&sent, "%s %s HTTP/1.1\r\nHost: passerelle.example\r\nConnection: close\r\n", method, target)
	if body != "" {
		fmt.Fprintf(&sent, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", len(body))
	}
	for _, h := range headers {
		fmt.Fprintf(&sent, "%s: %s\r\n", h[0], h[1])
	}
	_, err = io.WriteString(connection, sent.String()+"\r\n"+body)
	must(t, err)
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	must(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	must(t, err)
	return response.StatusCode, answer
}

// The calls of the documentation of MyUnisoft's API for partners, as it writes them,
// with the secret of a partner.
func TestTheCallsOfMyUnisoftsDocumentationAreAnsweredAsItSays(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		server := httptest.NewServer(e.handler)
		defer server.Close()
		partner, secret, err := e.hub.Jetons.CreatePartenaire(t.Context(), "Partenaire")
		must(t, err)
		rights := domaine.Droits{domaine.DroitExercices}
		withSecret := header{"X-Third-Party-Secret", secret}
		folder := e.newToken(domaine.Jeton{OrganismeID: e.organisme.ID, PartenaireID: partner.ID, Droits: rights, Prenom: "BENOIT", Nom: "GARIAZZO"})
		firm := e.newToken(domaine.Jeton{PartenaireID: partner.ID, Droits: rights})
		call := func(into any, method, target, body string, headers ...header) {
			t.Helper()
			status, answer := curl(t, server, method, target, body, append(headers, withSecret)...)
			if status != http.StatusOK {
				t.Fatalf("%s %s: %d %s", method, target, status, answer)
			}
			must(t, json.Unmarshal(answer, into))
		}
		var one company
		call(&one, "GET", society, "", folder)
		var list societies
		call(&list, "GET", society+`?sort={"column":"name","direction":"asc"}`, "", firm)
		if one.ID != e.societe.ID || list.Rows != 1 || list.Array[0] != one {
			t.Errorf("sociétés: %+v, %+v", one, list)
		}
		of := header{"society-id", id(one.ID)}
		var created, moved, flat []struct {
			ID       int64  `json:"exercice_id"`
			Start    string `json:"start_date"`
			Duration float64
			Closed   bool
		}
		call(&created, "POST", plat, `{"exercice":[{"start_date":"2022-01-01","end_date":"2022-12-31"},{"start_date":"2023-01-01","end_date":"2023-11-30"}]}`, firm, of)
		call(&moved, "PUT", plat, fmt.Sprintf(`{"exercice":[{"start_date":"2023-01-01","end_date":"2023-12-31","exercice_id":%d}]}`, created[0].ID), folder)
		var status struct{ Status string }
		call(&status, "PUT", fmt.Sprintf("%s?id_exercice=%d&lettering_method_id=1&id_review_model=0&carry_forward=true", close, created[1].ID), "", folder)
		call(&flat, "GET", plat, "", firm, of)
		if len(created) != 2 || created[0].Start != "20230101" || moved[0].Duration != 12 || status.Status != "success" || !flat[1].Closed {
			t.Errorf("exercices: %+v, %+v, %+v, %+v", created, moved, status, flat)
		}
		var exercices []struct {
			ProducerID, Name, State string
			Period                  struct {
				Closed *struct{ By struct{ LastName string } }
			}
		}
		call(&exercices, "GET", mad, "", firm, of)
		if exercices[1].State != "closed" || exercices[1].Period.Closed.By.LastName != "GARIAZZO" || exercices[0].Name != "N" {
			t.Errorf("exercices: %+v", exercices)
		}
		var key struct{ Target struct{ Type string } }
		call(&key, "GET", "/api/v1/key/info?mode=extended", "", firm)
		if key.Target.Type != "firm" {
			t.Errorf("key: %+v", key)
		}
	})
}
