package hub

// Tests push few contracts: most of them are prepared all the same where that is done,
// and stored in portions.
func init() { preparedFrom, aheadFrom, portionRows = 4, 4, 3 }
