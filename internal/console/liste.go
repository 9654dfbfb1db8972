package console

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// perPage is how many lines a list shows.
const perPage = 50

// pagination is what the template of the same name shows.
type pagination struct {
	Page, Pages           int
	Precedente, Suivante  string // addresses, "" where there is none
	Total, Premier, Final int    // of the lines shown, from 1
}

// pageOf reads which page is asked for: "page" in the address, from 1.
func pageOf(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > 1<<24 {
		return 1
	}
	return n
}

// slice is the part of a list that a page shows.
func slice(page int) hub.Page { return hub.Page{Limit: perPage, Offset: (page - 1) * perPage} }

// paginate describes a page of a list of total lines whose other pages differ
// in one value of the address.
func paginate(r *http.Request, page, total int) pagination {
	return paginateBy(r, page, total, perPage)
}

// paginateBy describes a page of size lines.
func paginateBy(r *http.Request, page, total, size int) pagination {
	p := pagination{Page: page, Pages: (total + size - 1) / size, Total: total}
	p.Premier, p.Final = min((page-1)*size+1, total), min(page*size, total)
	if page > 1 {
		p.Precedente = with(r.URL, "page", strconv.Itoa(page-1))
	}
	if page < p.Pages {
		p.Suivante = with(r.URL, "page", strconv.Itoa(page+1))
	}
	return p
}

// part returns the lines of a page of size lines.
func part[T any](list []T, page, size int) []T {
	return list[min((page-1)*size, len(list)):min(page*size, len(list))]
}

// with returns an address with one value changed, or removed for "".
func with(address *url.URL, name, value string) string {
	query := address.Query()
	query.Del("fait")
	if value == "" || name == "page" && value == "1" {
		query.Del(name)
	} else {
		query.Set(name, value)
	}
	changed := url.URL{Path: address.Path, RawQuery: query.Encode()}
	return changed.RequestURI()
}

// number reads the id in a path.
func number(r *request, name string) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || id < 1 {
		return 0, refus.New(refus.CodeNotFound, "Cette adresse ne mène à rien : reprenez depuis la liste.")
	}
	return id, nil
}

// ofID is the handler of the thing whose {id} is in the address.
func ofID(handle func(w http.ResponseWriter, r *request, id int64) error) func(http.ResponseWriter, *request) error {
	return func(w http.ResponseWriter, r *request) error {
		id, err := number(r, "id")
		if err != nil {
			return err
		}
		return handle(w, r, id)
	}
}

// named finds the thing whose {id} is in the address, in the organisme of the person.
func named[T any](r *request, find func(ctx context.Context, organisme, id int64) (T, error)) (found T, err error) {
	id, err := number(r, "id")
	if err != nil {
		return found, err
	}
	return find(r.Context(), r.compte.OrganismeID, id)
}

// then goes to the page that shows what was done.
func then(w http.ResponseWriter, r *request, path, fait string) error {
	http.Redirect(w, r.Request, path+"?fait="+fait, http.StatusSeeOther)
	return nil
}
