package console_test

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"slices"
)

// exact is how many colours of a picture are kept as they are.
const exact = 64

// light returns a picture of a page with 256 colours: those that it uses most, and for the others, which
// are edges of letters, the mean of those that are alike. A third of the bytes, for what nobody sees.
func light(picture []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	bounds := full.Bounds()
	used := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA {
		r, g, b, _ := full.At(x, y).RGBA()
		return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}
	}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			used[at(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(used), func(a, b color.RGBA) int {
		return cmp.Or(used[b]-used[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var palette color.Palette
	type sort struct{ r, g, b, n int }
	sorts := map[[3]uint8]sort{}
	for i, c := range colours {
		if i < exact {
			palette = append(palette, c)
			continue
		}
		alike, n := sorts[[3]uint8{c.R >> 4, c.G >> 4, c.B >> 4}], used[c]
		sorts[[3]uint8{c.R >> 4, c.G >> 4, c.B >> 4}] = sort{alike.r + n*int(c.R), alike.g + n*int(c.G), alike.b + n*int(c.B), alike.n + n}
	}
	means := slices.SortedFunc(maps.Values(sorts), func(a, b sort) int { return cmp.Or(b.n-a.n, a.r-b.r, a.g-b.g, a.b-b.b) })
	for _, m := range means[:min(256-len(palette), len(means))] {
		palette = append(palette, color.RGBA{uint8(m.r / m.n), uint8(m.g / m.n), uint8(m.b / m.n), 255})
	}
	places := make(map[color.RGBA]uint8, len(used))
	for c := range used {
		places[c] = uint8(palette.Index(c))
	}
	small := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			small.SetColorIndex(x, y, places[at(x, y)])
		}
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err = encoder.Encode(&out, small)
	return out.Bytes(), err
}
