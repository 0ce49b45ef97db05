package explain_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// sendBroken sends what curl does and net/http's client would not: requests that break the rules of
// HTTP, or are none. It reports whether the words of curl are for such a one.
func sendBroken(t *testing.T, address string, words []string, input []byte) bool {
	t.Helper()
	const usual = "127.0.0.1:4280"
	if words[0] == "nc" {
		return sendBytes(t, address, string(input))
	}
	target, body, broken := "", "", false
	header := "Host: " + address + "\r\n"
	for i := 1; i < len(words); i++ {
		switch word := words[i]; word {
		case "-k":
		case "-x":
			return sendBytes(t, address, "\x05\x02\x00\x02") // curl's greeting to a SOCKS proxy
		case "-d":
			i++
			body = words[i]
		case "-H":
			i++
			switch line := words[i]; {
			case line == "Host:": // none
				header, broken = strings.TrimPrefix(header, "Host: "+address+"\r\n"), true
			case line == "@-":
				header, broken = header+string(input)+"\r\n", true
			default:
				header += line + "\r\n"
				name, value, _ := strings.Cut(line, ": ")
				broken = broken || strings.Contains(name, " ") || name == "Expect" || strings.HasPrefix(value, "-")
			}
		default:
			if strings.HasPrefix(word, "https://"+usual) {
				if _, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true}); err == nil {
					t.Fatal("Dial(TLS) = no error, want one: the mock does not speak TLS")
				}
				return true
			}
			target = strings.TrimPrefix(word, "http://"+usual)
			broken = broken || strings.HasSuffix(target, "%")
		}
	}
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	return broken && sendBytes(t, address, method+" "+target+" HTTP/1.1\r\n"+header+"\r\n"+body)
}

// sendBytes sends these and hears the answer out.
func sendBytes(t *testing.T, address, sent string) bool {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	go func() { _, _ = io.WriteString(conn, sent) }() // the server may hang up before it has heard all
	_, _ = io.Copy(io.Discard, conn)
	return true
}
