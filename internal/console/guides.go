package console

import (
	"bytes"
	"html/template"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/passerelle-hub/passerelle/docs"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/recherche"
)

// The guides that pages lead to, in their order, and the glossary.
const (
	guideCentre    = "guide-centre"
	guideComptable = "comptable"
	guideFichiers  = "fichiers"
	glossaire      = "glossaire"
)

var guidesMontres = []string{guideCentre, guideComptable, guideFichiers, glossaire}

// guides are the guides of docs/ as pages.
type guides struct {
	byName map[string]*guide
	mots   []mot
	byPage map[string]*aide // by template
}

// guide is one of them.
type guide struct {
	Nom, Titre string
	Corps      template.HTML
	Parties    []*partie // every section, in order
}

// partie is a section of a guide.
type partie struct {
	Titre, Ancre string
	Niveau       int
	extrait      template.HTML // its first sentences
	texte        string        // what they say, without marks
}

// mot is a term of the glossary.
type mot struct {
	Titre, Ancre, Dit string // Dit is within a sentence
	trouve            *regexp.Regexp
}

// aide is what a guide says of a page.
type aide struct {
	Guide, Titre, Ancre string
	Extrait             template.HTML
	Mots                []mot
}

func (g *guides) aide(page string) *aide { return g.byPage[page] }

// newGuides reads the guides for a console at an address.
func newGuides(address web.Address) *guides {
	g := &guides{byName: map[string]*guide{}, byPage: map[string]*aide{}}
	for _, nom := range guidesMontres {
		source, err := docs.Guides.ReadFile(nom + ".md")
		if err != nil {
			panic(err) // it is embedded
		}
		g.byName[nom] = newGuide(nom, source, address)
	}
	for _, p := range g.byName[glossaire].Parties {
		if p.Niveau == 3 {
			g.mots = append(g.mots, newMot(p))
		}
	}
	for page, of := range aides {
		if p := g.byName[of.guide].partie(typesetText(of.titre)); p != nil {
			g.byPage[page] = &aide{of.guide, p.Titre, p.Ancre, p.extrait, g.motsDe(p.texte)}
		}
	}
	return g
}

func (g *guide) partie(titre string) *partie {
	for _, p := range g.Parties {
		if p.Titre == titre {
			return p
		}
	}
	return nil
}

// motsMontres is how many terms a page's help leads to.
const motsMontres = 6

// motsDe are the first terms of the glossary that a text uses.
func (g *guides) motsDe(texte string) (list []mot) {
	folded := recherche.Fold(texte)
	for _, m := range g.mots {
		if len(list) < motsMontres && m.trouve.MatchString(folded) {
			list = append(list, m)
		}
	}
	return list
}

func newMot(p *partie) mot {
	words := strings.Fields(recherche.Fold(p.Titre))
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word) + "[sx]?"
	}
	m := mot{Titre: p.Titre, Ancre: p.Ancre, Dit: p.Titre, trouve: regexp.MustCompile(`\b` + strings.Join(words, `\s+`) + `\b`)}
	if letters := []rune(p.Titre); len(letters) > 1 && !unicode.IsUpper(letters[1]) { // not OPCO
		letters[0] = unicode.ToLower(letters[0])
		m.Dit = string(letters)
	}
	return m
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))

func newGuide(nom string, source []byte, address web.Address) *guide {
	g := &guide{Nom: nom}
	root := markdown.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(ancres{}))))
	adapt(root, address)
	render := func(node ast.Node) template.HTML {
		var page bytes.Buffer
		if err := markdown.Renderer().Render(&page, source, node); err != nil {
			panic(err) // to memory
		}
		return template.HTML(composed(page.String())) // of our own guides
	}
	var open *partie
	for node := root.FirstChild(); node != nil; {
		next := node.NextSibling()
		switch n := node.(type) {
		case *ast.Heading:
			title := typesetText(textDe(n, source))
			if n.Level == 1 {
				g.Titre = title
				root.RemoveChild(root, n) // the page has its own
				break
			}
			id, _ := n.AttributeString("id")
			open = &partie{Titre: title, Ancre: string(id.([]byte)), Niveau: n.Level}
			g.Parties = append(g.Parties, open)
		case *ast.Paragraph, *ast.List:
			if open != nil && len([]rune(open.texte)) < extraitLong {
				open.extrait += render(n)
				open.texte += textDe(n, source) + "\n"
			}
		}
		node = next
	}
	g.Corps = render(root)
	return g
}

// extraitLong is from how many characters on a help is long enough.
const extraitLong = 420

// adapt makes the links of a guide lead to pages, and leaves out its pictures, which
// show the pages that the reader has at hand.
func adapt(root ast.Node, address web.Address) {
	var links []*ast.Link
	var images []*ast.Image
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Link:
			if entering {
				links = append(links, n)
			}
		case *ast.Image:
			if entering {
				images = append(images, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, image := range images {
		parent := image.Parent()
		parent.RemoveChild(parent, image)
		if parent.ChildCount() == 0 {
			parent.Parent().RemoveChild(parent.Parent(), parent)
		}
	}
	for _, link := range links {
		file, anchor, _ := strings.Cut(string(link.Destination), "#")
		if anchor != "" {
			anchor = "#" + anchor
		}
		nom, isGuide := strings.CutSuffix(file, ".md")
		switch {
		case file == "":
		case isGuide && slices.Contains(guidesMontres, nom):
			link.Destination = []byte(address.Path(pathOf(nom)) + anchor)
		default: // for those who run or build: it stays in the folder
			parent := link.Parent()
			for child := link.FirstChild(); child != nil; child = link.FirstChild() {
				parent.InsertBefore(parent, link, child)
			}
			parent.RemoveChild(parent, link)
		}
	}
}

// pathOf is where a guide is read.
func pathOf(nom string) string {
	if nom == glossaire {
		return "/glossaire"
	}
	return "/aide/" + nom
}

// textDe is the text of a node.
func textDe(node ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(node, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(n.Segment.Value(source))
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteByte(' ')
				}
			}
		default:
			if !entering && n.Type() == ast.TypeBlock {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}

// ancres makes the anchors of headings as the guides' own links expect them.
type ancres struct{}

func (ancres) Generate(value []byte, _ ast.NodeKind) []byte {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSpace(string(value))) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			b.WriteRune(r)
		}
	}
	return []byte(b.String())
}

func (ancres) Put([]byte) {}

// composed sets rendered text as pages are: their spaces and apostrophes, and tables and
// blocks of code that scroll by themselves. Code stays as it is.
func composed(page string) string {
	var b strings.Builder
	code := 0
	for page != "" {
		tag := strings.IndexByte(page, '<')
		if tag < 0 {
			tag = len(page)
		}
		if code > 0 {
			b.WriteString(page[:tag])
		} else {
			b.WriteString(typesetText(page[:tag]))
		}
		page = page[tag:]
		end := strings.IndexByte(page, '>') + 1
		switch t := page[:end]; {
		case t == "<table>":
			b.WriteString(`<div class="defile" tabindex="0"><table>`)
		case t == "</table>":
			b.WriteString("</table></div>")
		case strings.HasPrefix(t, "<pre"):
			b.WriteString(`<pre class="exemple" tabindex="0">`)
			code++
		case strings.HasPrefix(t, "<code"):
			b.WriteString("<code>")
			code++
		case t == "</pre>" || t == "</code>":
			b.WriteString(t)
			code--
		default:
			b.WriteString(t)
		}
		page = page[end:]
	}
	return b.String()
}

func typesetText(s string) string { return spaces.Replace(strings.ReplaceAll(s, "'", "’")) }
