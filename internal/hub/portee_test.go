package hub_test

import (
	"bytes"
	"io"
	"reflect"
	"slices"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// useCases calls try for every method of every group of the hub.
func useCases(h *hub.Hub, try func(name string, method reflect.Value)) {
	groups := reflect.ValueOf(h).Elem()
	for i := range groups.NumField() {
		field := groups.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		group := groups.Field(i).Addr()
		for m := range group.NumMethod() {
			try(field.Name+"."+group.Type().Method(m).Name, group.Method(m))
		}
	}
}

// carries reports whether a parameter is of a type, or a struct that embeds it.
func carries(parameter, carried reflect.Type) bool {
	if parameter == carried {
		return true
	}
	if parameter.Kind() != reflect.Struct {
		return false
	}
	for i := range parameter.NumField() {
		if f := parameter.Field(i); f.Anonymous && carries(f.Type, carried) {
			return true
		}
	}
	return false
}

// call calls a method with the zero of each parameter, but for what would not get as
// far as the check of access; it returns its error.
func call(t *testing.T, method reflect.Value) error {
	t.Helper()
	push := synchro.NewPush(true, false, nil)
	t.Cleanup(func() { push.Close() })
	given := []any{t.Context(), push, bytes.NewReader(nil), io.Discard, []ventilation.Tarif{{Par: "formation", Code: "X", Montant: 1}}}
	var args []reflect.Value
	for i := range method.Type().NumIn() {
		in := method.Type().In(i)
		at := slices.IndexFunc(given, func(v any) bool { return reflect.TypeOf(v).AssignableTo(in) })
		switch {
		case in.Kind() == reflect.Func:
			args = append(args, reflect.MakeFunc(in, func([]reflect.Value) []reflect.Value { return []reflect.Value{reflect.Zero(in.Out(0))} }))
		case at >= 0 && in != reflect.TypeFor[any]():
			args = append(args, reflect.ValueOf(given[at]))
		default:
			args = append(args, reflect.Zero(in))
		}
	}
	out := method.Call(args)
	err, _ := out[len(out)-1].Interface().(error)
	return err
}

func TestAnAccessThatNobodyGaveReachesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		h, _ := newHub(t, d)
		tried := 0
		useCases(h, func(name string, method reflect.Value) {
			for i := range method.Type().NumIn() {
				if carries(method.Type().In(i), reflect.TypeFor[hub.Acces]()) {
					tried++
					if err := call(t, method); !refus.Is(err, refus.CodeNoAccess) {
						t.Errorf("%s answers who has no access: %v", name, err)
					}
				}
			}
		})
		if tried < 10 {
			t.Errorf("%d use cases ask who calls them", tried)
		}
		for name, a := range map[string]hub.Acces{
			"no token": hub.AccesDeJeton(domaine.Jeton{}, "1"), "no account": hub.AccesDeCompte(domaine.Compte{}, "1"), "nothing": hub.Acces{}.Vers("1"),
		} {
			if found, err := h.Comptabilite.Societes(t.Context(), a); !refus.Is(err, refus.CodeNoAccess) || len(found) > 0 {
				t.Errorf("%s reaches %v, %v", name, found, err)
			}
		}
		if found, err := h.Comptabilite.Societes(t.Context(), hub.AccesOperateur("")); err != nil || len(found) != 1 {
			t.Errorf("the operator reaches %v, %v", found, err)
		}
	})
}

// TestNobodyInParticularChangesNothing calls every use case that says who acts with
// an Acteur of no organisme.
func TestNobodyInParticularChangesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		h, _ := newHub(t, d)
		tried := 0
		useCases(h, func(name string, method reflect.Value) {
			for i := range method.Type().NumIn() {
				if method.Type().In(i) != reflect.TypeFor[hub.Acteur]() {
					continue
				}
				tried++
				err := call(t, method)
				if r := hub.RefusalOf(err); r == nil || r.Kind().Machine() {
					t.Errorf("%s does what nobody asks for: %v", name, err)
				}
			}
		})
		if tried < 8 {
			t.Errorf("%d use cases ask who acts", tried)
		}
	})
}
