package reception

import (
	"bytes"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"
)

// checkMembers holds the members of an object against those that the decoder reads.
func checkMembers(t interface{ Fatalf(string, ...any) }, object []byte) {
	decoder := jsontext.NewDecoder(bytes.NewReader(object), jsontext.AllowDuplicateNames(true))
	_, _ = decoder.ReadToken()
	found := members{object, 1}
	for decoder.PeekKind() == '"' {
		name, value, more := found.next()
		for _, got := range []jsontext.Value{name, value} {
			want, err := decoder.ReadValue()
			if err != nil || !more || !bytes.Equal(got, want) {
				t.Fatalf("%s: %s instead of %s (%v)", object, got, want, err)
			}
		}
	}
	if name, _, more := found.next(); more {
		t.Fatalf("%s: another member %s", object, name)
	}
}

func TestTheMembersOfAnObjectAreThoseThatTheDecoderReads(t *testing.T) {
	t.Parallel()
	for _, object := range []string{
		`{}`, `{ }`, "{\n\t\"a\" :\r\"b\" , \"c\":1}", `{"a":null,"b":true,"c":-1.5e3,"d":[1,"]}",{"x":"\\\""}],"e":{},"f":"\\\\"}`, `{"":"","\"":"\\"}`, `{"a":[[],[{}]] }`,
	} {
		checkMembers(t, []byte(object))
	}
	rapid.Check(t, func(t *rapid.T) {
		blank := rapid.SampledFrom([]string{"", "", " ", "\n\t"})
		var value func(depth int) []byte
		text := func() []byte {
			s := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{`\`, `"`, `\"`, "}", "]", ",", ":"})).Draw(t, "text")
			quoted, err := jsontext.AppendQuote(nil, s)
			if err != nil {
				t.Skip(err)
			}
			return quoted
		}
		list := func(open, end string, depth int, named bool) []byte {
			out := []byte(open + blank.Draw(t, "blank"))
			for i := range rapid.IntRange(0, 4).Draw(t, "n") {
				if i > 0 {
					out = append(out, ","+blank.Draw(t, "blank")...)
				}
				if named {
					out = append(append(out, text()...), blank.Draw(t, "blank")+":"+blank.Draw(t, "blank")...)
				}
				out = append(append(out, value(depth+1)...), blank.Draw(t, "blank")...)
			}
			return append(out, end...)
		}
		value = func(depth int) []byte {
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0:
				return []byte(rapid.SampledFrom([]string{"null", "true", "false", "0", "-1.5E+3", "123456"}).Draw(t, "word"))
			case 1:
				if depth < 3 {
					return list("[", "]", depth, false)
				}
			case 2:
				if depth < 3 {
					return list("{", "}", depth, true)
				}
			}
			return text()
		}
		checkMembers(t, list("{", "}", 0, true))
	})
}
