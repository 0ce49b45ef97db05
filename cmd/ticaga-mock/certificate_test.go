package main

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestReadPair(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, blocks ...*pem.Block) {
		var text strings.Builder
		for _, b := range blocks {
			_ = pem.Encode(&text, b)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var keys []*pem.Block
	var certificates []*pem.Block
	for range 2 {
		made, err := selfSigned([]string{"localhost"}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(made.PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
		certificates = append(certificates, &pem.Block{Type: "CERTIFICATE", Bytes: made.Certificate.Certificate[0]})
	}
	write("certificate", certificates[0])
	write("chain", certificates...)
	write("key", keys[0])
	write("other key", keys[1])
	write("both", certificates[0], keys[0])
	write("encrypted", &pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: keys[0].Bytes})
	write("encrypted, old", &pem.Block{Type: "EC PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED"}, Bytes: keys[0].Bytes})
	write("empty")
	for name, c := range map[string]struct{ certificate, key, want string }{
		"a pair":               {"certificate", "key", ""},
		"a chain":              {"chain", "key", ""},
		"one file":             {"both", "both", ""},
		"another key":          {"certificate", "other key", "does not match"},
		"swapped":              {"key", "certificate", "switched"},
		"encrypted":            {"certificate", "encrypted", "passphrase"},
		"encrypted by openssl": {"certificate", "encrypted, old", "passphrase"},
		"no key":               {"certificate", "none", "none"},
		"no certificate":       {"none", "key", "none"},
		"a folder":             {"certificate", ".", filepath.Base(folder)},
		"an empty file":        {"certificate", "empty", "PEM"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readPair(filepath.Join(folder, c.certificate), filepath.Join(folder, c.key))
			if got := err != nil; got != (c.want != "") || got && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want %q", err, c.want)
			}
		})
	}
}

func TestInvalidity(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	made, err := selfSigned(nil, now)
	if err != nil {
		t.Fatal(err)
	}
	for want, at := range map[string]time.Time{
		"":                                      now,
		"the certificate expired on 2027-02-03": now.Add(certificateLife),
		"the certificate is not valid before 2026-01-02": now.Add(-2 * time.Hour),
	} {
		if got := invalidity(made.Leaf, at); got != want {
			t.Errorf("at %v: got %q, want %q", at, got, want)
		}
	}
}
