package hub

import (
	"slices"
	"strconv"
	"sync"
)

// memo remembers what was worked out lately, some of it at a time: a cache of what the
// database says, by what it is about. What it says serves as long as nothing that it
// depends on, which version names, has changed. The zero value remembers nothing; it is
// safe for use by several goroutines.
type memo[V any] struct {
	mu   sync.Mutex
	kept []memory[V] // the latest served last
}

type memory[V any] struct {
	about, version string
	value          V
}

// get returns what is remembered about something in a version.
func (m *memo[V]) get(about, version string) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := slices.IndexFunc(m.kept, func(one memory[V]) bool { return one.about == about && one.version == version })
	if at < 0 {
		return value, false
	}
	found := m.kept[at]
	m.kept = append(slices.Delete(m.kept, at, at+1), found)
	return found.value, true
}

// put remembers a value in the place of the one that it is about, and forgets the one
// that was served the longest ago where there are more than most.
func (m *memo[V]) put(about, version string, value V, most int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept = append(slices.DeleteFunc(m.kept, func(one memory[V]) bool { return one.about == about }), memory[V]{about, version, value})
	if len(m.kept) > most {
		m.kept = slices.Delete(m.kept, 0, 1)
	}
}

// aboutOf is what names an organisme to a memo.
func aboutOf(organisme int64) string { return strconv.FormatInt(organisme, 10) }
