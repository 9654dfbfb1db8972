package ventilation

// Champs returns the fields of a contract that hold the code and the name along
// a dimension.
func (d Dimension) Champs() (code, nom string) {
	fields := champsDe[d]
	return fields[0], fields[1]
}
