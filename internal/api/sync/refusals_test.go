package sync_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// place is where a malformed body is wrong.
type place struct {
	Offset   int64
	Line     int
	Expected string
}

func TestAMalformedBodyIsRefusedWithItsPlace(t *testing.T) {
	doc := text(t, apitest.Contrat("K1"))
	cases := []struct {
		name, path, body string
		want             place
	}{
		{"nothing", v1, "", place{0, 1, "le document s’arrête avant sa fin : il est tronqué, une valeur ou une fermeture était attendue."}},
		{"blanks only", v1, " \n\n ", place{4, 3, "le document s’arrête avant sa fin : il est tronqué, une valeur ou une fermeture était attendue."}},
		{"a truncated object", v1, `{"contrats":[` + "\n" + doc[:100], place{114, 2, "le document s’arrête avant sa fin : il est tronqué, une valeur ou une fermeture était attendue."}},
		{"a list that is not closed", v1, "[" + doc, place{int64(len(doc)) + 1, 1, "le document s’arrête avant sa fin : il est tronqué, une valeur ou une fermeture était attendue."}},
		{"a comma too many", v1, "[\n" + doc + ",\n\n]", place{int64(len(doc)) + 2, 2, "caractère inattendu ',' : cette virgule est de trop, ou la valeur qui devait la précéder ou la suivre manque."}},
		{"a missing comma", v1, "[" + doc + doc + "]", place{int64(len(doc)) + 1, 1, "caractère inattendu '{' : « , » ou « ] » était attendu après l’élément."}},
		{"a missing colon", v1, `{"contrats" []}`, place{12, 1, "caractère inattendu '[' : « : » était attendu après le nom de la propriété."}},
		{"a name without quotes", v1, `{contrats:[]}`, place{1, 1, "caractère inattendu 'c' : un nom de propriété entre guillemets était attendu."}},
		{"a bad literal", v1, "[\n{\"codeContrat\": nul}]", place{21, 2, "caractère inattendu '}' : true, false ou null était attendu."}},
		{"a bad number", v1, `[{"codeContrat": 1.}]`, place{19, 1, "caractère inattendu '}' : un chiffre était attendu."}},
		{"a raw line break in a string", v1, "[{\"nomSite\":\"Ly\non\"}]", place{15, 1, "caractère inattendu '\\n' : une chaîne ne peut contenir ni retour à la ligne ni caractère de contrôle brut : écrivez \\n ou \\u00XX."}},
		{"a bad escape", v1, `[{"nomSite":"\x"}]`, place{13, 1, "la séquence d’échappement n’est pas valide."}},
		{"half a surrogate pair", v1, `[{"nomSite":"\ud800"}]`, place{13, 1, "la séquence d’échappement n’est pas valide."}},
		{"bytes that are not UTF-8", v1, "[\n{\"nomSite\":\"Orl\xe9ans\"}]", place{17, 2, "ces octets ne sont pas de l’UTF-8 : enregistrez ou envoyez le document en UTF-8."}},
		{"UTF-16", v1, "\xff\xfe[\x00]\x00", place{0, 1, "ces octets ne sont pas de l’UTF-8 : enregistrez ou envoyez le document en UTF-8."}},
		{"a property twice in a contract", v1, `[{"nomSite":"a",` + "\n" + `"nomSite":"b"}]`, place{17, 2, "une propriété est écrite deux fois dans le même objet : gardez-en une."}},
		{"a property twice, the second time escaped", v1, `[{"nomSite":"a","nom\u0053ite":"b"}]`, place{16, 1, "une propriété est écrite deux fois dans le même objet : gardez-en une."}},
		{"the contracts twice", v1, `{"contrats":[],"contrats":[]}`, place{15, 1, "une propriété est écrite deux fois dans le même objet : gardez-en une."}},
		{"a string instead of a document", v1, `"contrats"`, place{0, 1, "un objet {\"contrats\":[…]} ou une liste de contrats était attendu."}},
		{"a null document", v2, `null`, place{0, 1, "un objet {\"contrats\":[…]} ou une liste de contrats était attendu."}},
		{"contracts that are not a list", v1, "{\n\"contrats\": {\n\"K1\": 1}}", place{14, 2, "une liste [ … ] était attendue."}},
		{"no contracts", v1, `{"contracts":[]}`, place{16, 1, "la propriété « contrats », une liste de contrats, était attendue."}},
		{"something after the document", v1, "[]\n[]", place{3, 2, "la fin du document était attendue."}},
		{"two million nested lists", v1, strings.Repeat("[", 2_000_000), place{10_000, 1, "les imbrications sont trop profondes (10 000 niveaux au plus)."}},
		{"two million nested lists in a contract", v2, `[{"x":` + strings.Repeat("[", 2_000_000), place{10_004, 1, "les imbrications sont trop profondes (10 000 niveaux au plus)."}},
		{"one endless string", v1, `[{"nomSite":"` + strings.Repeat("a", 6<<20) + `"}]`, place{1, 1, "cette valeur dépasse 4 Mio : un contrat n’est jamais si long."}},
		{"one endless property", v1, `{"` + strings.Repeat("a", 6<<20) + `":1}`, place{1, 1, "cette valeur dépasse 4 Mio : un contrat n’est jamais si long."}},
		{"a delta that is a list", changes, `[]`, place{0, 1, "un objet {\"changes\":{\"added\":[…],\"updated\":[…],\"removed\":[…]}} était attendu."}},
		{"a delta without changes", changes, `{}`, place{2, 1, "la propriété « changes » était attendue."}},
		{"a misspelt part of a delta", changes, `{"changes":{"deleted":[]}}`, place{12, 1, "« deleted » n’est pas une partie d’un delta : added, updated ou removed était attendu."}},
		{"a removed code that is not one", changes, "{\"changes\":{\"removed\":[\"K1\",\n{}]}}", place{29, 2, "removed, position 1 : un code de contrat (chaîne sans caractère nul) était attendu."}},
		{"a removed code with the null character", changes, `{"changes":{"removed":["K\u0000"]}}`, place{23, 1, "removed, position 0 : un code de contrat (chaîne sans caractère nul) était attendu."}},
		{"a blank removed code", changes, `{"changes":{"removed":[" "]}}`, place{23, 1, "removed, position 0 : un code de contrat (chaîne sans caractère nul) était attendu."}},
		{"a modèle that is not an object", modeles, `[]`, place{0, 1, "la valeur n’a pas le type attendu (trouvé : une liste)."}},
		{"a modèle with an unknown property", modeles, `{"name":"MCO"}`, place{1, 1, "« name » n’est pas une propriété connue ici : vérifiez son orthographe."}},
		{"a criterion that is a number", modeles, "{\"nom\":\"MCO\",\n\"criteres\":{\"codeSite\":5}}", place{37, 2, "« criteres/codeSite » n’a pas le type attendu (trouvé : un nombre)."}},
		{"a modèle with a criterion twice", modeles, `{"criteres":{"rncp":"1","rncp":"2"}}`, place{24, 1, "une propriété est écrite deux fois dans le même objet : gardez-en une."}},
	}
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		o.Post(t, v1, apitest.Body(apitest.Contrats("K1", "K2")...)).Want(t, 200)
		wantUnchanged(t, o, func() {
			for _, tc := range cases {
				paths := []string{tc.path}
				if tc.path == v1 {
					paths = []string{v1, v2, diff}
				}
				for _, path := range paths {
					answer := o.Post(t, path, tc.body).WantRefusal(t, 400, "malformed json")
					got := apitest.Decode[struct {
						Reason  string
						Details []place
					}](t, answer)
					if d := cmp.Diff([]place{tc.want}, got.Details); d != "" {
						t.Errorf("%s, %s (- wanted, + got):\n%s", tc.name, path, d)
					}
					if want := fmt.Sprintf("JSON mal formé, ligne %d, octet %d : ", tc.want.Line, tc.want.Offset); len(got.Details) == 1 && !strings.HasPrefix(got.Reason, want) {
						t.Errorf("%s: the reason does not give the place: %s", tc.name, got.Reason)
					}
				}
			}
		})
	})
}

func TestABrokenCompressionIsRefused(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		o.Post(t, v1, apitest.Body(apitest.Contrats("K1", "K2")...)).Want(t, 200)
		zipped := apitest.Compress(t, []byte(text(t, apitest.Demo(500))))
		wantUnchanged(t, o, func() {
			for name, body := range map[string][]byte{
				"empty": {}, "not gzip": []byte(`[{"codeContrat":"K1"}]`), "truncated": zipped[:len(zipped)/2], "without its end": zipped[:len(zipped)-4],
				"damaged": append(bytes.Clone(zipped[:len(zipped)-8]), 1, 2, 3, 4, 5, 6, 7, 8),
			} {
				for _, path := range []string{v1, v2, changes, diff, modeles} {
					answer := o.Post(t, path, body, apitest.Header("Content-Encoding", "gzip"))
					if refusal := apitest.Decode[struct{ Error string }](t, answer); answer.Status != 400 || refusal.Error != "malformed gzip" && refusal.Error != "malformed json" {
						t.Errorf("%s, %s: %d %s", name, path, answer.Status, answer.Body)
					}
				}
			}
			o.Post(t, v1, "[]", apitest.Header("Content-Encoding", "br")).WantRefusal(t, 415, "unsupported encoding", "« br »", "gzip")
		})
	})
}

func TestABodyOverTheLimitIsRefusedWithoutReadingItAll(t *testing.T) {
	const limit = 64 << 10
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		o.Post(t, v1, apitest.Body(apitest.Contrats("K1", "K2")...)).Want(t, 200)
		wantUnchanged(t, o, func() {
			for _, path := range []string{v1, v2, changes, diff, modeles} {
				open := map[bool]string{true: "{", false: "["}[path == changes || path == modeles]
				o.Post(t, path, open+strings.Repeat(" ", limit)).WantRefusal(t, 413, "body too large", "--max-body")

				// A body that announces ten gigabytes is refused before it is sent.
				if status, _ := raw(t, s, o, path, "Content-Length: 10000000000", nil); status != 413 {
					t.Errorf("%s: an announced body over the limit is answered with %d", path, status)
				}
				// One that does not say its length is refused on the way.
				chunk := []byte(fmt.Sprintf("%x\r\n%s\r\n", 16<<10, strings.Repeat(" ", 16<<10)))
				status, sent := raw(t, s, o, path, "Transfer-Encoding: chunked", chunk)
				if status != 413 || sent > 64<<20 {
					t.Errorf("%s: a body over the limit is answered with %d after %d bytes", path, status, sent)
				}
				// A small one that grows beyond it, too.
				bomb := apitest.Compress(t, append([]byte(open), bytes.Repeat([]byte(" "), 50*limit)...))
				if len(bomb) > limit {
					t.Fatal("the bomb is not small")
				}
				o.Post(t, path, bomb, apitest.Header("Content-Encoding", "gzip")).WantRefusal(t, 413, "body too large")
			}
		})
		exact := text(t, apitest.Body(apitest.Contrats("K1", "K2")...))
		o.Post(t, v1, exact+strings.Repeat(" ", limit-len(exact))).Want(t, 200)
		o.Post(t, v1, exact+strings.Repeat(" ", limit-len(exact)), apitest.Gzip()).Want(t, 200)
	}, apitest.MaxBody(limit))
}

// raw sends the head of a request and then one chunk again and again, until the
// server has answered, and returns the status and how many bytes were sent.
func raw(t *testing.T, s *apitest.Server, o *apitest.Organisme, path, header string, chunk []byte) (status int, sent int64) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: passerelle\r\nAuthorization: Bearer %s\r\n%s\r\n\r\n", path, o.Token, header)
	done := make(chan int64)
	go func() {
		var n int64
		for chunk != nil {
			written, err := conn.Write(chunk)
			n += int64(written)
			if err != nil {
				break
			}
		}
		done <- n
	}()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	response.Body.Close()
	conn.Close()
	return response.StatusCode, <-done
}

func TestABodyThatBreaksOffLeavesNothing(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		o.Post(t, v1, apitest.Body(apitest.Contrats("K1", "K2")...)).Want(t, 200)
		wantUnchanged(t, o, func() {
			for _, path := range []string{v1, v2} {
				conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: passerelle\r\nAuthorization: Bearer %s\r\nContent-Length: 5000\r\n\r\n[%s,", path, o.Token, text(t, apitest.Contrat("K3")))
				if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
					t.Fatal(err)
				}
				response, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err != nil {
					t.Fatal(err)
				}
				body, _ := io.ReadAll(response.Body)
				if response.StatusCode != 400 || !bytes.Contains(body, []byte("unreadable body")) {
					t.Errorf("%s: %d %s", path, response.StatusCode, body)
				}
				response.Body.Close()
				conn.Close()
			}
		})
	})
}

// TestOddTextIsKeptOrRefusedButNeverBreaks sends text that databases and
// encodings are known to stumble over.
func TestOddTextIsKeptOrRefusedButNeverBreaks(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		kept := apitest.Contrat("🎓" + strings.Repeat("🎓", 499)) // 500 characters, 2,000 bytes
		kept.CodeApprenant, kept.EmailApprenant = strings.Repeat("𝔸", 500), "a@etu.example"
		kept.NomEntreprise, kept.MissionTitle = "L'Été \\ \"&<script>\u2028\ufeff\uffff", "\u0001\u001f\u007f'; DROP TABLE contrat; --"
		kept.MissionDetails = "ligne 1\nligne 2\tfin 🎓"
		o.Post(t, v1, apitest.Body(kept)).Want(t, 200)
		wantContrats(t, o, kept)

		huge := strings.Repeat("k", 900<<10)
		names := apitest.ObjetOf(t, kept).With("nul\x00", 1, strings.Repeat("x", 5_000), 2, "é\u2028", 3, "", 4)
		answer := apitest.Decode[counts](t, o.Post(t, v2, apitest.Body[any](names, apitest.ObjetOf(t, apitest.Contrat("K2")).With("codeContrat", huge)), apitest.Wrong()).Want(t, 200))
		if len(answer.Warnings) != 4 || len(answer.InvalidContrats) != 1 || answer.Same != 1 {
			t.Errorf("%d warnings, %d invalid", len(answer.Warnings), len(answer.InvalidContrats))
		}
		for _, path := range []string{anomaly, anomaly + "?format=csv"} {
			if list := o.Get(t, path).Want(t, 200); len(list.Body) > 100_000 {
				t.Errorf("%s: %d bytes", path, len(list.Body))
			}
		}
		refused := o.Post(t, v1, apitest.Body(apitest.ObjetOf(t, kept).With("codeContrat", huge, "nomSite", huge, "codeApprenant", huge, "emailPersonnel", huge))).Want(t, 422)
		if len(refused.Body) > 100_000 {
			t.Errorf("an endless value is repeated in an answer of %d bytes", len(refused.Body))
		}
		wantContrats(t, o, kept)
	})
}

func TestParametersThatAreNotNumbersAreRefused(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		o.Post(t, modeles, apitest.ModeleFor("MCO", "codeFormation", "MCO")).Want(t, 201)
		o.Post(t, v1, apitest.Body(apitest.Contrat("K1"))).Want(t, 200)
		wantUnchanged(t, o, func() {
			for _, path := range []string{all, v1, journal, journal + "/1", anomaly, sessions + "/1/contrats"} {
				for _, query := range []string{
					"page=deux&limit=1", "limit=abc", "limit=0", "limit=-1", "limit=", "page=0&limit=1", "limit=1.5", "limit=100001", "limit=99999999999999999999",
					"page=2147483648&limit=1", "limit=1%00", "limit=%ff",
				} {
					o.Get(t, path+"?"+query).WantRefusal(t, 400, "invalid parameter", "Paramètre")
				}
				o.Get(t, path+"?page=2147483647&limit=100000").Want(t, 200)
			}
			o.Get(t, all+"?page=2").WantRefusal(t, 400, "invalid parameter", "limit")
			o.Get(t, anomaly+"?format=xml").WantRefusal(t, 400, "invalid parameter", "format", "csv")
			o.Get(t, sessions+"?vides=non").WantRefusal(t, 400, "invalid parameter", "vides", "oui")
			o.Post(t, v1+"?confirmer=tout", `[]`).WantRefusal(t, 400, "invalid parameter", "confirmer", "archivage")
			for _, id := range []string{"0", "-1", "abc", "1.5", "99999999999999999999", "%00", "1%2F2", "é"} {
				o.Get(t, journal+"/"+id, apitest.Wrong()).Want(t, 404)
				o.Get(t, modeles+"/"+id, apitest.Wrong()).Want(t, 404)
				o.Get(t, sessions+"/"+id+"/contrats", apitest.Wrong()).Want(t, 404)
			}
		})
	})
}
