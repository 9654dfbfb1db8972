package hub

// Tests push few contracts: most of them are prepared all the same where that is done.
func init() { preparedFrom = 4 }
