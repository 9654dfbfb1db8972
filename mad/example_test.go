package mad_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/mad"
)

func ExampleReader() {
	r := mad.NewReader(strings.NewReader(`{"data":{"journals":[{"customerReferenceCode":"VTE","name":"Ventes"}],"entries":[
{"date":"2025-01-15","journal":{"customerReferenceCode":"VTE"},"movements":[
{"value":{"debit":7300,"credit":0},"account":{"number":"411000"}},
{"value":{"debit":0,"credit":7300},"account":{"number":"706100"}}]}]}}`))
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil { // a *compta.FormatError says what is wrong, and where
			fmt.Println(err)
			return
		}
		fmt.Println(e.Date, e.Journal.CustomerReferenceCode, len(e.Movements), e.Movements[0].Value.Debit)
	}
	fmt.Println(len(r.Document().Data.Journals), "journal")
	// Output:
	// 2025-01-15 VTE 2 7300
	// 1 journal
}

func ExampleWriter() {
	w := mad.NewWriter(os.Stdout)
	if err := w.Begin(&mad.Document{}); err != nil { // all but the entries
		fmt.Println(err)
	}
	if err := w.Write(&mad.Entry{Date: "2025-01-15", Movements: []mad.Movement{{Value: mad.Value{Debit: mad.Number(7300 * compta.Unite)}}}}); err != nil {
		fmt.Println(err)
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
}
