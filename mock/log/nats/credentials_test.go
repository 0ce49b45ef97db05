package nats

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
)

// keys returns a pair of keys for an operator, an account or a user, and its public half.
func keys(t *testing.T, create func() (nkeys.KeyPair, error)) (pair nkeys.KeyPair, public string) {
	t.Helper()
	pair, err := create()
	if err != nil {
		t.Fatal(err)
	}
	public, err = pair.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return pair, public
}

// TestCredentials: files as nsc writes them, for servers that know users only by their operator's signature.
func TestCredentials(t *testing.T) {
	operator, operatorID := keys(t, nkeys.CreateOperator)
	account, accountID := keys(t, nkeys.CreateAccount)
	stranger, _ := keys(t, nkeys.CreateAccount)

	_, systemID := keys(t, nkeys.CreateAccount) // which JetStream needs
	var preload []string
	for id, limits := range map[string]jwt.JetStreamLimits{accountID: {MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}, systemID: {}} {
		claims := jwt.NewAccountClaims(id)
		claims.Limits.JetStreamLimits = limits
		token, err := claims.Encode(operator)
		if err != nil {
			t.Fatal(err)
		}
		preload = append(preload, id+": "+token)
	}
	operatorJWT, err := jwt.NewOperatorClaims(operatorID).Encode(operator)
	if err != nil {
		t.Fatal(err)
	}
	c := cluster.Start(t, 1, cluster.Options{Config: "operator: " + operatorJWT + "\nresolver: MEMORY\nsystem_account: " + systemID +
		"\nresolver_preload: { " + strings.Join(preload, ", ") + " }\n"})

	file := func(t *testing.T, by nkeys.KeyPair, expires time.Time) string {
		user, userID := keys(t, nkeys.CreateUser)
		claims := jwt.NewUserClaims(userID)
		if !expires.IsZero() {
			claims.Expires = expires.Unix()
		}
		token, err := claims.Encode(by)
		if err != nil {
			t.Fatal(err)
		}
		seed, err := user.Seed()
		if err != nil {
			t.Fatal(err)
		}
		text, err := jwt.FormatUserConfig(token, seed)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "mock.creds")
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return filepath.ToSlash(name)
	}
	for _, test := range []struct {
		name    string
		by      nkeys.KeyPair
		expires time.Time
		want    string
	}{
		{"valid", account, time.Time{}, ""},
		{"valid for an hour", account, time.Now().Add(time.Hour), ""},
		{"expired", account, time.Now().Add(-time.Hour), "the credentials file"},
		{"of another account", stranger, time.Time{}, "the credentials file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := openURL(t, "nats://"+c.Servers()[0]+"?credentials="+file(t, test.by, test.expires))
			becomes(t, l, test.want)
			if err := l.Ready(); err != nil && strings.Contains(err.Error(), "SU") {
				t.Errorf("got the error %v, want none with the seed of the user's key", err)
			}
		})
	}
}
