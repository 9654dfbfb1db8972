package sync

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// Synchronisation is the wire form of a line of the journal.
type Synchronisation struct {
	ID       string  `json:"id"`
	Origine  string  `json:"origine"`
	Etat     string  `json:"etat"`
	Lien     *string `json:"lien"` // the synchronisation that it undoes or confirms
	Date     string  `json:"date"` // RFC 3339, UTC
	DureeMs  int64   `json:"dureeMs"`
	Par      auteur  `json:"par"`
	Total    int     `json:"total"`
	Added    int     `json:"added"`
	Revived  int     `json:"revived"`
	Updated  int     `json:"updated"`
	Same     int     `json:"same"`
	Removed  int     `json:"removed"`
	Invalid  int     `json:"invalid"`
	Refuses  int     `json:"refuses"` // the same, by the name of design 9
	Integres int     `json:"integres"`
}

type auteur struct {
	Jeton *string `json:"jeton"`
	Nom   string  `json:"nom"`
}

func wireOf(s *domaine.Synchronisation) Synchronisation {
	return Synchronisation{
		ID: web.ID(s.ID), Origine: string(s.Origine), Etat: string(s.Etat), Lien: web.IDOrNull(s.Lien),
		Date: s.Debut.UTC().Format(time.RFC3339Nano), DureeMs: s.Duree.Milliseconds(), Par: auteur{web.IDOrNull(s.JetonID), s.Par},
		Total: s.Total, Added: s.Ajoutes, Revived: s.Ranimes, Updated: s.Modifies, Same: s.Identiques, Removed: s.Archives,
		Invalid: s.Refuses, Refuses: s.Refuses, Integres: s.Integres,
	}
}

type journalAnswer struct {
	Total            int               `json:"total"`
	Synchronisations []Synchronisation `json:"synchronisations"`
}

// defaultPage is the size of a page of a list that has no natural end.
const defaultPage = 100

func (s *server) journal(w http.ResponseWriter, r *web.Request) error {
	page, err := web.Page(r, defaultPage)
	if err != nil {
		return err
	}
	found, total, err := s.hub.Journal.Synchronisations(r.Context(), r.Jeton.OrganismeID, page)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, journalAnswer{total, web.Each(found, wireOf)})
}

type detailAnswer struct {
	Synchronisation
	ChangesTotal int          `json:"changesTotal"`
	Changes      []web.Change `json:"changes"`
	// Details are what was wrong with a push that was refused whole, the first of it;
	// Motifs why the guard held a push, or would have had nobody confirmed.
	Details []web.Violation      `json:"details,omitzero"`
	Motifs  []domaine.MotifGarde `json:"motifs,omitempty"`
}

func (s *server) synchronisation(w http.ResponseWriter, r *web.Request, id int64) error {
	page, err := web.Page(r, defaultPage)
	if err != nil {
		return err
	}
	detail, err := s.hub.Journal.Synchronisation(r.Context(), r.Jeton.OrganismeID, id, page)
	if err != nil {
		return err
	}
	answer := detailAnswer{Synchronisation: wireOf(&detail.Synchronisation), ChangesTotal: detail.Total, Changes: make([]web.Change, len(detail.Changements))}
	for i := range detail.Changements {
		answer.Changes[i] = web.ChangeOf(&detail.Changements[i])
	}
	answer.Motifs = detail.Motifs
	if detail.Etat == domaine.EtatRefusee {
		answer.Details = web.Violations(detail.Details)
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}

type undoAnswer struct {
	Success bool `json:"success"`
	counts
	Synchronisation string `json:"synchronisation"`
}

func (s *server) undo(w http.ResponseWriter, r *web.Request, id int64) error {
	simulation, err := web.Flag(r, "simulation", "oui")
	if err != nil {
		return err
	}
	if simulation {
		return s.previewUndo(w, r, id)
	}
	sync, err := s.hub.Contrats.Undo(r.Context(), r.Acteur(), id)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, undoAnswer{true, countsOf(&sync.Bilan), web.ID(sync.ID)})
}

// undoPreview is what an undo would change.
type undoPreview struct {
	Success    bool `json:"success"`
	Simulation bool `json:"simulation"`
	counts
	ChangesTotal int          `json:"changesTotal"`
	Changes      []web.Change `json:"changes"`
}

func (s *server) previewUndo(w http.ResponseWriter, r *web.Request, id int64) error {
	page, err := web.Page(r, defaultPage)
	if err != nil {
		return err
	}
	d, err := s.hub.Contrats.PreviewUndo(r.Context(), r.Acteur(), id, page)
	if err != nil {
		return err
	}
	answer := undoPreview{true, true, countsOf(&d.Bilan), d.Total, make([]web.Change, len(d.Changements))}
	for i := range d.Changements {
		answer.Changes[i] = web.ChangeOf(&d.Changements[i])
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}

func (s *server) confirm(w http.ResponseWriter, r *web.Request, id int64) error {
	result, origine, err := s.hub.Contrats.Confirm(r.Context(), r.Acteur(), id)
	if err != nil {
		return err
	}
	defer result.Push.Close()
	return writePush(w, result, origine)
}

type dropAnswer struct {
	Success         bool   `json:"success"`
	Synchronisation string `json:"synchronisation"`
}

func (s *server) drop(w http.ResponseWriter, r *web.Request, id int64) error {
	if err := s.hub.Contrats.Drop(r.Context(), r.Acteur(), id); err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, dropAnswer{true, web.ID(id)})
}

// anomalie is the wire form of one thing to correct.
type anomalie struct {
	CodeContrat   *string `json:"codeContrat"`
	Nature        string  `json:"nature"`
	Index         *int    `json:"index"`
	Field         *string `json:"field"`
	Code          string  `json:"code"`
	Message       string  `json:"message"`
	ConflictsWith string  `json:"conflictsWith,omitempty"`
	Since         string  `json:"since"` // RFC 3339, UTC
}

type anomaliesAnswer struct {
	Total     int        `json:"total"`
	Anomalies []anomalie `json:"anomalies"`
}

func (s *server) anomalies(w http.ResponseWriter, r *web.Request) error {
	asCSV, err := web.Flag(r, "format", "csv")
	if err != nil {
		return err
	}
	page, err := web.Page(r, 0)
	if err != nil {
		return err
	}
	if page.Limit == 0 && !asCSV {
		page.Limit = 1000
	}
	found, total, err := s.hub.Journal.Anomalies(r.Context(), r.Jeton.OrganismeID, page)
	if err != nil {
		return err
	}
	if asCSV {
		return writeAnomaliesCSV(w, found)
	}
	answer := anomaliesAnswer{Total: total, Anomalies: make([]anomalie, len(found))}
	for i, a := range found {
		answer.Anomalies[i] = anomalie{web.OrNull(a.CodeContrat), string(a.Nature), nil, web.OrNull(a.Field), a.Code, a.Message, a.ConflictsWith, a.Since.UTC().Format(time.RFC3339Nano)}
		if a.Index >= 0 {
			answer.Anomalies[i].Index = &a.Index
		}
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}

// writeAnomaliesCSV writes the list for a spreadsheet: semicolons and a byte
// order mark, as French Excel expects.
func writeAnomaliesCSV(w http.ResponseWriter, found []domaine.Anomalie) error {
	var file bytes.Buffer
	file.WriteString("\ufeff")
	rows := csv.NewWriter(&file)
	rows.Comma = ';'
	rows.UseCRLF = true
	records := [][]string{{"codeContrat", "nature", "position", "champ", "code", "message", "contratOppose", "depuis"}}
	for _, a := range found {
		position := ""
		if a.Index >= 0 {
			position = strconv.Itoa(a.Index)
		}
		records = append(records, []string{web.CSVText(a.CodeContrat), string(a.Nature), position, web.CSVText(a.Field), a.Code, web.CSVText(a.Message), web.CSVText(a.ConflictsWith), a.Since.In(hub.Paris).Format("02/01/2006 15:04")})
	}
	if err := rows.WriteAll(records); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="anomalies.csv"`)
	_, _ = w.Write(file.Bytes()) // the client may have left
	return nil
}

func (s *server) diff(w http.ResponseWriter, r *web.Request) error {
	detailed, err := web.Flag(r, "detail", "champs")
	if err != nil {
		return err
	}
	warned, err := web.Flag(r, "avertissements", "oui")
	if err != nil {
		return err
	}
	partiel, err := web.Flag(r, "partiel", "oui")
	if err != nil {
		return err
	}
	body, merged, err := bodyOf(w, r)
	if err != nil {
		return err
	}
	push, err := s.readPush(r, body, domaine.OrigineV1, merged)
	if err != nil {
		return err
	}
	defer push.Close()
	return s.hub.Contrats.Diff(r.Context(), r.Jeton.OrganismeID, push, partiel, func(d *hub.Diff) error {
		var changes []byte
		if detailed {
			modified, err := d.Modified()
			if err != nil {
				return err
			}
			list := make([]web.Change, len(modified))
			for i := range modified {
				list[i] = web.ChangeOf(&modified[i])
			}
			if changes, err = json.Marshal(list); err != nil {
				return err
			}
		}
		stream := web.NewStream(w, http.StatusOK)
		for _, part := range []struct {
			open string
			each func(func([]byte) error) error
		}{{`{"same":`, d.EachSame}, {`,"added":`, d.EachAdded}, {`,"updated":`, d.EachUpdated}, {`,"removed":`, d.EachRemoved}} {
			stream.Raw(part.open)
			if err := stream.List(part.each); err != nil {
				return err
			}
		}
		if detailed {
			stream.Raw(`,"changes":` + string(changes))
		}
		end, err := diffEnd(d, warned, partiel)
		if err != nil {
			return err
		}
		stream.Raw(end)
		return stream.Close()
	})
}

// diffEnd writes what ends a diff: where they were asked for, what would be refused
// and the warnings that the push would give.
func diffEnd(d *hub.Diff, warned, partiel bool) (string, error) {
	end := map[string]any{}
	if partiel {
		details, total := d.Refused()
		end["details"], end["detailsTotal"] = web.Violations(details), total
	}
	if warned {
		end["warnings"] = web.Violations(d.Warnings()[:min(len(d.Warnings()), maxWarnings)])
	}
	if len(end) == 0 {
		return "}", nil
	}
	text, err := json.Marshal(end, json.FormatNilSliceAsNull(false), json.Deterministic(true))
	if err != nil {
		return "", err
	}
	return "," + string(text[1:]), nil
}
