//go:build cgo

package verify

import (
	"encoding/json"
	"net/http/httptest"
	"os"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ticaga-mock/ticaga-mock/contracts/broker/brokertest"
)

// brokerKey is where a script's environment has its broker.
type brokerKey struct{}

// startBroker serves a Pact Broker with pacts until the script ends, and puts its URL into $BROKER. Its token
// is broker-secret:
//
//	broker [pending] PACT...
func startBroker(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: broker [pending] PACT...")
	}
	b := ts.Value(brokerKey{}).(*brokertest.Broker)
	b.Token, b.Pending = "broker-secret", args[0] == "pending"
	if b.Pending {
		args = args[1:]
	}
	for _, file := range args {
		b.Pacts = append(b.Pacts, []byte(ts.ReadFile(file)))
	}
	server := httptest.NewServer(b)
	ts.Defer(server.Close)
	ts.Setenv("BROKER", server.URL)
}

// brokerRequests writes what was sent to the broker to a file, a line a request:
//
//	sent FILE
func brokerRequests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sent FILE")
	}
	var lines []byte
	for _, request := range ts.Value(brokerKey{}).(*brokertest.Broker).Requests() {
		line, err := json.Marshal(request)
		ts.Check(err)
		lines = append(append(lines, line...), '\n')
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), lines, 0o644))
}
