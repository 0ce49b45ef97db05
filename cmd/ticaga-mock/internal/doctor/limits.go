package doctor

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// fewFiles is how many open files are too few: each connection is one.
const fewFiles = 1024

// Files says whether the limit of open files is high enough; 0 for no known limit.
func Files(limit uint64) Finding {
	switch {
	case limit == 0:
		return Finding{"limits", Fine, "no known limit of open files", ""}
	case limit < fewFiles:
		return Finding{"limits", Problem, fmt.Sprintf("at most %d open files, of which each connection is one", limit), "raise it: ulimit -n 4096"}
	}
	return Finding{"limits", Fine, fmt.Sprintf("at most %d open files", limit), ""}
}

// Memory says whether the memory that the system allows is enough for what the mock may hold, both in bytes.
// read returns a file.
func Memory(read func(string) ([]byte, error), may int64) Finding {
	text, err := read("/sys/fs/cgroup/memory.max")
	if err != nil {
		text, err = read("/sys/fs/cgroup/memory/memory.limit_in_bytes")
	}
	limit, parseErr := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	const unlimited = 1 << 60 // cgroup 1 has no word for it
	switch {
	case err != nil || parseErr != nil || limit > unlimited:
		return Finding{"limits", Fine, "no limit of memory for this process", ""}
	case limit < may:
		return Finding{"limits", Note, fmt.Sprintf("the system allows %d MiB of memory, and the mock may use %d MiB when everything is full", limit>>20, may>>20),
			"lower --max-in-flight, --worlds-total and --journal-total, or raise the limit"}
	}
	return Finding{"limits", Fine, fmt.Sprintf("the system allows %d MiB of memory", limit>>20), ""}
}

// Clock says whether a clock is plausible. Tickets and tokens have times, and TLS needs one.
func Clock(now time.Time) Finding {
	zone, _ := now.Zone()
	text := fmt.Sprintf("%s, time zone %s; the API answers in UTC", now.UTC().Format(time.RFC3339), zone)
	if year := now.UTC().Year(); year < 2025 || year > 2100 {
		return Finding{"clock", Problem, text, "set the clock of the machine, or start the mock with --now"}
	}
	return Finding{"clock", Fine, text, ""}
}
