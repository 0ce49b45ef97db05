package doctor

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
)

// owner returns the program that listens on the port of an address, such as "nginx, process 812". It returns "" when
// the system does not tell: processes of other users are not shown, nor are those outside a container.
func owner(address string) string {
	_, text, err := net.SplitHostPort(address)
	if err != nil {
		return ""
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return ""
	}
	sockets := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		for _, inode := range listening(table, port) {
			sockets["socket:["+inode+"]"] = true
		}
	}
	if len(sockets) == 0 {
		return ""
	}
	files, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, file := range files {
		if target, err := os.Readlink(file); err == nil && sockets[target] {
			process := filepath.Dir(filepath.Dir(file))
			name, _ := os.ReadFile(filepath.Join(process, "comm"))
			return fmt.Sprintf("%s, process %s", term.Printable(strings.TrimSpace(string(name))), filepath.Base(process))
		}
	}
	return ""
}

// listening returns the inodes of the sockets that listen on a port, from a table as proc(5) describes it.
func listening(table string, port uint64) []string {
	file, err := os.Open(table)
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }()
	const listens = "0A"
	var found []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 10 || fields[3] != listens {
			continue
		}
		_, hex, _ := strings.Cut(fields[1], ":")
		if number, err := strconv.ParseUint(hex, 16, 16); err == nil && number == port {
			found = append(found, fields[9])
		}
	}
	return found
}
