package console

// Patterns returns the pattern of every page and form.
func Patterns() []string {
	var list []string
	for _, route := range (&console{}).routes() {
		list = append(list, route.pattern)
	}
	return list
}
