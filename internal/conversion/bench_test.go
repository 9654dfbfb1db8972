package conversion_test

import (
	"bytes"
	"io"
	"runtime"
	"testing"

	"github.com/passerelle-hub/passerelle/fec/fectest"
	"github.com/passerelle-hub/passerelle/internal/bench"
	"github.com/passerelle-hub/passerelle/internal/conversion"
)

// BenchmarkConvert measures each conversion on one core, its checking of the source
// included: MB/s of the source.
func BenchmarkConvert(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	files := map[conversion.Format][]byte{}
	var made bytes.Buffer
	if err := fectest.Write(&made, 200_000); err != nil {
		b.Fatal(err)
	}
	files[conversion.FEC] = made.Bytes()
	for _, to := range []conversion.Format{conversion.TRA, conversion.MAD} {
		var out bytes.Buffer
		if _, err := conversion.Convert(bytes.NewReader(files[conversion.FEC]), &out, conversion.Options{De: conversion.FEC, Vers: to, Nom: fectest.Name}); err != nil {
			b.Fatal(err)
		}
		files[to] = out.Bytes()
	}
	all := []conversion.Format{conversion.FEC, conversion.TRA, conversion.MAD}
	for _, from := range all {
		for _, to := range all {
			if from == to {
				continue
			}
			bench.OfFile(b, string(from+"-"+to), len(files[from]), 200_000, func() error {
				_, err := conversion.Convert(bytes.NewReader(files[from]), io.Discard, conversion.Options{De: from, Vers: to, Nom: fectest.Name})
				return err
			})
		}
	}
}
