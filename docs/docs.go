// Package docs holds the guides that the console shows, as they stand in this
// folder: one source for the repository's readers and for the pages.
package docs

import "embed"

// Guides are the guides in French, as Markdown.
//
//go:embed guide-centre.md comptable.md fichiers.md glossaire.md
var Guides embed.FS
