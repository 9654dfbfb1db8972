package compta_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/conversion"
	"github.com/passerelle-hub/passerelle/internal/server"
)

// madeMAD is madeFEC as a MAD document.
func madeMAD(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	_, err := conversion.Convert(strings.NewReader(madeFEC(t)), &b, conversion.Options{De: conversion.FEC, Vers: conversion.MAD})
	must(t, err)
	return b.String()
}

func compress(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := io.WriteString(z, s)
	must(t, err)
	must(t, z.Close())
	return b.Bytes()
}

func TestABodyThatDoesNotArriveIsNoFindingOfItsFile(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		files := map[string]string{"tra": madeTRA(t), "fec": madeFEC(t), "mad": madeMAD(t)}
		zipped := header{"Content-Encoding", "gzip"}
		for format, file := range files {
			whole := compress(t, file)
			e.call("POST", controle+"&format="+format, bytes.NewReader(whole), plain, zipped).want(http.StatusOK)
			for _, cut := range []int{5, len(whole) / 2, len(whole) - 4} {
				e.call("POST", controle+"&format="+format, bytes.NewReader(whole[:cut]), plain, zipped).want(http.StatusBadRequest)
				e.call("POST", convert+"&vers="+map[bool]string{true: "fec", false: "tra"}[format != "fec"]+"&de="+format, bytes.NewReader(whole[:cut]), plain, zipped).want(http.StatusBadRequest)
			}
			e.call("POST", controle+"&format="+format, strings.NewReader(file), plain, zipped).want(http.StatusBadRequest) // not compressed at all
		}
		e.handler = server.New(server.Options{Hub: e.hub, Log: slog.New(slog.DiscardHandler), MaxBody: 700})
		for format, file := range files {
			e.call("POST", controle+"&format="+format, strings.NewReader(file), plain).want(http.StatusRequestEntityTooLarge)
			e.call("POST", controle+"&format="+format, io.MultiReader(strings.NewReader(file)), plain).want(http.StatusRequestEntityTooLarge)
			e.call("POST", controle+"&format="+format, bytes.NewReader(compress(t, file)), plain, zipped).want(http.StatusRequestEntityTooLarge)
		}
	})
}
