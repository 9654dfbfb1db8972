package memoire

import (
	"bytes"
	"os"
	"strconv"
)

// unknownMachine is what a machine is taken for that does not tell.
const unknownMachine = 4 << 30

// Machine returns how many bytes of memory this process may use: those of its
// control group where that is limited, else those of the machine.
func Machine() int64 {
	total := int64(unknownMachine)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		if kb := number(bytes.TrimSuffix(line(text, "MemTotal:"), []byte("kB"))); kb > 0 {
			total = kb << 10
		}
	}
	for _, path := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if text, err := os.ReadFile(path); err == nil {
			if limit := number(text); limit > 0 {
				total = min(total, limit)
			}
		}
	}
	return total
}

// line returns what follows a name at the start of a line.
func line(text []byte, name string) []byte {
	for one := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(one, []byte(name)); ok {
			return bytes.TrimSpace(rest)
		}
	}
	return nil
}

// number returns 0 for what is none, such as the "max" of a group without limit.
func number(text []byte) int64 {
	n, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
