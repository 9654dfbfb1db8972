//go:build race

package hub_test

// Under the race detector everything is several times slower, and the model does one
// thing after the other: fewer sequences run there, and all of them in the run without it.
func init() {
	shards = map[string]int{"sqlite": 1, "postgres": 1}
	perShard = 25
}
